"""A repository on a server, as the hook that receives a push finds it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from policyctl.adapters.commits import Commits
from policyctl.adapters.git_location import find, find_served
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.git_quarantine import quarantined
from policyctl.adapters.git_tags import CheckpointTags
from policyctl.adapters.hook_files import MARK, hooks_folder, is_ours, write_hook
from policyctl.adapters.own_program import own_program
from policyctl.core.entry import DIGEST
from policyctl.core.push import HEADS
from policyctl.errors import RepositoryError

_COMMAND = "policyctl hook pre-receive"
_HOOK = f"""\
#!/bin/sh
{MARK}: refuses pushes that verification would refuse.
exec {{program}} -I -m policyctl hook pre-receive
"""


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

    def exists(self, branch: str) -> bool:
        """True if there is a branch of this name, or a ref where the name is a full one."""
        ref = branch if branch.startswith("refs/") else HEADS + branch
        return self._store.attempt("show-ref", "--verify", "--hash", ref) is not None

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
        served = ServedRepository(store)
        names = tuple(name.removeprefix(HEADS) for name in served.branches())
        absent = tuple(name for name in names if "*" not in name and not served.exists(name))
    return names, absent


def has_working_tree(folder: Path) -> bool:
    """True if a folder belongs to a clone in which people work, rather than to a server.

    Raises:
        RepositoryError: it is in no repository.
    """
    try:
        find_served(folder)
    except RepositoryError:
        find(folder)
        return True
    return False


def install(folder: Path) -> Path:
    """Write the hook that runs this interpreter; the file.

    Raises:
        RepositoryError: another hook is there, or the interpreter cannot run policyctl.
    """
    file = hooks_folder(find_served(_git_dir_of(folder)), _COMMAND) / "pre-receive"
    program = own_program()
    if os.path.lexists(file) and not is_ours(file):
        raise RepositoryError(
            f"{file} is another hook, and stays as it is",
            hint=f"let that hook run '{_COMMAND}' with its standard input",
        )
    write_hook(file, _HOOK.format(program=program))
    return file


def _git_dir_of(folder: Path) -> Path:
    inner = folder / ".git"
    return inner if inner.is_dir() and not inner.is_symlink() else folder
