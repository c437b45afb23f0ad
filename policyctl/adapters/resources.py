"""The schemas, baselines and pages about rules that travel with policyctl."""

from __future__ import annotations

from policyctl.adapters.plain_paths import PACKAGE, above, content_of, is_folder, joined, names_in

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_INSIDE = {"catalogues", "starters/github", "starters/gitlab"}
_CHECKOUT = {
    "rules": "docs/rules",
    "ci-action": ".github/actions/policyctl",
    "ci-reusable": ".github/workflows",
}


def shipped(kind: str) -> Traversable:
    """The folder of shipped ``schemas``, ``baselines``, ``rules``, ``catalogues`` and so on.

    Catalogues and starters are part of the package. A wheel carries the others under
    ``policyctl/_data``; in a checkout, and in an editable install of one, they stand beside the
    package: the pages about the rules among the other documents.
    """
    # Not at the top: they cost more than the rest of a start of `validate` that needs neither.
    from importlib.resources import files
    from pathlib import Path

    package = files("policyctl")
    packaged = package.joinpath(_packaged(kind))
    if packaged.is_dir():
        return packaged
    return Path(str(package)).parent / _CHECKOUT.get(kind, kind)


def shipped_names(kind: str) -> list[str]:
    """The names of the shipped files of a kind, in alphabetical order."""
    folder = shipped_folder(kind)
    if folder is None:
        return sorted(item.name for item in shipped(kind).iterdir() if item.is_file())
    return names_in(folder)


def shipped_file(kind: str, name: str) -> bytes:
    """The bytes of one shipped file.

    Raises:
        OSError: there is no such file.
    """
    folder = shipped_folder(kind)
    if folder is None:
        return shipped(kind).joinpath(name).read_bytes()
    return content_of(joined(folder, name))


def shipped_folder(kind: str) -> str | None:
    """The path of the folder of shipped files; None where nothing was unpacked, as in a zip."""
    packaged = joined(PACKAGE, _packaged(kind))
    if is_folder(packaged):
        return packaged
    beside = joined(above(PACKAGE), _CHECKOUT.get(kind, kind))
    return beside if is_folder(beside) else None


def _packaged(kind: str) -> str:
    return kind if kind in _INSIDE else f"_data/{kind}"
