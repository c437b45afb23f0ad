"""Repositories whose commits go through the real pre-commit, with the hooks of this checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import policyctl

CHECKOUT = Path(policyctl.__file__).parent.parent
PAGE = CHECKOUT / "docs" / "pre-commit.md"
_PRE_COMMIT = (sys.executable, "-m", "pre_commit")
_PRIVATE = (".git", ".venv", ".*_cache", "__pycache__", ".hypothesis")
_INHERITED = ("GIT_", "PRE_COMMIT", "SKIP")
_OWN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Erin",
    "GIT_AUTHOR_EMAIL": "erin@example.org",
    "GIT_COMMITTER_NAME": "Erin",
    "GIT_COMMITTER_EMAIL": "erin@example.org",
    "PRE_COMMIT_COLOR": "never",
}


@dataclass(frozen=True)
class Outcome:
    """What a command said, and whether it succeeded."""

    ok: bool
    said: str

    def verdicts(self) -> dict[str, str]:
        """What pre-commit says of each hook for files, by its name: Passed, Failed or Skipped."""
        lines = re.findall(
            r"^(policyctl (?!hook)[^.\n]+)\.{2,}(?:\(.*\))?(Passed|Failed|Skipped)$",
            self.said,
            re.MULTILINE,
        )
        return dict(lines)


@dataclass(frozen=True)
class Repository:
    """A git repository in which ``git commit`` runs pre-commit."""

    folder: Path
    environment: dict[str, str]

    def git(self, *arguments: str) -> str:
        """Run git, which has to succeed; what it printed."""
        done = self._run("git", *arguments)
        assert done.ok, done.said
        return done.said

    def commit(self) -> Outcome:
        """Commit what is staged, if the hooks allow it."""
        return self._run("git", "commit", "--quiet", "--message", "a change")

    def check(self, *arguments: str) -> Outcome:
        """Run ``pre-commit run`` by hand."""
        return self._run(*_PRE_COMMIT, "run", *arguments)

    def install(self, config: str) -> None:
        """Set pre-commit up with a configuration, and commit that."""
        self.stage(".pre-commit-config.yaml", config)
        self.git("commit", "--quiet", "--allow-empty", "--message", "hooks")
        done = self._run(*_PRE_COMMIT, "install")
        assert done.ok, done.said

    def write(self, path: str, content: str) -> None:
        """Write a file of the working tree."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")

    def stage(self, path: str, content: str) -> None:
        """Write a file and stage it."""
        self.write(path, content)
        self.git("add", "--", path)

    def read(self, path: str) -> str:
        """The text of a file of the working tree."""
        return (self.folder / path).read_text(encoding="utf-8")

    def _run(self, *command: str) -> Outcome:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Outcome(done.returncode == 0, done.stdout)


def _environment(home: Path, cache: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_INHERITED)}
    return {**kept, **_OWN, "HOME": str(home), "PRE_COMMIT_HOME": str(cache)}


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The configuration on the page about pre-commit, with this checkout for its address."""
    if not PAGE.exists():
        pytest.skip("no docs beside the package: run this in a checkout")
    home = tmp_path_factory.mktemp("home")
    source = tmp_path_factory.mktemp("source") / "policyctl"
    shutil.copytree(CHECKOUT, source, ignore=shutil.ignore_patterns(*_PRIVATE))
    origin = Repository(source, _environment(home, home))
    for arguments in (("init", "-q"), ("add", "--all"), ("commit", "-q", "-m", "a version")):
        origin.git(*arguments)
    text = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
    text = re.sub(r"(?<=repo: )https:\S+", str(source), text)
    return re.sub(r"(?<=rev: )\S+", origin.git("rev-parse", "HEAD").strip(), text)


@pytest.fixture(scope="session")
def cache(config: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which pre-commit has installed policyctl once for all tests."""
    folder = tmp_path_factory.mktemp("pre-commit")
    empty = tmp_path_factory.mktemp("empty")
    scratch = Repository(empty, _environment(empty, folder))
    scratch.git("init", "-q")
    scratch.write(".pre-commit-config.yaml", config)
    done = subprocess.run(
        [*_PRE_COMMIT, "install-hooks"],
        cwd=empty,
        env=scratch.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


Found = Callable[[Path], Repository]


@pytest.fixture
def found(cache: Path, own_world: Path) -> Found:
    """Makes a git repository of a folder."""

    def make(folder: Path) -> Repository:
        folder.mkdir(exist_ok=True)
        made = Repository(folder, _environment(own_world, cache))
        made.git("init", "-q", "--initial-branch", "main")
        return made

    return make


@pytest.fixture
def repository(found: Found, config: str, tmp_path: Path) -> Repository:
    """A repository with the hooks of the page, and nothing else in it."""
    made = found(tmp_path / "repository")
    made.install(config)
    return made
