"""Going on where a change of branch, index and working tree was interrupted."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from policyctl.adapters.git_objects import TreeEntry
from policyctl.adapters.git_writing import WritableStore
from policyctl.adapters.user_index import UserIndex
from policyctl.adapters.work_files import (
    beside_of,
    found_at,
    keep_files,
    place_for,
    remove,
    replace,
)
from policyctl.adapters.write_journal import Journal, JournalFolder, Step
from policyctl.adapters.write_lock import abandoned_claims
from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError

_REPAIR = "policyctl doctor --repair"


@frozen
class Settled:
    """What became of a change that had been interrupted.

    Attributes:
        act: the change, in a few words.
        completed: whether its commit was made, so that it was brought to its end.
        kept: files that the user changed since, which were left alone.
    """

    act: str
    completed: bool
    kept: tuple[str, ...] = ()


def complete(store: WritableStore) -> Settled | None:
    """Settle what an ended command left; the lock is held."""
    for claim in abandoned_claims(store.location):
        claim.unlink(missing_ok=True)
    folder = JournalFolder(store.location)
    if not folder.is_there:
        return None
    journal = folder.read()
    if journal is not None and store.is_ancestor(journal.commit, "HEAD"):
        with uninterrupted():
            kept = finish(store, folder, journal)
        return Settled(act=journal.act, completed=True, kept=kept)
    UserIndex(store, folder).give_up()
    folder.remove()
    return Settled(act=journal.act if journal else "", completed=False)


def finish(store: WritableStore, folder: JournalFolder, journal: Journal) -> tuple[str, ...]:
    """Bring index and files to what the branch has; the files that were left alone."""
    try:
        present = store.tree("HEAD", sorted(journal.steps))
        # Whatever somebody committed since then counts more.
        steps = {
            path: step
            for path, step in journal.steps.items()
            if blob_of(present.get(path)) == step.wanted
        }
        _finish_index(store, folder, steps)
        digits = len(journal.commit)
        kept = [path for path, step in steps.items() if not _finish_file(store, path, step, digits)]
        work_tree = store.location.work_tree
        keep_files([work_tree / path for path in steps], work_tree)
        folder.remove()
    except OSError as error:
        message = f"cannot write {error.filename}: {error.strerror}"
        raise RepositoryError(message, hint=f"the commit is made; then run: {_REPAIR}") from error
    except RepositoryError as error:
        raise RepositoryError(
            error.message, hint=f"the commit is made; then run: {_REPAIR}"
        ) from error
    return tuple(sorted({*kept, *journal.steps.keys() - steps.keys()}))


def _finish_index(store: WritableStore, folder: JournalFolder, steps: Mapping[str, Step]) -> None:
    index = UserIndex(store, folder)
    if folder.owns(index.lock):
        index.put()
        return
    staged = store.index(sorted(steps)) if steps else {}
    behind = {
        path: step.wanted
        for path, step in steps.items()
        if step.wanted != blob_of(staged.get(path)) == step.staged
    }
    if behind:
        index.take(behind)
        index.put()


def _finish_file(store: WritableStore, path: str, step: Step, digits: int) -> bool:
    """Bring one file to what the branch has; False if the user changed it since."""
    target = place_for(store.location.work_tree, path)
    found = found_at(target, digits)
    beside_of(target).unlink(missing_ok=True)
    if step.keep or found == step.wanted:
        return True
    if found != step.found:
        return False
    if step.wanted is None:
        remove(target, store.location.work_tree)
    else:
        replace(target, store.blob(step.wanted))
    return True


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait for its moment; git, which inherits this, is not stopped halfway either."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def blob_of(entry: TreeEntry | None) -> str | None:
    """The blob of an entry, None where there is none, ``conflict`` where a merge left several."""
    if entry is None:
        return None
    return "conflict" if entry.kind == "conflict" else entry.oid
