"""Lock files of git itself, and whether anybody may still need them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from policyctl.adapters.git_location import GitLocation

_OLD = 3600.0  # seconds; an editor may hold `git commit` open for a while
_PROC = Path("/proc")
_MOST = 1000


def git_locks(location: GitLocation) -> tuple[Path, ...]:
    """The lock files of the working tree and of the repository's refs."""
    own = [location.git_dir / name for name in ("index.lock", "HEAD.lock")]
    shared = [location.common_dir / name for name in ("packed-refs.lock", "config.lock")]
    refs = sorted(islice((location.common_dir / "refs").rglob("*.lock"), _MOST))
    return tuple(path for path in (*own, *shared, *refs) if path.is_file())


def age(path: Path) -> float:
    """Seconds since a file was written; 0 if it is gone."""
    try:
        return max(0.0, time.time() - path.lstat().st_mtime)
    except OSError:
        return 0.0


def is_abandoned(lock: Path, location: GitLocation) -> bool:
    """True if a lock is over an hour old and no git command is at work in the repository.

    Where the processes cannot be seen, there may be one.
    """
    return age(lock) > _OLD and sys.platform == "linux" and not any(_at_work(location))


def _at_work(location: GitLocation) -> Iterator[int]:
    """The git commands that run in the repository, and those that hide where they run."""
    tops = (location.work_tree, location.git_dir, location.common_dir)
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if not (entry / "comm").read_text("utf-8", "replace").startswith("git"):
                continue
            here = (entry / "cwd").readlink()
        except FileNotFoundError:  # it has just ended
            continue
        except OSError:
            yield int(entry.name)
            continue
        if any(here.is_relative_to(top) for top in tops):
            yield int(entry.name)
