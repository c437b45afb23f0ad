"""One change of branch, index and working tree, which is done whole or not at all.

1. objects, kept on disk; nothing names them yet
2. git's lock of the index, with the new index in it: nobody commits from the old one meanwhile
3. the journal: what each file holds before and after
4. the branch, compared and swapped: the change is made
5. the new index in place, which ends git's lock
6. the files of the working tree, each in one step
7. the journal goes

Whoever finds traces of a command that has ended goes on at 5 if there is a journal and the branch
has its commit, and else takes back what 2 and 3 left. What the user changed meanwhile is never
overwritten.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from policyctl.adapters.git_objects import TreeEntry
from policyctl.adapters.git_writing import MovedError, NewCommit, WritableStore
from policyctl.adapters.user_index import UserIndex
from policyctl.adapters.work_files import (
    beside_of,
    found_at,
    keep_files,
    place_for,
    remove,
    replace,
    same_lines,
)
from policyctl.adapters.write_journal import Journal, JournalFolder, Step
from policyctl.adapters.write_lock import abandoned_claims, lock_state, write_lock
from policyctl.core.concurrent import stand_apart
from policyctl.errors import RepositoryError

_ATTEMPTS = 3
_REPAIR = "policyctl doctor --repair"


@dataclass(frozen=True, slots=True, kw_only=True)
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


def write_change(store: WritableStore, wanted: NewCommit, *, judged_on: str | None) -> str:
    """Make a commit on its ref and bring the working tree there; the commit's id.

    If others moved the ref with changes that have nothing to do with this one, it goes on top.

    Args:
        store: the repository.
        wanted: the commit.
        judged_on: the commit for which the change was found right, None before the first one.

    Raises:
        RepositoryError: nothing was changed, or the message says that the commit is made.
    """
    with write_lock(store.location, wanted.subject) as inherited, _inheriting(store, inherited):
        _complete(store)
        for attempt in range(_ATTEMPTS):
            base = store.value(wanted.ref)
            _require_apart(store, wanted, judged_on, base)
            try:
                return _Change(store, wanted, base).carry_out()
            except MovedError:  # by a git command, which knows nothing of our lock
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")


def settle(store: WritableStore) -> Settled | None:
    """Bring a change that was interrupted to its end, or take its traces back.

    Waits for a command that is at it.

    Raises:
        RepositoryError: it cannot be done.
    """
    if not JournalFolder(store.location).is_there and lock_state(store.location) is None:
        return None
    with (
        write_lock(store.location, "complete a change") as inherited,
        _inheriting(store, inherited),
    ):
        return _complete(store)


class _Change:
    """One attempt to carry a change out; the lock is held."""

    def __init__(self, store: WritableStore, wanted: NewCommit, base: str | None) -> None:
        self._store = store
        self._wanted = wanted
        self._base = base
        self._folder = JournalFolder(store.location)
        self._index = UserIndex(store, self._folder)

    def carry_out(self) -> str:
        made = ""
        try:
            self._folder.make()
            made = self._store.make(self._wanted, self._base, self._folder.tree_index)
            wanted = self._store.tree(made, sorted(self._wanted.changes))
            with _uninterrupted():
                self._index.take({path: _oid(wanted.get(path)) for path in self._wanted.changes})
                self._require_checked_out()
                journal = Journal(
                    act=self._wanted.subject, commit=made, steps=self._steps(made, wanted)
                )
                self._folder.write(journal)
                self._store.move(self._wanted, made, self._base)
                _finish(self._store, self._folder, journal)
        except BaseException:
            if not made or self._store.value(self._wanted.ref) != made:
                self._index.give_up()
                self._folder.remove()
            raise
        return made

    def _require_checked_out(self) -> None:
        """Nobody switches branches while the index is locked; they may have done so before."""
        ref = self._wanted.ref
        if ref not in ("HEAD", self._store.branch()):
            branch = ref.removeprefix("refs/heads/")
            raise RepositoryError(
                f"the branch '{branch}' is not checked out any more, nothing was changed",
                hint=f"git switch {branch}",
            )

    def _steps(self, made: str, after: Mapping[str, TreeEntry]) -> dict[str, Step]:
        """What happens to each file, after a look that nobody's work is in the way."""
        paths = sorted(self._wanted.changes)
        before = self._store.tree(self._base, paths) if self._base else {}
        staged = self._store.index(paths)
        work_tree = self._store.location.work_tree
        steps = {}
        for path in paths:
            committed, wanted, held = (_oid(tree.get(path)) for tree in (before, after, staged))
            target = place_for(work_tree, path)
            found = found_at(target, len(made))
            keep = path in self._wanted.keep
            if held not in (committed, wanted, found if keep else wanted):
                raise _changed(path)
            is_ours = keep or found in (committed, wanted)
            if not is_ours and not same_lines(target, committed, len(made)):
                raise _changed(path)
            steps[path] = Step(staged=held, found=found, wanted=wanted, keep=keep)
        return steps


def _require_apart(
    store: WritableStore, wanted: NewCommit, judged_on: str | None, base: str | None
) -> None:
    if base == judged_on:
        return
    if base and judged_on and store.is_ancestor(judged_on, base):
        theirs = store.differing(judged_on, base)
        if stand_apart(wanted.changes, theirs):
            return
    branch = wanted.ref.removeprefix("refs/heads/")
    raise MovedError(
        f"the branch '{branch}' moved meanwhile, nothing was changed", hint="run it again"
    )


def _complete(store: WritableStore) -> Settled | None:
    """Settle what an ended command left; the lock is held."""
    for claim in abandoned_claims(store.location):
        claim.unlink(missing_ok=True)
    folder = JournalFolder(store.location)
    if not folder.is_there:
        return None
    journal = folder.read()
    if journal is not None and store.is_ancestor(journal.commit, "HEAD"):
        with _uninterrupted():
            kept = _finish(store, folder, journal)
        return Settled(act=journal.act, completed=True, kept=kept)
    UserIndex(store, folder).give_up()
    folder.remove()
    return Settled(act=journal.act if journal else "", completed=False)


def _finish(store: WritableStore, folder: JournalFolder, journal: Journal) -> tuple[str, ...]:
    """Bring index and files to what the branch has; the files that were left alone."""
    try:
        present = store.tree("HEAD", sorted(journal.steps))
        # Whatever somebody committed since then counts more.
        steps = {
            path: step
            for path, step in journal.steps.items()
            if _oid(present.get(path)) == step.wanted
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
        if step.wanted != _oid(staged.get(path)) == step.staged
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
def _inheriting(store: WritableStore, number: int | None) -> Iterator[None]:
    store.inherited = () if number is None else (number,)
    try:
        yield
    finally:
        store.inherited = ()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait for its moment; git, which inherits this, is not stopped halfway either."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _changed(path: str) -> RepositoryError:
    return RepositoryError(
        f"{path} changed meanwhile, so nothing was written", hint=f"git status -- {path}"
    )


def _oid(entry: TreeEntry | None) -> str | None:
    if entry is None:
        return None
    return "conflict" if entry.kind == "conflict" else entry.oid
