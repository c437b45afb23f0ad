"""Where policyctl may keep what it would otherwise work out again."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from policyctl.adapters.plain_paths import above, joined, make_private_folder, real

_PRIVATE = 0o077


def cache_folder(environment: Mapping[str, str], here: str) -> str | None:
    """A folder of this user alone, outside of the present repository; None if nothing may be kept.

    ``POLICYCTL_CACHE=0`` forbids it. So does ``CI``, where another job could have left it behind,
    unless ``POLICYCTL_CACHE=1`` says that it is wanted.

    Args:
        environment: the process's variables.
        here: the present folder.
    """
    wish = environment.get("POLICYCTL_CACHE", "")
    if wish == "0" or (environment.get("CI") and wish != "1"):
        return None
    base = environment.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):  # the specification says to ignore a relative one
        home = environment.get("HOME", "")
        base = joined(home, ".cache")
    folder = joined(base, "policyctl")
    if not folder.startswith("/") or not is_own(folder):
        return None
    # What a repository brings along must not pass for a memory of our own.
    return None if is_below(real(folder), _repository(real(here))) else folder


def is_own(folder: str) -> bool:
    """True if the folder, which is made if need be, is this user's and nobody else's."""
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        return _make(folder)
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & _PRIVATE
    )


def _make(folder: str) -> bool:
    try:
        make_private_folder(folder)
    except FileExistsError:
        return is_own(folder)  # another run was quicker
    except OSError:
        return False
    return True


def _repository(folder: str) -> str | None:
    """The top of the outermost repository around a folder; None if there is none.

    The nearest one may be what a hostile one brings along, to pass for all there is.
    """
    found = None
    while True:
        if _exists(joined(folder, ".git")) or _exists(joined(folder, ".policyctl")):
            found = folder
        if above(folder) == folder:
            return found
        folder = above(folder)


def _exists(path: str) -> bool:
    try:
        os.lstat(path)
    except OSError:
        return False
    return True


def is_below(path: str, folder: str | None) -> bool:
    """True if the path lies in the folder."""
    return folder is not None and path.startswith(joined(folder, ""))
