"""The sides of a comparison: a commit, the index, the working tree, one file, a baseline."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from policyctl.adapters.commits import Commits
from policyctl.adapters.document_bytes import read
from policyctl.adapters.git_location import GitLocation, find_readable
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.governed_files import GovernedFiles
from policyctl.adapters.object_ids import is_plain
from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
from policyctl.core import paths
from policyctl.core.ledger import Ledger
from policyctl.core.paths import PolicyFile, place_of
from policyctl.core.snapshot import Snapshot
from policyctl.errors import UsageError
from policyctl.usecases.diff_pairs import Side
from policyctl.usecases.governed import CommittedGovernance

Judge = Callable[[Snapshot], Ledger]
"""Judges the ledger of a commit's governed files."""


class DiffSides:
    """The sides that one repository offers.

    Use it in a ``with`` statement.
    """

    def __init__(self, start: Path, judge: Judge) -> None:
        self.location: GitLocation = find_readable(start)
        self._store = ObjectStore(self.location)
        self._judge = judge

    def __enter__(self) -> DiffSides:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    @cached_property
    def commits(self) -> Commits:
        """The commits of the repository."""
        return Commits(self._store)

    def is_revision(self, text: str) -> bool:
        """True if the text names a commit."""
        return is_plain(text) and (
            self._store.attempt("rev-parse", "--verify", "--quiet", f"{text}^{{commit}}")
            is not None
        )

    def commit(self, rev: str, name: str = "") -> Side:
        """The policies of a commit, under the governance that it holds."""
        snapshot = self.commits.snapshot(self.commits.resolve(rev))
        return self._governed(name or rev, snapshot)

    def fork(self, rev: str, head: str) -> Side:
        """The commit at which a branch left another one.

        Raises:
            UsageError: there are several, so none of them alone is what the branch changed.
        """
        bases = self.commits.merge_bases(self.commits.resolve(rev), self.commits.resolve(head))
        if len(bases) > 1:
            raise UsageError(
                f"'{rev}' and '{head}' were merged into each other, so they part at "
                f"{len(bases)} commits",
                hint=f"compare with one of them, such as {bases[0][:12]}",
            )
        return self.commit(bases[0], f"{rev}, where the branch left it")

    def index(self) -> Side:
        """The policies as they are staged, under the governance that is staged with them."""
        files = GovernedFiles(self._store)
        staged = self._store.index([paths.POLICIES, paths.HOME])
        snapshot = {path: files.file(path, entry) for path, entry in staged.items()}
        return self._governed("the index", snapshot)

    def working_tree(self) -> Side:
        """The policies as they lie in the folder, with the ledger of the commit below them."""
        top = self.location.work_tree
        return Side(
            name="the working tree",
            files=_folder_files(top),
            governance=WorkingGovernance(top),
            ledger=self._judge(self.commits.snapshot(self.commits.resolve("HEAD"))),
        )

    def _governed(self, name: str, snapshot: Snapshot) -> Side:
        ledger = self._judge(snapshot)
        return Side(
            name=name,
            files={
                path: file.content
                for path, file in snapshot.items()
                if file.content is not None and isinstance(place_of(path), PolicyFile)
            },
            governance=CommittedGovernance(snapshot, ledger.roots.latest),
            ledger=ledger,
        )


def file_side(path: str, here: Path, key: str) -> Side:
    """One file, under the governance of the folder in which it is looked at.

    Args:
        path: the file.
        here: the present folder.
        key: what the other side calls its file, so that the two are compared.
    """
    governance = WorkingGovernance(governed_folder(here))
    return Side(name=path, files={key: read(here / path, file=path)}, governance=governance)


def _folder_files(top: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    folder = top / paths.POLICIES
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = paths.POLICIES + file.name
        if isinstance(place_of(name), PolicyFile) and file.is_file() and not file.is_symlink():
            found[name] = read(file, file=name)
    return found
