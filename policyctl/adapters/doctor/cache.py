"""The folder in which policyctl keeps what it would otherwise work out again."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from policyctl.usecases.doctor import Check, fine, repair

_NAME = "cache"
_PRIVATE = 0o077


def cache_checks(environment: Mapping[str, str]) -> Iterator[Check]:
    """Whether the folder can be used; it is not made here."""
    if environment.get("POLICYCTL_CACHE") == "0":
        yield fine(_NAME, "nothing is kept: POLICYCTL_CACHE is 0")
        return
    folder = _folder(environment)
    try:
        found = folder.lstat()
    except OSError:
        yield fine(_NAME, f"{folder} will be made when it is needed")
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        yield repair(_NAME, f"{folder} is not a folder of yours, so it is not used", "remove it")
    elif found.st_mode & _PRIVATE:
        yield repair(_NAME, f"others may look into {folder}, so it is not used", _hint(folder))
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield repair(_NAME, f"{folder} cannot be written", f"chmod 700 {folder}")
    else:
        yield fine(_NAME, f"{folder} is yours alone")


def repair_cache(environment: Mapping[str, str]) -> Iterator[str]:
    """Make the folder the user's alone; what was done."""
    folder = _folder(environment)
    try:
        found = folder.lstat()
        own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if own and stat.S_IMODE(found.st_mode) != stat.S_IRWXU:
            folder.chmod(stat.S_IRWXU)
            yield f"made {folder} yours alone"
    except OSError:
        return


def _folder(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        base = f"{environment.get('HOME', '')}/.cache"
    return Path(base, "policyctl")


def _hint(folder: Path) -> str:
    return f"policyctl doctor --repair, or chmod 700 {folder}"
