"""What commands that were interrupted left behind, and putting it right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from policyctl.adapters.doctor.git_locks import age, git_locks, is_abandoned
from policyctl.adapters.git_location import GitLocation
from policyctl.adapters.git_writing import WritableStore
from policyctl.adapters.running_process import Life
from policyctl.adapters.whole_change import settle
from policyctl.adapters.write_journal import JournalFolder
from policyctl.adapters.write_lock import abandoned_claims, break_lock, lock_state
from policyctl.usecases.doctor import Check, advice, fine, repair

_REPAIR = "policyctl doctor --repair"


def trace_checks(location: GitLocation) -> Iterator[Check]:
    """Locks, half-done changes, and files that nobody needs any more."""
    state = lock_state(location)
    busy = state is not None and state.life is Life.RUNS
    yield _lock_check(location)
    if JournalFolder(location).is_there and not busy:
        journal = JournalFolder(location).read()
        if journal is None:
            said = "a command was interrupted before its change was made"
        else:
            said = f"'{journal.act}' was interrupted: branch and working tree may not fit"
        yield repair("working tree", said, f"{_REPAIR}, or any command that records")
    else:
        yield fine("working tree", "no change is half done")
    left = leftovers(location)
    if left and not busy:
        names = ", ".join(path.name for path in left)
        yield repair("leftovers", f"an interrupted command left {names} behind", _REPAIR)
    yield from _other_worktrees(location)
    for lock in git_locks(location):
        yield _git_lock_check(lock, location)


def leftovers(location: GitLocation) -> tuple[Path, ...]:
    """Files and folders of commands that have ended."""
    indexes = location.git_dir.glob("policyctl-index-*")
    return (*abandoned_claims(location), *sorted(indexes))


def repair_traces(location: GitLocation) -> Iterator[str]:
    """Put right what is safe to put right; what was done, one sentence each.

    Raises:
        RepositoryError: somebody is at work, or a file cannot be written.
    """
    yield from _repair_lock(location)
    left = leftovers(location)
    with WritableStore(location) as store:
        settled = settle(store)
    if settled is not None and settled.completed:
        yield f"completed '{settled.act}' in the index and the working tree"
        for name in settled.kept:
            yield f"left {name} as it is: it was changed since then"
    elif settled is not None:
        yield f"took back what '{settled.act or 'a command'}' had prepared; nothing was recorded"
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        yield f"removed {path.name}"
    for lock in git_locks(location):
        if is_abandoned(lock, location):
            lock.unlink(missing_ok=True)
            yield f"removed {lock}, which no git command holds"


def _repair_lock(location: GitLocation) -> Iterator[str]:
    """Take the lock away from an owner that cannot be asked and has had it for too long."""
    state = lock_state(location)
    if state is None or state.life is Life.RUNS:
        return
    if state.life is Life.ENDED:
        if break_lock(state):
            yield f"removed the lock of {state.owner}, which has ended"
    elif state.is_old and break_lock(state):
        owner = state.owner or "an owner that cannot be read"
        yield f"took the lock {state.path.name} from {owner}"


def _lock_check(location: GitLocation) -> Check:
    state = lock_state(location)
    if state is None:
        return fine("lock", "nobody is writing to the repository")
    if state.life is Life.RUNS:
        return fine("lock", f"at work: {state.owner}")
    if state.life is Life.ENDED:
        return repair("lock", f"{state.owner} ended without letting go of its lock", _REPAIR)
    owner = state.owner or f"somebody who cannot be told from {state.path}"
    if state.is_old:
        return repair("lock", f"the lock has been held for long by {owner}", _REPAIR)
    return advice("lock", f"the lock is held by {owner}", "wait, and look again in ten minutes")


def _git_lock_check(lock: Path, location: GitLocation) -> Check:
    if JournalFolder(location).owns(lock):
        return repair("git's lock", f"{lock} is ours, from a change that is half done", _REPAIR)
    minutes = int(age(lock) / 60)
    if is_abandoned(lock, location):
        said = f"{lock} is {minutes} minutes old, and no git command is at work here"
        return repair("git's lock", said, _REPAIR)
    return advice(
        "git's lock",
        f"{lock} is {minutes} minutes old, and may be in use",
        "wait for the git command; if you know that none runs, remove the file",
    )


def _other_worktrees(location: GitLocation) -> Iterator[Check]:
    """Half-done changes of other worktrees are completed there."""
    folders = [location.common_dir, *sorted(location.common_dir.glob("worktrees/*"))]
    for folder in folders:
        if folder == location.git_dir or lock_state(location) is not None:
            continue
        other = GitLocation(work_tree=folder, git_dir=folder, common_dir=location.common_dir)
        if JournalFolder(other).is_there:
            name = "the main worktree" if folder == location.common_dir else f"'{folder.name}'"
            yield repair(
                "other worktrees", f"a change is half done in {name}", f"run there: {_REPAIR}"
            )
