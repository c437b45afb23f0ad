"""The objects and refs of one repository, read as they are."""

from __future__ import annotations

import re
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from sys import intern
from typing import Self

from policyctl.adapters.commit_record import FIELDS, Commit, parse_commit
from policyctl.adapters.git_location import GitLocation
from policyctl.adapters.git_process import GitProcess, end
from policyctl.adapters.object_ids import OBJECT_ID, is_object_id, is_plain, object_id
from policyctl.adapters.tree_object import tree_items
from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError

_MEBIBYTE = 1024 * 1024
_MAX_BLOB = 4 * _MEBIBYTE
_MAX_TREE_ENTRIES = 1_000_000
_ITS_TREE = "^{tree}"
_PROMISOR = re.compile(r"^\s*(?:partialclone|promisor)\s*=", re.IGNORECASE | re.MULTILINE)
MOST_ASKED = 256
PATHS = ("utf-8", "surrogateescape")
"""How the bytes of a path become text, and back again without loss."""


@frozen
class TreeEntry:
    """One file of a tree or an index: its mode in octal digits, object id and kind of object."""

    mode: str
    oid: str
    kind: str


class TooLargeError(RepositoryError):
    """A blob has more bytes than its reader takes."""


class ObjectStore(GitProcess):
    """The objects and refs of one repository.

    Use it in a ``with`` statement: it keeps one ``git cat-file`` running for all blobs.
    """

    def __init__(self, location: GitLocation) -> None:
        super().__init__(location)
        self._batch: subprocess.Popen[bytes] | None = None
        self._asked: deque[str] = deque()
        self._tops: dict[str, tuple[tuple[str, bytes], ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads blobs."""
        if self._batch is not None:
            end(self._batch)
            self._batch = None
        self._asked.clear()

    def resolve(self, rev: str) -> str:
        """The id of the commit that ``rev`` names.

        Raises:
            RepositoryError: there is no such commit.
        """
        if not is_plain(rev):
            raise RepositoryError(f"{rev!r} is not a revision")
        found = self.attempt("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
        if found is not None:
            return found
        if self.attempt("rev-parse", "--verify", "--quiet", "HEAD") is None:
            raise RepositoryError(
                f"the repository {self.location.work_tree} has no commit yet",
                hint="make a first commit with 'git commit'",
            )
        raise RepositoryError(
            f"there is no commit '{rev}' in {self.location.work_tree}",
            hint="fetch it, or check its spelling with 'git log'",
        )

    def head(self) -> str:
        """The id of the commit that is checked out.

        Raises:
            RepositoryError: there is no commit yet.
        """
        return self.resolve("HEAD")

    def branch(self) -> str | None:
        """The full name of the ref that is checked out, or None when HEAD is detached."""
        return self.attempt("symbolic-ref", "--quiet", "HEAD")

    def upstream(self, branch: str) -> str | None:
        """The commit of a branch's remote-tracking ref, or None if it has none.

        Args:
            branch: a full name such as ``refs/heads/main``.
        """
        name = self.text("for-each-ref", "--format=%(upstream)", branch) if is_plain(branch) else ""
        if not name.startswith("refs/remotes/"):
            return None
        return self.attempt("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def is_shallow(self) -> bool:
        """True if the history was cut off when the repository was cloned."""
        return self.run("rev-parse", "--is-shallow-repository") == b"true\n"

    def is_partial(self) -> bool:
        """True if objects were left out when the repository was cloned."""
        if next(self.location.common_dir.glob("objects/pack/*.promisor"), None):
            return True
        try:
            text = (self.location.common_dir / "config").read_text("utf-8", "replace")
        except OSError:
            return False
        return bool(_PROMISOR.search(text))

    def tree(self, commit: str, under: Sequence[str] = ()) -> dict[str, TreeEntry]:
        """The files of a commit by path, all of them or those at and below ``under``.

        Paths are decoded as UTF-8 with ``surrogateescape``.

        Raises:
            RepositoryError: the commit is unknown, or a tree in it is broken.
        """
        return {path: entry_of(line) for path, line in self.listing(commit, under).items()}

    def listing(self, commit: str, under: Sequence[str] = ()) -> dict[str, str]:
        """The same as ``ls-tree`` says it: ``<mode> <kind> <object id>`` by path.

        Raises:
            RepositoryError: as in ``tree``.
        """
        found: dict[str, str] = {}
        arguments = ("ls-tree", "-r", "-z", "--full-tree", self.commit_id(commit), "--", *under)
        for record in self.records(*arguments):
            line, _, path = record.decode(*PATHS).partition("\t")
            if path in found:
                raise RepositoryError(f"the tree of {commit} names {path!r} twice")
            if len(found) >= _MAX_TREE_ENTRIES:
                raise RepositoryError(f"the tree of {commit} has over {_MAX_TREE_ENTRIES} files")
            found[path] = line
        return found

    def top(self, commit: str) -> tuple[tuple[str, bytes], ...]:
        """The names at the top of a commit's tree, each with all that the tree says of it.

        Raises:
            RepositoryError: the commit is unknown, or its tree is missing or broken.
        """
        commit = self.commit_id(commit)
        if commit not in self._tops:
            content = self._object(f"{commit}^{{tree}}", "tree", _MAX_BLOB)
            self._tops[commit] = tuple(
                (name.decode(*PATHS), mode + b" " + oid)
                for mode, name, oid in tree_items(content, len(commit))
            )
        return self._tops[commit]

    def index(self, under: Sequence[str] = ()) -> dict[str, TreeEntry]:
        """The files of the user's index by path; kind is ``conflict`` where a merge left several.

        Raises:
            RepositoryError: the index cannot be read.
        """
        found: dict[str, TreeEntry] = {}
        for record in self.records("ls-files", "--stage", "-z", "--full-name", "--", *under):
            fields, _, name = record.partition(b"\t")
            mode, oid, stage = fields.decode("ascii").split(" ")
            kind = "conflict" if stage != "0" else "commit" if mode == "160000" else "blob"
            found[name.decode(*PATHS)] = TreeEntry(mode=mode, oid=oid, kind=kind)
        return found

    def blob(self, oid: str, limit: int = _MAX_BLOB) -> bytes:
        """The exact bytes of a blob, at most ``limit`` of them.

        Raises:
            RepositoryError: the blob is missing, broken, too large, or no blob.
        """
        return self._object(oid, "blob", limit)

    def tag(self, oid: str, limit: int = _MAX_BLOB) -> bytes:
        """The exact bytes of an annotated tag, its header among them.

        Raises:
            RepositoryError: the tag is missing, broken, too large, or no annotated tag.
        """
        return self._object(oid, "tag", limit)

    def ask(self, oids: Sequence[str]) -> None:
        """Have git look up objects that are read next, in this order: it need not be waited for.

        At most `MOST_ASKED` of them: more would fill the pipe before anything is read from it.
        """
        if self._asked or not all(map(is_object_id, oids)):
            return
        self._send(oids)
        self._asked.extend(oids)

    def _send(self, oids: Sequence[str]) -> None:
        if self._batch is None:
            self._batch = self.start("cat-file", "--batch", stdin=subprocess.PIPE)
        assert self._batch.stdin is not None
        with suppress(OSError):  # whoever reads the answer finds out
            self._batch.stdin.write("".join(f"{oid}\n" for oid in oids).encode())
            self._batch.stdin.flush()

    def _object(self, oid: str, kind: str, limit: int) -> bytes:
        if not OBJECT_ID.match(oid.removesuffix(_ITS_TREE)):
            raise RepositoryError(f"{oid!r} is not the id of an object")
        if self._asked and self._asked[0] != oid:
            self.close()
        if self._asked:
            self._asked.popleft()
        else:
            self._send([oid])
        try:
            found, content = _read_object(self._batch, oid, kind, limit)
        except (RepositoryError, OSError) as error:
            # What is left in the pipe belongs to the object that was refused.
            self.close()
            if isinstance(error, RepositoryError):
                raise
            raise RepositoryError(f"git cannot read the object {oid}") from error
        if oid.endswith(_ITS_TREE):
            oid = found
        if object_id(content, len(oid), kind) != oid:
            raise RepositoryError(f"the object {oid} does not hold what its id says")
        return content

    def history(
        self, rev: str, paths: Sequence[str] = (), *, first_parent: bool = False
    ) -> Iterator[Commit]:
        """The commits that ``rev`` (a revision or a range) reaches, newest first.

        With ``paths``, those that change one of them, on side branches too.

        Raises:
            RepositoryError: the revision is unknown, or a commit is missing.
        """
        if not is_plain(rev):
            raise RepositoryError(f"{rev!r} is not a revision")
        options = [
            "--full-history",
            "--no-commit-header",
            f"--format={FIELDS}",
            "--encoding=UTF-8",
        ]
        if first_parent:
            options.append("--first-parent")
        for record in self.records("rev-list", *options, rev, "--", *paths):
            # rev-list ends each record with a line break of its own.
            yield parse_commit(record.removeprefix(b"\n"))

    def changed_paths(self, commit: str) -> tuple[str, ...]:
        """The files that a commit changes, a rename being two of them.

        A merge changes only what differs from each of its parents: all the rest was changed by
        commits of their own. Paths are decoded as in ``tree``.

        Raises:
            RepositoryError: the commit is unknown, or an object of it is missing.
        """
        arguments = (
            *("diff-tree", "-r", "-z", "-c", "--name-only", "--root", "--no-renames"),
            *("--no-commit-id", "--ignore-submodules=none", self.commit_id(commit), "--"),
        )
        return tuple(record.decode(*PATHS) for record in self.records(*arguments) if record)

    def commit_id(self, rev: str) -> str:
        """The id of the commit that ``rev`` names, without asking git where it is an id."""
        return rev if OBJECT_ID.match(rev) else self.resolve(rev)


def _read_object(
    process: subprocess.Popen[bytes] | None, oid: str, wanted: str, limit: int
) -> tuple[str, bytes]:
    """The id that git gives an object, and its bytes."""
    assert process is not None
    assert process.stdout is not None
    header = process.stdout.readline(256).split()
    if len(header) != 3:  # noqa: PLR2004 - id, type, size; otherwise "<id> missing"
        raise RepositoryError(f"the object {oid} is missing", hint="fetch it with 'git fetch'")
    found, kind, size = header[0].decode(), header[1].decode(), int(header[2])
    if kind != wanted:
        expected = "a file" if wanted == "blob" else f"a {wanted}"
        raise RepositoryError(f"the object {oid} is a {kind}, not {expected}")
    if size > limit:
        raise TooLargeError(f"the object {oid} has {size} bytes, more than {limit}")
    content = process.stdout.read(size + 1)
    if len(content) != size + 1:
        raise RepositoryError(f"git cannot read the object {oid}")
    return found, content[:-1]


def entry_of(line: str) -> TreeEntry:
    """A file of a tree by what ``listing`` says of it."""
    mode, kind, oid = line.split(" ")
    # A large tree has few modes and kinds, and as many copies of them as files.
    return TreeEntry(mode=intern(mode), oid=oid, kind=intern(kind))
