"""Every git call that reads evidence or writes the ledger.

A repository may be hostile: its configuration, hooks, filters, replacements, grafts and embedded
repositories must neither run anything nor change what is read. So only plumbing runs here, with an
explicit git directory, and an environment and configuration that the repository cannot widen.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Self

from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person

_OLDEST_GIT = (2, 34)
_MEBIBYTE = 1024 * 1024
_MAX_BLOB = 4 * _MEBIBYTE
_MAX_OUTPUT = 16 * _MEBIBYTE
_MAX_RECORD = 4 * _MEBIBYTE
_MAX_TREE_ENTRIES = 1_000_000
_MAX_LINK_FILE = 4096
_CHUNK = 64 * 1024
_LOCK_ATTEMPTS = 20
_LOCK_PAUSE = 0.1  # seconds
_OBJECT_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_PROMISOR = re.compile(r"^\s*(?:partialclone|promisor)\s*=", re.IGNORECASE | re.MULTILINE)
_PATHS = ("utf-8", "surrogateescape")
_FIELDS = "%H%n%P%n%an%n%ae%n%ct%n%B%x00"
_INHERITED = ("HOME", "TMPDIR")
_USER_SETTINGS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
_GUARDS = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": "/dev/null/none",  # info/grafts rewrites parents; replacements are below
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_NO_SETTINGS = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}
_OPTIONS = (
    "--literal-pathspecs",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.splitIndex=false"),
    *("-c", "core.commitGraph=false"),  # a file in the repository that may lie about parents
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "i18n.commitEncoding=UTF-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLocation:
    """Where a repository is, found without asking git.

    Attributes:
        work_tree: the folder that holds ``.git``.
        git_dir: what belongs to this working tree: ``HEAD``, the index, a merge under way.
        common_dir: what linked worktrees share: objects, refs, configuration.
    """

    work_tree: Path
    git_dir: Path
    common_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One file of a tree or an index: its mode in octal digits, object id and kind of object."""

    mode: str
    oid: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit of a history; ``time`` is the committer's, in UTC."""

    id: str
    parents: tuple[str, ...]
    author: Person
    time: datetime
    message: str


def find(start: Path) -> GitLocation:
    """The repository whose working tree holds ``start``.

    Raises:
        RepositoryError: there is none, or its ``.git`` is not what git itself writes.
    """
    physical = start.resolve()
    for folder in (physical, *physical.parents):
        git_dir = _git_dir(folder)
        if git_dir is not None:
            return GitLocation(work_tree=folder, git_dir=git_dir, common_dir=_common_dir(git_dir))
        if _looks_like_git_dir(folder):
            raise RepositoryError(
                f"{folder} looks like a bare repository",
                hint="run policyctl in a repository with a working tree",
            )
    raise RepositoryError(f"{start} is not in a git repository", hint="run 'git init'")


class ObjectStore:
    """The objects and refs of one repository.

    Use it in a ``with`` statement: it keeps one ``git cat-file`` running for all blobs.
    """

    def __init__(self, location: GitLocation) -> None:
        self.location = location
        self._git, self._path = _installed(os.environ.get("PATH", os.defpath))
        self._batch: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads blobs."""
        if self._batch is not None:
            _end(self._batch)
            self._batch = None

    def resolve(self, rev: str) -> str:
        """The id of the commit that ``rev`` names.

        Raises:
            RepositoryError: there is no such commit.
        """
        if not _is_plain(rev):
            raise RepositoryError(f"{rev!r} is not a revision")
        found = self._try("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
        if found is not None:
            return found
        if self._try("rev-parse", "--verify", "--quiet", "HEAD") is None:
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
        return self._try("symbolic-ref", "--quiet", "HEAD")

    def is_shallow(self) -> bool:
        """True if the history was cut off when the repository was cloned."""
        return self._run("rev-parse", "--is-shallow-repository") == b"true\n"

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
        found: dict[str, TreeEntry] = {}
        arguments = ("ls-tree", "-r", "-z", "--full-tree", self._commit_id(commit), "--", *under)
        for record in self._records(*arguments):
            fields, _, name = record.partition(b"\t")
            mode, kind, oid = fields.decode("ascii").split(" ")
            path = name.decode(*_PATHS)
            if path in found:
                raise RepositoryError(f"the tree of {commit} names {path!r} twice")
            if len(found) >= _MAX_TREE_ENTRIES:
                raise RepositoryError(f"the tree of {commit} has over {_MAX_TREE_ENTRIES} files")
            found[path] = TreeEntry(mode=mode, oid=oid, kind=kind)
        return found

    def index(self, under: Sequence[str] = ()) -> dict[str, TreeEntry]:
        """The files of the user's index by path; kind is ``conflict`` where a merge left several.

        Raises:
            RepositoryError: the index cannot be read.
        """
        found: dict[str, TreeEntry] = {}
        for record in self._records("ls-files", "--stage", "-z", "--full-name", "--", *under):
            fields, _, name = record.partition(b"\t")
            mode, oid, stage = fields.decode("ascii").split(" ")
            kind = "conflict" if stage != "0" else "commit" if mode == "160000" else "blob"
            found[name.decode(*_PATHS)] = TreeEntry(mode=mode, oid=oid, kind=kind)
        return found

    def blob(self, oid: str, limit: int = _MAX_BLOB) -> bytes:
        """The exact bytes of a blob, at most ``limit`` of them.

        Raises:
            RepositoryError: the blob is missing, broken, too large, or no blob.
        """
        if not _OBJECT_ID.match(oid):
            raise RepositoryError(f"{oid!r} is not the id of an object")
        if self._batch is None:
            self._batch = self._start("cat-file", "--batch", stdin=subprocess.PIPE)
        try:
            content = _read_blob(self._batch, oid, limit)
        except (RepositoryError, OSError) as error:
            # What is left in the pipe belongs to the blob that was refused.
            self.close()
            if isinstance(error, RepositoryError):
                raise
            raise RepositoryError(f"git cannot read the object {oid}") from error
        if blob_id(content, len(oid)) != oid:
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
        if not _is_plain(rev):
            raise RepositoryError(f"{rev!r} is not a revision")
        options = [
            "--full-history",
            "--no-commit-header",
            f"--format={_FIELDS}",
            "--encoding=UTF-8",
        ]
        if first_parent:
            options.append("--first-parent")
        for record in self._records("rev-list", *options, rev, "--", *paths):
            # rev-list ends each record with a line break of its own.
            yield _commit(record.removeprefix(b"\n"))

    def commit(
        self,
        *,
        parent: str | None,
        changes: Mapping[str, bytes | None],
        message: str,
        author: Person,
        ref: str,
        now: datetime,
        sign: bool = False,
    ) -> str:
        """Commit ``changes`` on top of ``parent`` and move ``ref`` there; the new commit's id.

        The working tree and the user's index stay as they are (see ``refresh``). No hook runs.

        Args:
            parent: the commit that ``ref`` must still name, or None if ``ref`` must not exist.
            changes: the new bytes of each path, or None to remove it.
            message: the whole message.
            author: also the committer.
            ref: a full name such as ``refs/heads/main``, or ``HEAD``.
            now: the time of the commit.
            sign: have git sign it, with the user's own git configuration.

        Raises:
            RepositoryError: nothing was changed, above all if ``ref`` moved meanwhile.
        """
        if ref != "HEAD" and not (ref.startswith("refs/") and _is_plain(ref)):
            raise RepositoryError(f"{ref!r} is not the full name of a ref")
        tree = self._write_tree(parent, changes)
        made = self._write_commit(tree, parent, message, author, now, sign=sign)
        self._move(ref, made, parent, message, _identity(author, now))
        return made

    def refresh(self, changes: Mapping[str, bytes | None]) -> None:
        """Bring the user's index and the working tree to what was committed, at these paths only.

        Files get exactly these bytes, whatever line endings or filters are configured, and keep
        their permission bits. Everything else that is staged stays staged. Call it again after an
        error: what was done already does no harm.

        Raises:
            RepositoryError: the index or a file could not be written; the commit stands.
        """
        targets = {path: _inside(self.location.work_tree, path) for path in changes}
        undone = (
            f"the commit is made; then run: git restore --staged --worktree -- {' '.join(changes)}"
        )
        try:
            # The index first: with a stale one, the user's next commit would undo this one.
            self._update_user_index(changes)
            for path, content in changes.items():
                if content is None:
                    _remove(targets[path], self.location.work_tree)
                else:
                    _replace(targets[path], content)
        except OSError as error:
            raise RepositoryError(
                f"cannot write {error.filename}: {error.strerror}", hint=undone
            ) from error
        except RepositoryError as error:
            raise RepositoryError(error.message, hint=undone) from error

    def _write_tree(self, parent: str | None, changes: Mapping[str, bytes | None]) -> str:
        for path in changes:
            _check_path(path)
        with tempfile.TemporaryDirectory(
            prefix="policyctl-index-", dir=self.location.git_dir
        ) as folder:
            private = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            base = self._commit_id(parent) if parent else "--empty"
            self._run("read-tree", base, extra=private)
            self._update_index(changes, private)
            # A partial clone lacks objects that the parent's tree names already.
            return self._text("write-tree", "--missing-ok", extra=private)

    def _update_user_index(self, changes: Mapping[str, bytes | None]) -> None:
        """Update a copy of the user's index and put it in place, under git's own lock.

        When git rewrites an index, it compares files that were edited within a clock tick of the
        last rewrite, and that runs their filters. It does not for an index without a time. Giving
        the copy the index's time again leaves that comparison to the user's next git command.
        """
        index = self.location.git_dir / "index"
        lock = self.location.git_dir / "index.lock"
        _take(lock)
        try:
            with tempfile.TemporaryDirectory(
                prefix="policyctl-index-", dir=self.location.git_dir
            ) as folder:
                private = Path(folder, "index")
                with suppress(FileNotFoundError):
                    shutil.copyfile(index, private)
                    os.utime(private, (0, 0))
                self._update_index(changes, {"GIT_INDEX_FILE": str(private)})
                if index.exists():
                    before = index.stat().st_mtime_ns
                    os.utime(private, ns=(before, before))
                private.replace(lock)
        except BaseException:
            lock.unlink()
            raise
        lock.replace(index)

    def _update_index(
        self, changes: Mapping[str, bytes | None], environment: Mapping[str, str]
    ) -> None:
        lines = []
        for path, content in changes.items():
            if content is None:
                lines.append(f"0 {self._null_id()}\t{path}\0".encode(*_PATHS))
            else:
                oid = self._text("hash-object", "-w", "--no-filters", "--stdin", stdin=content)
                lines.append(f"100644 {oid}\t{path}\0".encode(*_PATHS))
        self._run("update-index", "-z", "--index-info", stdin=b"".join(lines), extra=environment)

    def _write_commit(
        self,
        tree: str,
        parent: str | None,
        message: str,
        author: Person,
        now: datetime,
        *,
        sign: bool,
    ) -> str:
        arguments = ["commit-tree", "-S" if sign else "--no-gpg-sign"]
        if parent:
            arguments += ["-p", self._commit_id(parent)]
        return self._text(
            *arguments,
            *("-F", "-", tree),
            stdin=message.encode(*_PATHS),
            extra=_identity(author, now),
            as_user=sign,
        )

    def _move(
        self, ref: str, new: str, old: str | None, message: str, identity: Mapping[str, str]
    ) -> None:
        subject = message.partition("\n")[0]
        before = self._commit_id(old) if old else None
        try:
            self._run(
                *("update-ref", "-m", f"policyctl: {subject}", ref, new, before or "0" * len(new)),
                extra=identity,
            )
        except RepositoryError:
            if self._try("rev-parse", "--verify", "--quiet", ref) == before:
                raise
            raise RepositoryError(
                f"{_short(ref)} moved meanwhile, nothing was changed", hint="run it again"
            ) from None

    def _null_id(self) -> str:
        kind = self._text("rev-parse", "--show-object-format")
        return "0" * (64 if kind == "sha256" else 40)

    def _commit_id(self, rev: str) -> str:
        return rev if _OBJECT_ID.match(rev) else self.resolve(rev)

    def _try(self, *arguments: str) -> str | None:
        """The one line that git prints, or None if it ends with an error."""
        try:
            return self._text(*arguments)
        except RepositoryError:
            return None

    def _text(
        self,
        *arguments: str,
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
        as_user: bool = False,
    ) -> str:
        output = self._run(*arguments, stdin=stdin, extra=extra, as_user=as_user)
        return os.fsdecode(output.removesuffix(b"\n"))

    def _run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
        as_user: bool = False,
    ) -> bytes:
        environment = user_environment() | _GUARDS if as_user else self._environment()
        try:
            done = subprocess.run(
                self._command(arguments),
                input=stdin,
                capture_output=True,
                env={**environment, **(extra or {})},
                cwd=self.location.work_tree,
                check=False,
            )
        except (OSError, ValueError) as error:
            raise RepositoryError(f"git cannot be run: {error}") from error
        if done.returncode != 0:
            raise _failed(arguments, done.stderr)
        return done.stdout

    def _records(self, *arguments: str) -> Iterator[bytes]:
        """What git prints, cut at the NUL bytes, while git still prints it."""
        with tempfile.TemporaryFile() as errors:
            process = self._start(*arguments, stderr=errors)
            try:
                assert process.stdout is not None
                rest = b""
                while chunk := os.read(process.stdout.fileno(), _CHUNK):
                    *records, rest = (rest + chunk).split(b"\0")
                    if len(rest) > _MAX_RECORD:
                        raise RepositoryError(f"git {arguments[0]} prints a record without an end")
                    yield from records
                if process.wait() != 0:
                    errors.seek(0)
                    raise _failed(arguments, errors.read(_MAX_OUTPUT))
            finally:
                _end(process)

    def _start(
        self,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command(arguments),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=self._environment(),
                cwd=self.location.work_tree,
            )
        except (OSError, ValueError) as error:
            raise RepositoryError(f"git cannot be run: {error}") from error

    def _command(self, arguments: Sequence[str]) -> list[str]:
        place = (f"--git-dir={self.location.git_dir}", f"--work-tree={self.location.work_tree}")
        return [self._git, *place, *_OPTIONS, *arguments]

    def _environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {**inherited, "PATH": self._path, **_GUARDS, **_NO_SETTINGS}


def user_environment() -> dict[str, str]:
    """The environment in which git acts for the user, but on the repository that it is told.

    Hooks and other git commands export variables that name *their* repository.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _USER_SETTINGS
    }


def blob_id(content: bytes, digits: int) -> str:
    """What git calls these bytes: ids of 40 ``digits`` are SHA-1, of 64 SHA-256."""
    data = b"blob %d\0" % len(content) + content
    if digits == 64:  # noqa: PLR2004
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


@lru_cache(maxsize=8)
def _installed(path: str) -> tuple[str, str]:
    """The absolute path of git, and the search path it was found on.

    Relative folders in the search path would run programs out of the repository.
    """
    folders = os.pathsep.join(item for item in path.split(os.pathsep) if item.startswith(os.sep))
    git = shutil.which("git", path=folders) if folders else None
    if git is None:
        raise RepositoryError("git was not found", hint="install git 2.34 or newer")
    said = subprocess.run([git, "version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"git version (\d+)\.(\d+)", said)
    if match is None or (int(match[1]), int(match[2])) < _OLDEST_GIT:
        raise RepositoryError(
            f"git is too old: {said.strip() or 'no version'}", hint="install git 2.34 or newer"
        )
    return git, folders


def _git_dir(folder: Path) -> Path | None:
    """The git directory of a working tree, or None if ``folder`` is not the top of one."""
    dot_git = folder / ".git"
    try:
        mode = dot_git.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        raise RepositoryError(f"{dot_git} is a symbolic link, which git does not write")
    if stat.S_ISDIR(mode):
        return dot_git if _looks_like_git_dir(dot_git) else None
    if not stat.S_ISREG(mode):
        raise RepositoryError(f"{dot_git} is neither a folder nor a file")
    target = _read_link(dot_git)
    if not target.startswith("gitdir: "):
        raise RepositoryError(f"{dot_git} does not say where the repository is")
    # Normalised by text: a link inside would lead elsewhere, and lstat below would not tell.
    git_dir = Path(os.path.normpath(folder / target.removeprefix("gitdir: ")))
    if not _looks_like_git_dir(git_dir):
        raise RepositoryError(
            f"{dot_git} points to {git_dir}, which is not a git directory",
            hint="run 'git worktree repair'",
        )
    return git_dir


def _common_dir(git_dir: Path) -> Path:
    link = git_dir / "commondir"
    if not link.is_file():
        return git_dir
    return Path(os.path.normpath(git_dir / _read_link(link)))


def _read_link(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return os.fsdecode(stream.read(_MAX_LINK_FILE)).rstrip("\r\n")
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror}") from error


def _looks_like_git_dir(folder: Path) -> bool:
    try:
        if not (folder / "HEAD").is_file():
            return False
        shared = _common_dir(folder)
        return (shared / "objects").is_dir() and (shared / "refs").is_dir()
    except OSError:  # a folder that is closed to us
        return False


def _read_blob(process: subprocess.Popen[bytes], oid: str, limit: int) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(oid.encode() + b"\n")
    process.stdin.flush()
    header = process.stdout.readline(256).split()
    if len(header) != 3:  # noqa: PLR2004 - id, type, size; otherwise "<id> missing"
        raise RepositoryError(f"the object {oid} is missing", hint="fetch it with 'git fetch'")
    kind, size = header[1].decode(), int(header[2])
    if kind != "blob":
        raise RepositoryError(f"the object {oid} is a {kind}, not a file")
    if size > limit:
        raise RepositoryError(f"the object {oid} has {size} bytes, more than {limit}")
    content = process.stdout.read(size + 1)
    if len(content) != size + 1:
        raise RepositoryError(f"git cannot read the object {oid}")
    return content[:-1]


def _commit(record: bytes) -> Commit:
    fields = record.decode("utf-8", "replace").split("\n", 5)
    commit, parents, name, email, seconds, message = fields
    return Commit(
        id=commit,
        parents=tuple(parents.split()),
        author=Person(name=name, email=email),
        time=_time(seconds),
        message=message,
    )


def _time(seconds: str) -> datetime:
    """The time of a commit; whoever makes a commit may write any number there."""
    try:
        return datetime.fromtimestamp(int(seconds or "0"), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def _identity(author: Person, now: datetime) -> dict[str, str]:
    date = f"@{int(now.timestamp())} +0000"
    return {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", date))
    }


def _is_plain(rev: str) -> bool:
    return bool(rev) and not rev.startswith("-") and rev.isprintable()


def _take(lock: Path) -> None:
    """Make git's lock file; editors that show the state of files hold it for moments."""
    for _ in range(_LOCK_ATTEMPTS):
        try:
            lock.open("xb").close()
        except FileExistsError:
            time.sleep(_LOCK_PAUSE)
        else:
            return
    raise RepositoryError(f"another git command holds {lock}")


def _check_path(path: str) -> None:
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts) or "\0" in path:
        raise RepositoryError(f"{path!r} is not a path in the repository")


def _inside(work_tree: Path, path: str) -> Path:
    """The file's place, after a look that it can be written there.

    A link on the way would lead somewhere else, and a folder is not replaced by a file.
    """
    _check_path(path)
    target = work_tree
    for part in PurePosixPath(path).parts[:-1]:
        target = target / part
        if target.is_symlink():
            raise RepositoryError(f"cannot write {path}: {target} is a symbolic link")
    target = work_tree / path
    if target.is_dir() and not target.is_symlink():
        raise RepositoryError(f"cannot write {path}: it is a folder")
    return target


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.policyctl-{os.getpid()}")
    file = beside.open("xb")
    try:
        with file:
            with suppress(FileNotFoundError):
                before = target.lstat().st_mode
                if stat.S_ISREG(before):
                    os.fchmod(file.fileno(), stat.S_IMODE(before))
            file.write(content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _remove(target: Path, work_tree: Path) -> None:
    target.unlink(missing_ok=True)
    for folder in target.relative_to(work_tree).parents:
        with suppress(OSError):  # as git does, folders go with their last file
            if folder != Path():
                (work_tree / folder).rmdir()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()


def _failed(arguments: Sequence[str], stderr: bytes) -> RepositoryError:
    lines = stderr.decode("utf-8", "replace").splitlines()
    said = "; ".join("".join(filter(str.isprintable, line)) for line in lines if line.strip())
    locked = ".lock'" in said
    hint = "wait until the other git command ends, then run it again" if locked else ""
    return RepositoryError(f"git {arguments[0]} failed: {said or 'no reason given'}", hint=hint)


def _short(ref: str) -> str:
    return (
        f"the branch '{ref.removeprefix('refs/heads/')}'" if ref.startswith("refs/heads/") else ref
    )
