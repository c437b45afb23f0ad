"""Adding to a repository: objects that last, then a ref, compared and swapped, without hooks."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from policyctl.adapters.durable import keep
from policyctl.adapters.git_objects import PATHS, ObjectStore
from policyctl.adapters.object_ids import is_plain
from policyctl.adapters.user_index import update_index
from policyctl.adapters.work_files import check_path
from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person


@frozen
class NewCommit:
    """A commit that is to be made.

    Attributes:
        ref: where it goes: a full name such as ``refs/heads/main``, or ``HEAD``.
        changes: the new bytes of each path, or None to remove it.
        keep: paths that change in branch and index only; the working tree keeps what it has there.
        message: the whole message.
        author: also the committer.
        now: the time of the commit.
        sign: have git sign it, with the user's own git configuration.
    """

    ref: str
    changes: Mapping[str, bytes | None]
    message: str
    author: Person
    now: datetime
    sign: bool = False
    keep: Collection[str] = ()

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.partition("\n")[0]


class MovedError(RepositoryError):
    """The ref was not where it was expected; nothing was changed."""


class WritableStore(ObjectStore):
    """The objects and refs of one repository, with the power to add a commit."""

    def make(self, wanted: NewCommit, parent: str | None, index: Path) -> str:
        """Write a commit's objects to last; no ref names them yet. The commit's id.

        Args:
            wanted: the commit.
            parent: the commit that it is put upon, or None for a first one.
            index: where an index may be written for it.

        Raises:
            RepositoryError: the commit cannot be made.
        """
        if wanted.ref != "HEAD" and not (wanted.ref.startswith("refs/") and is_plain(wanted.ref)):
            raise RepositoryError(f"{wanted.ref!r} is not the full name of a ref")
        for path in wanted.changes:
            check_path(path)
        tree = self._write_tree(parent, wanted.changes, index)
        made = self._write_commit(tree, parent, wanted)
        self._keep(made, parent)
        return made

    def tag_new(
        self, name: str, target: str, message: bytes, *, by: Person, now: datetime, kind: str
    ) -> None:
        """Make an annotated tag with exactly this message, if there is no tag of this name.

        Args:
            name: such as ``policyctl/checkpoint/1``.
            target: the id of the object that it names.
            message: the tag's message, byte for byte.
            by: the tagger.
            now: the time of the tag.
            kind: what the target is: ``commit`` or ``tag``.

        Raises:
            RepositoryError: the tag exists, or could not be written; nothing was changed.
        """
        ref = f"refs/tags/{name}"
        when = f"{int(now.timestamp())} +0000"
        tagger = f"{_plain_name(by.name)} <{_plain_name(by.email)}> {when}"
        header = f"object {target}\ntype {kind}\ntag {name}\ntagger {tagger}\n\n"
        made = self.text("mktag", stdin=header.encode() + message)
        try:
            self.run("update-ref", ref, made, "0" * len(made))
        except RepositoryError:
            if self.attempt("rev-parse", "--verify", "--quiet", ref) is None:
                raise
            raise RepositoryError(
                f"the tag {name} exists already, nothing was changed", hint="run it again"
            ) from None

    def move(self, wanted: NewCommit, new: str, old: str | None) -> None:
        """Let the ref name ``new`` if it still names ``old`` (None: if there is no such ref).

        Raises:
            MovedError: it names another commit.
            RepositoryError: git cannot move it.
        """
        try:
            self.run(
                *("update-ref", "-m", f"policyctl: {wanted.subject}"),
                *(wanted.ref, new, old or "0" * len(new)),
                extra=_identity(wanted),
            )
        except RepositoryError:
            if self.value(wanted.ref) == old:
                raise
            raise MovedError(
                f"{_short(wanted.ref)} moved meanwhile, nothing was changed", hint="run it again"
            ) from None
        file = self.location.common_dir / wanted.ref
        keep((file, file.parent))

    def value(self, ref: str) -> str | None:
        """The id that a ref names, or None if there is no such ref."""
        return self.attempt("rev-parse", "--verify", "--quiet", ref)

    def is_ancestor(self, commit: str, of: str) -> bool:
        """True if a commit is, or lies behind, another one; False if there is no such commit.

        Raises:
            RepositoryError: the other one cannot be read.
        """
        if self.value(f"{commit}^{{commit}}") is None:
            return False
        return not self.run("rev-list", "--max-count=1", commit, f"^{of}", "--")

    def differing(self, one: str, other: str) -> tuple[str, ...]:
        """The paths at which the trees of two commits differ.

        Raises:
            RepositoryError: an object is missing.
        """
        arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", one, other, "--")
        return tuple(record.decode(*PATHS) for record in self.records(*arguments) if record)

    def _write_tree(
        self, parent: str | None, changes: Mapping[str, bytes | None], index: Path
    ) -> str:
        private = {"GIT_INDEX_FILE": str(index)}
        base = self.commit_id(parent) if parent else "--empty"
        self.run("read-tree", base, extra=private)
        entries = {
            path: None
            if content is None
            else self.text("hash-object", "-w", "--no-filters", "--stdin", stdin=content)
            for path, content in changes.items()
        }
        update_index(self, entries, index)
        # A partial clone lacks objects that the parent's tree names already.
        return self.text("write-tree", "--missing-ok", extra=private)

    def _write_commit(self, tree: str, parent: str | None, wanted: NewCommit) -> str:
        arguments = ["commit-tree", "-S" if wanted.sign else "--no-gpg-sign"]
        if parent:
            arguments += ["-p", self.commit_id(parent)]
        return self.text(
            *arguments,
            *("-F", "-", tree),
            stdin=wanted.message.encode(*PATHS),
            extra=_identity(wanted),
            as_user=wanted.sign,
        )

    def _keep(self, new: str, old: str | None) -> None:
        """Have the disk keep all objects that a commit adds.

        Git's own setting would miss those that the user's ``git add`` wrote before, and the
        folders that name them.
        """
        known = [f"^{old}"] if old else []
        arguments = ("--objects", "--no-object-names", "--missing=allow-any", new, *known)
        ids = os.fsdecode(self.run("rev-list", *arguments)).split()
        objects = self.location.common_dir / "objects"
        files = [objects / oid[:2] / oid[2:] for oid in ids]
        keep((*files, *sorted({file.parent for file in files}), objects))


def _identity(wanted: NewCommit) -> dict[str, str]:
    date = f"@{int(wanted.now.timestamp())} +0000"
    author = wanted.author
    return {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", date))
    }


def _plain_name(text: str) -> str:
    """A name or address without the characters that end one in git's objects."""
    return "".join(character for character in text if character not in "<>\n\0")


def _short(ref: str) -> str:
    return (
        f"the branch '{ref.removeprefix('refs/heads/')}'" if ref.startswith("refs/heads/") else ref
    )
