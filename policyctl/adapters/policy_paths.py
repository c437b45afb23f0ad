"""Finds the policy files that a command is about."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from policyctl.adapters.plain_paths import is_file, is_folder, is_link, joined, plain, real
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
            if is_folder(start):
                found += names.all_below(start)
            else:
                found.append((names.of(start), start))
    else:
        start = plain(joined(folder or here, POLICIES))
        found += names.all_below(start)
    if not found:
        where = ", ".join(named) or POLICIES
        raise NotJudgedError(f"there is no policy file in {where}", hint=_next(named, here, folder))
    return found


def _next(named: Sequence[str], here: str, folder: str | None) -> str:
    """What to do where there is no policy file."""
    if folder or named:
        return "policyctl new ID …"
    if is_file(joined(here, "HEAD")) and is_folder(joined(here, "objects")):
        return "this is a bare repository, which has no files: clone it, and look there"
    # Outside of a governed folder, a policy alone would govern nothing.
    return "policyctl init, then policyctl new ID …"


def shown_name(path: str, here: str) -> str:
    """How findings name a file, seen from the folder ``here``."""
    return _Names(here).of(path)


def _below(folder: str) -> list[tuple[str, bool]]:
    """The policy files in a folder and the folders in it, and whether each is a link.

    Links to folders are not followed.
    """
    beginning = "" if folder == "." else joined(folder, "")
    return [
        (beginning + "/".join(parts), is_linked) for parts, is_linked in sorted(_walked(folder, ()))
    ]


def _walked(folder: str, parts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return  # what may not be read is an error: its files would pass without a look
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walked(entry.path, (*parts, entry.name))
        elif _is_meant(folder, entry.name):
            is_linked = entry.is_symlink()
            if is_file(entry.path) if is_linked else entry.is_file(follow_symlinks=False):
                yield (*parts, entry.name), is_linked


def _is_meant(folder: str, name: str) -> bool:
    """True if a folder that is named stands for this file in it, or below it."""
    if name.endswith(_SUFFIX):
        return True
    called = real(folder) if folder.endswith(".") else folder.rstrip("/")
    is_governed = called.rpartition("/")[2] == _GOVERNED
    return is_governed and name.casefold().endswith(_OTHER_SPELLINGS)


class _Names:
    """How findings name files; what a folder really is called is found out once."""

    def __init__(self, here: str) -> None:
        self._here = joined(real(here), "")
        self._folders: dict[str, str] = {}

    def all_below(self, folder: str) -> list[PolicyPath]:
        """The policy files in a folder and the folders in it, in alphabetical order."""
        return [(self.of(path, is_linked=is_linked), path) for path, is_linked in _below(folder)]

    def of(self, path: str, *, is_linked: bool | None = None) -> str:
        """The path from the present folder; as it was given if it does not lie below.

        Args:
            path: where the file is.
            is_linked: whether it is a symbolic link, where that is known.
        """
        folder, slash, name = path.rpartition("/")
        if name == ".." or (is_link(path) if is_linked is None else is_linked):
            found = real(path)
        else:
            if folder not in self._folders:
                self._folders[folder] = joined(real(folder or slash or "."), "")
            found = self._folders[folder] + name
        shown = found.removeprefix(self._here)
        return path if shown in (path, found) else shown  # of equal texts one is kept
