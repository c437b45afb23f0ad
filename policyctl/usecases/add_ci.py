"""Have a forge judge the pull requests of a repository that is governed already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from policyctl.core import paths
from policyctl.core.forge import Forge
from policyctl.core.frozen import frozen
from policyctl.core.snapshot import Snapshot
from policyctl.core.trailers import commit_message
from policyctl.errors import RefusedError, RepositoryError
from policyctl.usecases.ports import Repository


@frozen
class AddedCi:
    """What was written.

    Attributes:
        files: what is new.
        kept: what was there with other content, and was left alone.
        commit: the commit that brought the files; empty if none was needed.
    """

    forge: Forge
    files: tuple[str, ...]
    kept: tuple[str, ...]
    commit: str = ""


def is_governed(snapshot: Snapshot) -> bool:
    """Whether a commit holds a trust root."""
    return any(path.startswith(paths.ROOTS) for path in snapshot)


def add_ci(
    forge: Forge, files: Mapping[str, bytes], *, repository: Repository, now: datetime
) -> AddedCi:
    """Commit the files that are not there; what is there stays as it is.

    Args:
        forge: for whom they are.
        files: their bytes by path.
        repository: where the commit goes.
        now: the time of the commit.

    Raises:
        RefusedError: all of them are there.
        RepositoryError: git knows nobody to commit as, or a commit would lose work.
    """
    there = {path: repository.working_file(path) for path in files}
    wanted = {path: content for path, content in files.items() if there[path] is None}
    kept = tuple(path for path, content in files.items() if there[path] not in (None, content))
    if not wanted:
        told = f", and {', '.join(kept)} would be another now" if kept else ""
        raise RefusedError(
            f"the files for {forge.value} are there already{told}",
            hint="remove what should be written anew" if kept else "",
        )
    by = repository.identity()
    if by is None:
        raise RepositoryError(
            "git does not know who you are", hint="git config user.name, and user.email"
        )
    repository.require_ready(sorted(wanted))
    message = commit_message(f"policyctl: have {forge.value} judge pull requests", [])
    commit = repository.commit(dict(wanted), message=message, by=by, now=now)
    return AddedCi(forge=forge, files=tuple(sorted(wanted)), kept=kept, commit=commit)
