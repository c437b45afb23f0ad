"""Writing the ledger: one commit at a time, compared and swapped, without the user's hooks."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from policyctl.adapters.git_objects import PATHS, ObjectStore, is_plain
from policyctl.errors import RepositoryError
from policyctl.usecases.ports import Person

_LOCK_ATTEMPTS = 20
_LOCK_PAUSE = 0.1  # seconds


class WritableStore(ObjectStore):
    """The objects and refs of one repository, with the power to add a commit."""

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
        if ref != "HEAD" and not (ref.startswith("refs/") and is_plain(ref)):
            raise RepositoryError(f"{ref!r} is not the full name of a ref")
        tree = self._write_tree(parent, changes)
        made = self._write_commit(tree, parent, message, author, now, sign=sign)
        self._move(ref, made, parent, message, _identity(author, now))
        return made

    def refresh(self, changes: Mapping[str, bytes | None], *, keep: Collection[str] = ()) -> None:
        """Bring the user's index and the working tree to what was committed, at these paths only.

        Files get exactly these bytes, whatever line endings or filters are configured, and keep
        their permission bits. Everything else that is staged stays staged. Call it again after an
        error: what was done already does no harm.

        Args:
            changes: the new bytes of each path, or None where it goes.
            keep: paths that change in the index only; the working tree keeps what it has there.

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
                if path in keep:
                    continue
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
            base = self.commit_id(parent) if parent else "--empty"
            self.run("read-tree", base, extra=private)
            self._update_index(changes, private)
            # A partial clone lacks objects that the parent's tree names already.
            return self.text("write-tree", "--missing-ok", extra=private)

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
                lines.append(f"0 {self._null_id()}\t{path}\0".encode(*PATHS))
            else:
                oid = self.text("hash-object", "-w", "--no-filters", "--stdin", stdin=content)
                lines.append(f"100644 {oid}\t{path}\0".encode(*PATHS))
        self.run("update-index", "-z", "--index-info", stdin=b"".join(lines), extra=environment)

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
            arguments += ["-p", self.commit_id(parent)]
        return self.text(
            *arguments,
            *("-F", "-", tree),
            stdin=message.encode(*PATHS),
            extra=_identity(author, now),
            as_user=sign,
        )

    def _move(
        self, ref: str, new: str, old: str | None, message: str, identity: Mapping[str, str]
    ) -> None:
        subject = message.partition("\n")[0]
        before = self.commit_id(old) if old else None
        try:
            self.run(
                *("update-ref", "-m", f"policyctl: {subject}", ref, new, before or "0" * len(new)),
                extra=identity,
            )
        except RepositoryError:
            if self.attempt("rev-parse", "--verify", "--quiet", ref) == before:
                raise
            raise RepositoryError(
                f"{_short(ref)} moved meanwhile, nothing was changed", hint="run it again"
            ) from None

    def _null_id(self) -> str:
        kind = self.text("rev-parse", "--show-object-format")
        return "0" * (64 if kind == "sha256" else 40)


def _identity(author: Person, now: datetime) -> dict[str, str]:
    date = f"@{int(now.timestamp())} +0000"
    return {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", author.name), ("EMAIL", author.email), ("DATE", date))
    }


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


def _short(ref: str) -> str:
    return (
        f"the branch '{ref.removeprefix('refs/heads/')}'" if ref.startswith("refs/heads/") else ref
    )
