"""A world of its own for each test: nothing of the user's home, git settings or keys."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from policyctl.adapters.ssh_signing import make_key
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.cli import main
from policyctl.core.frozen import replace
from policyctl.core.policy import Limited, Policy
from policyctl.core.stages import Stage
from policyctl.usecases.new import Wish, new_policy

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("policyctl", deadline=None, derandomize=True)
settings.load_profile("policyctl")

_INHERITED = (
    *("GIT_", "GITHUB_", "SSH_", "CI", "COLUMNS", "FORCE_COLOR", "NO_COLOR"),
    *("POLICYCTL_CACHE", "POLICYCTL_KEY", "POLICYCTL_MEMORY", "POLICYCTL_PIN", "POLICYCTL_ROOT"),
    *("XDG_CONFIG_HOME", "XDG_STATE_HOME"),
)


@pytest.fixture(autouse=True)
def own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home, no inherited git, SSH or CI variables, UTC and the C locale."""
    for name in list(os.environ):
        if name.startswith(_INHERITED):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    for name, value in {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }.items():
        monkeypatch.setenv(name, value)
    return home


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class World:
    """A repository under governance with three people, and ways to act in it.

    Erin writes (team ``assistants``), Sam approves (role ``security``), Ada only reads.
    """

    folder: Path
    keys: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str, by: str = "") -> Ran:
        """Run policyctl in the repository, signing with somebody's key."""
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            code = main([*arguments, *(["--key", str(self.keys / by)] if by else [])])
        finally:
            os.chdir(here)
        said = self.capture.readouterr()
        return Ran(code, said.out, said.err)

    def git(self, *arguments: str) -> str:
        """Run git in the repository; what it printed."""
        done = subprocess.run(
            ["git", "-c", "user.name=Mallory", "-c", "user.email=m@example.org", *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        return done.stdout

    def read(self, path: str) -> bytes:
        """The bytes of a file of the working tree."""
        return (self.folder / path).read_bytes()

    def write(self, path: str, content: bytes | str) -> None:
        """Write a file of the working tree."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def state(self) -> tuple[str, str]:
        """The commit and what git says of the working tree: equal if nothing changed."""
        return self.git("rev-parse", "HEAD"), self.git("status", "--porcelain")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key for each person, made once."""
    folder = tmp_path_factory.mktemp("keys")
    for who in ("erin", "sam", "ada", "mallory"):
        make_key(folder / who, comment=who)
    return folder


@pytest.fixture
def empty(tmp_path: Path, people: Path, capsys: pytest.CaptureFixture[str]) -> World:
    """A folder with nothing in it."""
    found = World(tmp_path / "repository", people, capsys)
    found.folder.mkdir()
    return found


@pytest.fixture
def world(empty: World, people: Path) -> World:
    """A freshly founded repository."""
    found = empty
    done = found.run(
        *("init", "--as", "erin", "--role", "security=sam", "--team", "assistants=erin"),
        *("--person", f"sam={people / 'sam.pub'}", "--person", f"ada={people / 'ada.pub'}"),
        by="erin",
    )
    assert done.code == 0, done.err
    return found


POLICY = (Path(__file__).parent / "data/team-assistant.yaml").read_text(encoding="utf-8")


@pytest.fixture
def recorded(world: World) -> World:
    """A repository in which the policy ``team-assistant`` is recorded, in ``logging``."""
    world.write("policies/team-assistant.yaml", POLICY)
    done = world.run("record", "team-assistant", "--rationale", "a new assistant", by="erin")
    assert done.code == 0, done.err
    return world


@pytest.fixture(scope="session")
def events() -> str:
    """The shipped sample of real detection records."""
    import policyctl.demo_data

    return str(Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz")


Shell = Callable[..., Ran]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Run ``python -m policyctl`` as a process of its own, in a folder of the test."""

    def run(*arguments: str, cwd: Path | None = None, **variables: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "policyctl", *arguments],
            cwd=cwd or tmp_path,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def from_baseline() -> Callable[..., Policy]:
    """Makes a policy in force that only extends a shipped baseline."""

    def make(name: str, stage: Stage = Stage.ENFORCE, limited: Limited | None = None) -> Policy:
        wish = Wish(id="support-assistant", use_case="any", owner="ann", baseline=name)
        made = new_policy(
            wish,
            file="policies/support-assistant.yaml",
            schema="policy.v1.json",
            documents=YamlDocuments(),
            governance=WorkingGovernance(None),
        )
        return replace(made.policy, stage=stage, limited=limited)

    return make


@pytest.fixture(scope="session")
def node_packages() -> Callable[..., tuple[str, Path]]:
    """Has npm install packages, once, into a folder of their own; node, and ``node_modules``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        pytest.skip("there is no node: .ci/run installs it")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("POLICYCTL_TEST_NODE") or Path(cache, "policyctl-test-node"))

    def install(*packages: str) -> tuple[str, Path]:
        folder.mkdir(parents=True, exist_ok=True)
        # Another process that runs tests may want the same at the same time.
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            missing = [one for one in packages if not _is_installed(folder / "node_modules", one)]
            if missing and npm is None:
                pytest.skip(f"there is no npm to install {missing}: .ci/run installs it")
            if missing:
                flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix")
                done = subprocess.run(
                    [str(npm), "install", *flags, str(folder), *packages],
                    capture_output=True,
                    encoding="utf-8",
                    timeout=300,
                    check=False,
                )
                if done.returncode:
                    pytest.skip(f"npm could not install {missing}: {done.stderr.strip()}")
        return node, folder / "node_modules"

    return install


def _is_installed(folder: Path, package: str) -> bool:
    name, _, version = package.rpartition("@")
    described = folder / name / "package.json"
    return described.exists() and json.loads(described.read_bytes())["version"] == version


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Check a text, to the byte, against the golden file of this name.

    ``UPDATE_GOLDEN=1`` rewrites it.
    """

    def check(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        assert text == file.read_bytes().decode()

    return check


EXCEPTIONS = """exceptions:
  - {id: lab-prompts, guardrail: prompt_attack, reason: the laboratory attacks on purpose, \
owner: assistants, expires: "2026-07-15", when: {app: redteam-lab}}
  - {id: old-lab, guardrail: prompt_attack, reason: the laboratory attacked on purpose, \
owner: sam, expires: "2026-06-15", when: {app: redteam-lab, direction: input}}
"""


@pytest.fixture(scope="session")
def made_estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the repository that `estate` copies."""
    return tmp_path_factory.mktemp("estate") / "repository"


@pytest.fixture
def estate(empty: World, made_estate: Path, events: str, request: pytest.FixtureRequest) -> World:
    """Four policies, as of July 2026.

    One blocks in part and waits for Sam to approve an edit, one has exceptions, one has been
    parked, and one is retired.
    """
    if made_estate.exists():
        shutil.copytree(made_estate, empty.folder, dirs_exist_ok=True)
        return empty
    world: World = request.getfixturevalue("world")

    def run(*arguments: str, why: str = "", day: str = "", by: str) -> None:
        reason = ("--rationale", why) if why else ()
        ran = world.run(*arguments, *reason, *(("--now", day) if day else ()), by=by)
        assert ran.code == 0, ran.err + ran.out

    def add(policy: str, text: str, day: str) -> None:
        world.write(f"policies/{policy}.yaml", text.replace("id: team-assistant", f"id: {policy}"))
        run("record", policy, why=f"why there is {policy}", day=day, by="erin")

    add("team-assistant", POLICY, "2026-05-10")
    promote = ("promote", "team-assistant", "--to", "limited", "--events", events)
    run(*promote, why="the window is complete", day="2026-06-20", by="erin")
    run("approve", "team-assistant", "--yes", by="sam")
    content = world.read("policies/team-assistant.yaml")
    world.write("policies/team-assistant.yaml", content + b"sensitivity: L2\n")
    run("record", "team-assistant", why="fewer false alarms", day="2026-07-08", by="erin")
    add("help-desk", POLICY + EXCEPTIONS, "2026-06-30")
    add("parked", POLICY.replace("owner: assistants", "owner: ada"), "2026-02-01")
    add("old-bot", POLICY, "2026-06-01")
    run("retire", "old-bot", why="nobody asks it", day="2026-06-02", by="erin")
    run("approve", "old-bot", "--yes", by="sam")
    shutil.copytree(world.folder, made_estate)
    return world
