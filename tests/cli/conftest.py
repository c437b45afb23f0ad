"""A folder of policies whose verdicts are remembered, and ways to see whether they are."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from policyctl.cli import main
from policyctl.usecases.reading import Reader

GOOD = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_bytes()
POLICIES = {
    "good.yaml": GOOD.replace(b"id: team-assistant", b"id: good"),
    "bad.yaml": b"schema: policyctl/policy/v1\nid: bad\nstage: loging\n",
    "broken.yaml": b"a: [\n",
    "empty.yaml": b"",
    "nul.yaml": b"a: \x00\n",
    "latin.yaml": b"name: caf\xe9\n",
    "markup.yaml": "name: [red]<b>|,%0A\u202e]]>\nid: '\u00fc'\n".encode(),
    "unlike-its-file.yaml": GOOD.replace(b"id: team-assistant", b"id: other"),
    "größe.yaml": GOOD.replace(b"stage: logging", b"stage: enforce"),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder of policies, good and bad, with a cache that is on and empty."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    folder = tmp_path / "here"
    (folder / "policies").mkdir(parents=True)
    for name, content in POLICIES.items():
        (folder / "policies" / name).write_bytes(content)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def said(capsys, monkeypatch):
    """Run a command line; exit code, standard output and standard error."""

    def run(*arguments, **variables):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            code = main(arguments or ["validate"])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def judged(monkeypatch):
    """The names of the files that were judged anew."""
    names = []
    read = Reader.read

    def counted(self, content, file):
        names.append(file)
        return read(self, content, file)

    monkeypatch.setattr(Reader, "read", counted)
    return names


@pytest.fixture
def cache():
    """Where verdicts are kept, once there are any."""
    return Path(os.environ["HOME"], ".cache/policyctl")


@pytest.fixture
def memories(cache):
    """The files that hold verdicts, one for each state of what they depend on."""
    return lambda: sorted(cache.glob("verdicts-*"))


def _take_terminal():
    """Let Ctrl-C reach this process, even where whoever started the tests ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


KEYS = ("\x03", "\x04")
"""Ctrl-C and Ctrl-D: pressed again where nothing follows, as people do.

Python loses a signal that comes after a question was written and before the answer is read.
"""


class Terminal:
    """A pseudo-terminal in which commands run, and a person who answers what they ask."""

    def __init__(self, world):
        self.world = world

    def run(self, *arguments, answers=(), **variables):
        """The exit code and all that the terminal showed."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "policyctl", *arguments],
            cwd=self.world.folder,
            env={**os.environ, "COLUMNS": "100", **variables},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # No threads run here that this could meet.
            preexec_fn=_take_terminal,  # noqa: PLW1509
        )
        os.close(theirs)
        shown = self._talk(ours, process, list(answers))
        os.close(ours)
        return process.wait(), shown.replace("\r\n", "\n")

    def _talk(self, ours, process, answers):
        shown, seen, last = b"", 0, ""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if select.select([ours], [], [], 2 if last in KEYS else 0.05)[0]:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                shown += piece
                while answers and (at := shown.find(answers[0][0].encode(), seen)) >= 0:
                    question, last = answers.pop(0)
                    seen = at + len(question.encode())
                    os.write(ours, last.encode())
            elif process.poll() is not None:
                break
            elif last in KEYS:
                os.write(ours, last.encode())
        else:
            answers = answers or ["the end"]
        if answers:
            process.kill()
            process.wait()
        assert not answers, shown.decode()
        return shown.decode()


@pytest.fixture
def terminal_in():
    """Makes a terminal whose present folder is that of a repository."""
    return Terminal
