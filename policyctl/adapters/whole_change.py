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

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from policyctl.adapters.git_objects import TreeEntry
from policyctl.adapters.git_writing import MovedError, NewCommit, WritableStore
from policyctl.adapters.unfinished_change import (
    Settled,
    blob_of,
    complete,
    finish,
    uninterrupted,
)
from policyctl.adapters.user_index import UserIndex
from policyctl.adapters.work_files import found_at, place_for, same_lines
from policyctl.adapters.write_journal import Journal, JournalFolder, Step
from policyctl.adapters.write_lock import lock_state, write_lock
from policyctl.core.concurrent import stand_apart
from policyctl.errors import RepositoryError

_ATTEMPTS = 3


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
        complete(store)
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
        return complete(store)


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
            with uninterrupted():
                self._index.take({path: blob_of(wanted.get(path)) for path in self._wanted.changes})
                self._require_checked_out()
                journal = Journal(
                    act=self._wanted.subject, commit=made, steps=self._steps(made, wanted)
                )
                self._folder.write(journal)
                self._store.move(self._wanted, made, self._base)
                finish(self._store, self._folder, journal)
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
            committed, wanted, held = (blob_of(tree.get(path)) for tree in (before, after, staged))
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


@contextmanager
def _inheriting(store: WritableStore, number: int | None) -> Iterator[None]:
    store.inherited = () if number is None else (number,)
    try:
        yield
    finally:
        store.inherited = ()


def _changed(path: str) -> RepositoryError:
    return RepositoryError(
        f"{path} changed meanwhile, so nothing was written", hint=f"git status -- {path}"
    )
