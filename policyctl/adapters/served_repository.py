"""A repository on a server, as the hook that receives a push finds it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from policyctl.adapters.commits import Commits
from policyctl.adapters.git_location import GitLocation, find_served
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.git_process import GitProcess
from policyctl.adapters.git_quarantine import quarantined
from policyctl.adapters.git_tags import CheckpointTags
from policyctl.core.entry import DIGEST
from policyctl.core.push import HEADS
from policyctl.errors import RepositoryError, UsageError

_HOOK = """\
#!/bin/sh
# Written by 'policyctl hook install': refuses pushes that verification would refuse.
exec '{python}' -I -m policyctl hook pre-receive
"""
_MARK = "# Written by 'policyctl hook install'"


class ServedRepository:
    """The commits of a repository and what its administrator set."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.commits = Commits(store)
        self.tags = CheckpointTags(store)

    def branches(self) -> tuple[str, ...]:
        """The branches that are governed: ``policyctl.branch``, or the one that HEAD names.

        Raises:
            RepositoryError: nothing says which.
        """
        named = self._settings("policyctl.branch")
        default = self._store.branch()
        if not named and default is None:
            raise RepositoryError(
                "the repository does not say which branch is governed",
                hint="git config policyctl.branch main",
            )
        return named or (str(default),)

    def pin(self) -> str:
        """The digest of trust root 1 that ``policyctl.pin`` demands, or empty.

        Raises:
            RepositoryError: what is set there is no digest.
        """
        found = self._settings("policyctl.pin")
        if not found:
            return ""
        if len(found) > 1 or not DIGEST.match(found[0]):
            raise RepositoryError(
                "policyctl.pin is not one sha256", hint="64 lower-case hex digits, as init printed"
            )
        return found[0]

    def target(self, ref: str) -> str:
        """The ref that moves when ``ref`` is pushed: another one where it is a symbolic ref."""
        for _ in range(5):  # git follows as many
            other = self._store.attempt("symbolic-ref", "--quiet", ref)
            if other is None:
                return ref
            ref = other
        raise RepositoryError(f"{ref} leads through too many symbolic refs")

    def _settings(self, name: str) -> tuple[str, ...]:
        """The values of a setting in the repository's own file; nothing that it includes."""
        file = self._store.location.common_dir / "config"
        arguments = ("config", "--file", str(file), "--no-includes", "--null", "--get-all", name)
        if self._store.attempt(*arguments[:4], "--null", "--list") is None:
            raise RepositoryError(f"git cannot read {file}")
        found = self._store.attempt(*arguments) or ""
        return tuple(value for value in found.split("\0") if value)


@contextmanager
def receiving(folder: Path, environment: Mapping[str, str]) -> Iterator[ServedRepository]:
    """The repository in which git runs a hook, with the objects of the push.

    Raises:
        RepositoryError: the folder is no repository, or the environment leads elsewhere.
    """
    with ObjectStore(quarantined(find_served(folder), environment)) as store:
        yield ServedRepository(store)


def governed_by_hook(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The branches that the hook of a repository governs, and those of them that do not exist.

    A pattern for several branches always counts as one that exists.

    Raises:
        RepositoryError: the folder is no repository, or nothing says which branch is governed.
    """
    with ObjectStore(find_served(_git_dir_of(folder))) as store:
        names = tuple(name.removeprefix(HEADS) for name in ServedRepository(store).branches())
        refs = {name: name if name.startswith("refs/") else HEADS + name for name in names}
        absent = tuple(
            name
            for name, ref in refs.items()
            if "*" not in name and store.attempt("show-ref", "--verify", "--hash", ref) is None
        )
    return names, absent


def install(folder: Path) -> Path:
    """Write the hook that runs this interpreter; the file.

    Raises:
        RepositoryError: another hook is there, or the interpreter cannot run policyctl.
    """
    location = find_served(_git_dir_of(folder))
    _require_hooks_folder(location)
    asked = [sys.executable, "-I", "-m", "policyctl", "--version"]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:
        raise RepositoryError(
            f"{sys.executable} does not find policyctl by itself",
            hint="install policyctl in a virtual environment that stays, and run it from there",
        )
    file = location.common_dir / "hooks" / "pre-receive"
    if os.path.lexists(file) and _MARK not in _text(file):
        raise RepositoryError(
            f"{file} is another hook, and stays as it is",
            hint="let that hook run 'policyctl hook pre-receive' with its standard input",
        )
    _write(file, _HOOK.format(python=sys.executable.replace("'", "'\\''")))
    return file


def _require_hooks_folder(location: GitLocation) -> None:
    """Raise `RepositoryError` if git looks for hooks in another place."""
    process = GitProcess(location)
    for scope in ("--local", "--global", "--system"):
        with suppress(RepositoryError):
            found = process.text("config", scope, "--get", "core.hooksPath", as_user=True)
            raise UsageError(
                f"core.hooksPath ({scope[2:]}) says that hooks are in {found}",
                hint="let the hook there run 'policyctl hook pre-receive', or unset it",
            )


def _git_dir_of(folder: Path) -> Path:
    inner = folder / ".git"
    return inner if inner.is_dir() and not inner.is_symlink() else folder


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace") if not file.is_symlink() else ""
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror}") from error


def _write(file: Path, text: str) -> None:
    beside = file.with_name(f".pre-receive.policyctl-{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.chmod(0o755)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise RepositoryError(f"cannot write {file}: {error.strerror}") from error
