"""Where the demo plays: a fresh folder, keys made on the spot, and a shell of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from policyctl.adapters.ssh_signing import make_key
from policyctl.errors import UsageError
from policyctl.usecases.demo import KEYS, PEOPLE, RECORDS

_KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "PYTHONPATH", "COLUMNS", "VIRTUAL_ENV")


class DemoStage:
    """A folder that is ready for the story; nothing of the user's home is read or written."""

    def __init__(self, folder: Path, *, coloured: bool, width: int) -> None:
        self._folder = folder
        self._coloured = coloured
        self._width = width

    def prepare(self) -> None:
        """Make keys, records and a ``policyctl`` command for the shell.

        Raises:
            UsageError: the folder holds something already, or cannot stand in PATH.
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
        keys = self._folder / KEYS
        keys.mkdir(parents=True)
        (self._folder / ".demo/home").mkdir()
        # What is in .demo belongs to nobody's repository.
        (self._folder / ".demo/.gitignore").write_text("*\n", encoding="ascii", newline="\n")
        for who in PEOPLE:
            make_key(keys / who, comment=who)
        data = files("policyctl").joinpath("demo_data")
        shutil.copyfileobj(
            data.joinpath("records.jsonl.gz").open("rb"), (self._folder / RECORDS).open("wb")
        )
        shutil.copyfileobj(
            data.joinpath("ATTRIBUTION.md").open("rb"),
            (self._folder / ".demo/ATTRIBUTION.md").open("wb"),
        )
        command = self._folder / ".demo/bin/policyctl"
        command.parent.mkdir()
        command.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m policyctl "$@"\n',
            encoding="utf-8",
            newline="\n",
        )
        command.chmod(0o755)

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
