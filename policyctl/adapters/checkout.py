"""A checkout of policyctl's own source, where rules are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from policyctl.adapters.new_file import write_new
from policyctl.errors import InputError, UsageError

_PARTS = ("policyctl/rules/__init__.py", "docs/rules", "tests/rules")


def checkout_around(here: Path) -> Path:
    """The top of the checkout that holds a folder.

    Raises:
        UsageError: there is none.
    """
    physical = here.resolve()
    for folder in (physical, *physical.parents):
        if _is_checkout(folder):
            return folder
    hint = "clone policyctl, and run it there; an organisation's own limits go in policyctl.toml"
    raise UsageError(f"{here} is not in a checkout of policyctl's source", hint=hint)


def write_all(top: Path, contents: Mapping[str, str]) -> None:
    """Create these files, or none of them.

    Raises:
        InputError: one exists already, or cannot be written.
    """
    for name in contents:
        if (top / name).exists():
            raise InputError(f"{name} exists already", hint="choose another id")
    written: list[Path] = []
    try:
        for name, text in contents.items():
            write_new(top / name, text.encode("utf-8"))
            written.append(top / name)
    except InputError:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _is_checkout(folder: Path) -> bool:
    if not all((folder / part).exists() for part in _PARTS):
        return False
    with suppress(OSError, ValueError):
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("project", {})
        return isinstance(project, dict) and project.get("name") == "policyctl"
    return False
