"""Finds the policy files that a command is about."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from policyctl.adapters.plain_paths import above, is_file, is_folder, is_link, joined, plain, real
from policyctl.core.layout import POLICIES
from policyctl.errors import NotJudgedError

_SUFFIX = ".yaml"
_OTHER_SPELLINGS = (_SUFFIX, ".yml")
_GOVERNED = POLICIES.rstrip("/")


PolicyPath = tuple[str, str]
"""A file's name in findings, relative to the present folder where it lies below; its path."""


def policy_paths(named: Sequence[str], here: str, folder: str | None) -> list[PolicyPath]:
    """The files that were named, in the order in which they were named.

    Args:
        named: files and folders; a folder stands for every ``.yaml`` below it, in alphabetical
            order, and for what is called ``.yml`` or ``.YAML`` in a folder ``policies``: it would
            look governed and not be, which ``id-differs-from-file`` says. If nothing is named,
            the policies of the governed folder, or of the present one.
        here: the present folder.
        folder: the governed folder, or None.

    Raises:
        NotJudgedError: there is no file.
    """
    found: list[PolicyPath] = []
    names = _Names(here)
    if named:
        for start in map(plain, named):
            paths = _below(start) if is_folder(start) else [start]
            found += ((names.of(path), path) for path in paths)
    else:
        start = plain(joined(folder or here, POLICIES))
        found += ((names.of(path), path) for path in _below(start))
    if not found:
        where = ", ".join(named) or POLICIES
        # Outside of a governed folder, a policy alone would govern nothing.
        hint = (
            "policyctl new ID …" if folder or named else "policyctl init, then policyctl new ID …"
        )
        raise NotJudgedError(f"there is no policy file in {where}", hint=hint)
    return found


def shown_name(path: str, here: str) -> str:
    """How findings name a file, seen from the folder ``here``."""
    return _Names(here).of(path)


def _below(folder: str) -> list[str]:
    """The policy files in a folder and the folders in it; links to folders are not followed."""
    beginning = "" if folder == "." else folder
    return [joined(beginning, "/".join(parts)) for parts in sorted(_walked(folder, ()))]


def _walked(folder: str, parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walked(entry.path, (*parts, entry.name))
        elif _is_meant(folder, entry.name) and is_file(entry.path):
            yield (*parts, entry.name)


def _is_meant(folder: str, name: str) -> bool:
    """True if a folder that is named stands for this file in it, or below it."""
    if name.endswith(_SUFFIX):
        return True
    is_governed = folder.rstrip("/").rpartition("/")[2] == _GOVERNED
    return is_governed and name.casefold().endswith(_OTHER_SPELLINGS)


class _Names:
    """How findings name files; what a folder really is called is found out once."""

    def __init__(self, here: str) -> None:
        self._here = joined(real(here), "")
        self._folders: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The path from the present folder; as it was given if it does not lie below."""
        folder, name = above(path), path.rpartition("/")[2]
        if name == ".." or is_link(path):
            found = real(path)
        else:
            if folder not in self._folders:
                self._folders[folder] = real(folder or ".")
            found = joined(self._folders[folder], name)
        shown = found.removeprefix(self._here) if found.startswith(self._here) else path
        return path if shown == path else shown  # of equal texts one is kept
