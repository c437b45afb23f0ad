"""Where the demo plays: a fresh folder, keys made on the spot, and a shell of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from policyctl.adapters.git_location import find
from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.ssh_signing import make_key
from policyctl.core import paths
from policyctl.errors import RepositoryError, UsageError
from policyctl.usecases.demo import KEYS, PEOPLE, RECORDS

_KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "PYTHONPATH", "COLUMNS", "VIRTUAL_ENV")
_ATTRIBUTION = ".demo/ATTRIBUTION.md"


class DemoStage:
    """A folder that is ready for the story; nothing of the user's home is read or written."""

    def __init__(self, folder: Path, *, coloured: bool, width: int) -> None:
        self._folder = folder
        self._coloured = coloured
        self._width = width

    def prepare(self) -> None:
        """Make keys, records and a ``policyctl`` command for the shell.

        Raises:
            UsageError: the folder holds something already, lies in a governed repository, or
                cannot stand in PATH.
            RepositoryError: git could not make the repository.
        """
        if os.pathsep in str(self._folder.resolve()):
            raise UsageError(
                f"{self._folder.resolve()} has a '{os.pathsep}' in it, which no PATH can hold",
                hint="name another folder: policyctl demo DIR",
            )
        if self._folder.exists() and any(self._folder.iterdir()):
            raise UsageError(
                f"{self._folder} is not empty", hint="name a new folder: policyctl demo DIR"
            )
        self._require_ungoverned()
        # Its own, so that the story never governs a repository around it.
        Workspace.init(self._folder)
        keys = self._folder / KEYS
        keys.mkdir(parents=True)
        (self._folder / ".demo/home").mkdir()
        # What is in .demo belongs to nobody's repository.
        (self._folder / ".demo/.gitignore").write_text("*\n", encoding="ascii", newline="\n")
        for who in PEOPLE:
            make_key(keys / who, comment=who)
        data = files("policyctl").joinpath("demo_data")
        for name, target in (("records.jsonl.gz", RECORDS), ("ATTRIBUTION.md", _ATTRIBUTION)):
            (self._folder / target).write_bytes(data.joinpath(name).read_bytes())
        command = self._folder / ".demo/bin/policyctl"
        command.parent.mkdir()
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m policyctl "$@"\n',
            encoding="utf-8",
            newline="\n",
        )
        command.chmod(0o755)

    def _require_ungoverned(self) -> None:
        try:
            top = find(self._folder).work_tree
        except RepositoryError:
            return
        if (top / paths.ROOTS).exists():
            raise UsageError(
                f"{self._folder.resolve()} lies in the governed repository {top}, and the demo "
                "makes one of its own",
                hint="name a folder outside of it: policyctl demo DIR",
            )

    def run(self, command: str) -> tuple[int, str]:
        """Run a command in the folder; its exit code and everything it printed."""
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self._folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return done.returncode, done.stdout

    def _environment(self) -> dict[str, str]:
        home = (self._folder / ".demo/home").resolve()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        shell = (self._folder / ".demo/bin").resolve()
        return {
            **kept,
            "PATH": f"{shell}{os.pathsep}{kept.get('PATH', os.defpath)}",
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            "COLUMNS": str(self._width),
            **({"FORCE_COLOR": "1"} if self._coloured else {"NO_COLOR": "1"}),
        }
