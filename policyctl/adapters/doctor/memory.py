"""What the verifier remembers of this ledger, so that a rollback is noticed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from policyctl.adapters.git_location import find
from policyctl.adapters.verifier_memory import MemoryFolder
from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
from policyctl.errors import RepositoryError
from policyctl.usecases.doctor import Check, advice, fine, repair

_NAME = "verifier's memory"
_PRIVATE = 0o077


def memory_checks(environment: Mapping[str, str], here: Path) -> Iterator[Check]:
    """Whether it can be read and kept; it is not made here.

    Raises:
        InputError: what is remembered cannot be read.
    """
    if environment.get("POLICYCTL_MEMORY", "").lower() in ("off", "0", "no"):
        yield fine(_NAME, "nothing is remembered: POLICYCTL_MEMORY is off")
        return
    base = environment.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):
        base = f"{environment.get('HOME', '')}/.local/state"
    folder = Path(base, "policyctl")
    try:
        found = folder.lstat()
    except FileNotFoundError:
        yield fine(_NAME, f"{folder} will be made by 'verify'")
        return
    except OSError as error:
        yield repair(_NAME, f"{folder} cannot be looked at: {error.strerror}", f"ls -ld {base}")
        return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        yield repair(_NAME, f"{folder} is not a folder of yours, so it is not used", "remove it")
    elif found.st_mode & _PRIVATE:
        said = f"others may look into {folder}, so it is not used"
        yield repair(_NAME, said, f"chmod 700 {folder}")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield repair(_NAME, f"{folder} cannot be written", f"chmod 700 {folder}")
    else:
        yield _recalled(folder, here)


def _recalled(folder: Path, here: Path) -> Check:
    root = WorkingGovernance(governed_folder(here)).root
    if root is None:
        return fine(_NAME, f"{folder} is yours alone")
    try:
        repository = find(here).common_dir
    except RepositoryError:  # which is reported elsewhere
        return fine(_NAME, f"{folder} is yours alone")
    if MemoryFolder(folder, repository).recall(root.log).same is None:
        return advice(
            _NAME,
            "nothing is remembered of this ledger, so a rollback of it would not be noticed",
            "policyctl verify",
        )
    return fine(_NAME, "a rollback of this ledger would be noticed")
