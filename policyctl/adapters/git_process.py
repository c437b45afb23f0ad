"""Every call of git that reads evidence or writes the ledger.

A repository may be hostile: its configuration, hooks, filters, replacements, grafts and embedded
repositories must neither run anything nor change what is read. So only plumbing runs here, with an
explicit git directory, and an environment and configuration that the repository cannot widen.
"""

from __future__ import annotations

import os
import re
import selectors
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import IO

from policyctl.adapters.git_location import GitLocation
from policyctl.errors import RepositoryError

_OLDEST_GIT = (2, 34)
_MAX_OUTPUT = 16 * 1024 * 1024
_MAX_RECORD = 4 * 1024 * 1024
_CHUNK = 64 * 1024
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
    *("-c", "core.fsync=reference"),  # git's default, and not for a repository to take back
)


class GitProcess:
    """Runs git on one repository."""

    def __init__(self, location: GitLocation) -> None:
        self.location = location
        self.inherited: tuple[int, ...] = ()
        """Open files that each command gets too, except those that act as the user."""
        self._git, self._path = _installed(os.environ.get("PATH", os.defpath))

    def attempt(self, *arguments: str) -> str | None:
        """The one line that git prints, or None if it ends with an error."""
        try:
            return self.text(*arguments)
        except RepositoryError:
            return None

    def text(
        self,
        *arguments: str,
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
        as_user: bool = False,
    ) -> str:
        """The one line that git prints; see ``run``."""
        output = self.run(*arguments, stdin=stdin, extra=extra, as_user=as_user)
        return os.fsdecode(output.removesuffix(b"\n"))

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        extra: Mapping[str, str] | None = None,
        as_user: bool = False,
    ) -> bytes:
        """What git prints.

        Args:
            arguments: the command, without the place and the guards, which are added here.
            stdin: what git reads.
            extra: variables of this call.
            as_user: with the user's own settings, which signing a commit needs.

        Raises:
            RepositoryError: git could not be run, or said no.
        """
        environment = user_environment() | _GUARDS if as_user else self._environment()
        try:
            done = subprocess.run(
                self._command(arguments),
                input=stdin,
                capture_output=True,
                env={**environment, **(extra or {})},
                cwd=self.location.work_tree,
                # What signs for the user may leave an agent behind.
                pass_fds=() if as_user else self.inherited,
                check=False,
            )
        except (OSError, ValueError) as error:
            raise RepositoryError(f"git cannot be run: {error}") from error
        if done.returncode != 0:
            raise _failed(arguments, done.stderr)
        return done.stdout

    def records(self, *arguments: str, stdin: bytes = b"") -> Iterator[bytes]:
        """What git prints, cut at the NUL bytes, while git still prints it."""
        with _file_with(stdin) as asked:
            process = self.start(*arguments, stdin=asked, stderr=subprocess.PIPE)
            try:
                rest, errors = b"", bytearray()
                for chunk in _chunks(process, errors):
                    *records, rest = (rest + chunk).split(b"\0")
                    if len(rest) > _MAX_RECORD:
                        raise RepositoryError(f"git {arguments[0]} prints a record without an end")
                    yield from records
                if process.wait() != 0:
                    raise _failed(arguments, bytes(errors))
            finally:
                end(process)

    def start(
        self,
        *arguments: str,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """A git command that goes on while its output is read."""
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
        return {**inherited, "PATH": self._path, **_GUARDS, **_NO_SETTINGS, **self._places()}

    def _places(self) -> dict[str, str]:
        """What stands besides the repository: the objects of a push, the index of a commit."""
        location, found = self.location, {}
        if location.index is not None:
            found["GIT_INDEX_FILE"] = str(location.index)
        if location.quarantine is not None:
            found["GIT_OBJECT_DIRECTORY"] = str(location.quarantine)
            found["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = str(location.common_dir / "objects")
        return found


def user_environment() -> dict[str, str]:
    """The environment in which git acts for the user, but on the repository that it is told.

    Hooks and other git commands export variables that name *their* repository.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _USER_SETTINGS
    }


@lru_cache(maxsize=8)
def _installed(path: str) -> tuple[str, str]:
    """The absolute path of git, and the search path it was found on.

    Relative folders in the search path would run programs out of the repository.
    """
    folders = os.pathsep.join(item for item in path.split(os.pathsep) if item.startswith(os.sep))
    found = (Path(folder, "git") for folder in folders.split(os.pathsep) if folder)
    git = next((str(file) for file in found if file.is_file() and os.access(file, os.X_OK)), None)
    if git is None:
        raise RepositoryError("git was not found", hint="install git 2.34 or newer")
    _require_version(git, folders)
    return git, folders


def installed_git() -> str:
    """The absolute path of the git that is found first.

    Raises:
        RepositoryError: there is none, or it is too old.
    """
    return _installed(os.environ.get("PATH", os.defpath))[0]


def installed_version() -> tuple[int, int]:
    """The version of the git that is found first.

    Raises:
        RepositoryError: there is none, or it is too old.
    """
    return _require_version(*_installed(os.environ.get("PATH", os.defpath)))


def _require_version(git: str, folders: str) -> tuple[int, int]:
    guarded = {"PATH": folders, **_GUARDS, **_NO_SETTINGS}
    asked = subprocess.run(
        [git, "version"], capture_output=True, text=True, check=False, env=guarded
    )
    said = asked.stdout
    match = re.match(r"git version (\d+)\.(\d+)", said)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    if version < _OLDEST_GIT:
        raise RepositoryError(
            f"git is too old: {said.strip() or 'no version'}", hint="install git 2.34 or newer"
        )
    return version


@contextmanager
def _file_with(content: bytes) -> Iterator[int | IO[bytes]]:
    """Something for git to read from: a pipe would fill up while nobody reads the answer."""
    if not content:
        yield subprocess.DEVNULL
        return
    import tempfile  # few commands are asked so much

    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield file


def _chunks(process: subprocess.Popen[bytes], errors: bytearray) -> Iterator[bytes]:
    """What a process prints, as it comes; what it says of errors is put aside meanwhile."""
    assert process.stdout is not None
    assert process.stderr is not None
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    yield chunk
                elif len(errors) < _MAX_OUTPUT:
                    errors += chunk


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and close what it was connected to."""
    process.kill()
    for stream in (process.stdin, process.stdout, process.stderr):
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
