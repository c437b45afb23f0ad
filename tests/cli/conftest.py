"""A folder of policies whose verdicts are remembered, and ways to see whether they are."""

from __future__ import annotations

import os
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
