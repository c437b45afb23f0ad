"""A governed repository with a history, copies of it to attack, and ways to forge.

The repository is made once, with the commands that people use. What an attack does to a copy is
merged or squashed with what else was committed meanwhile, and verified in a full and in a shallow
clone of the result.

A module of attacks has a table ``ATTACKS`` from functions to the codes that ``verify`` reports.
``PINNED`` names those that only a pin outside the repository shows, ``OPEN`` those that today's
code gets wrong, with what is wrong.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import typer.main
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import policyctl.demo_data
from policyctl.adapters.ssh_signing import make_key, public_key, sign
from policyctl.cli import main
from policyctl.core import paths
from policyctl.core.canonical import decode, encode, sha256
from policyctl.core.entry import Entry, EvidenceReference, entry_bytes, parse_entry
from policyctl.core.root_document import parse_root
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.ssh_wire import string
from policyctl.core.sshsig import Signature, armor, signed_data
from policyctl.core.sshsig import encode as encode_signature
from policyctl.core.trust_root import (
    AUTHOR_NAMESPACE,
    ROOT_NAMESPACE,
    Member,
    TrustRoot,
    approval_namespace,
    root_bytes,
)

EVENTS = Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz"
POLICY = (Path(__file__).parent.parent / "data/team-assistant.yaml").read_text(encoding="utf-8")
EXCEPTION = """\
exceptions:
  - id: EX-1
    guardrail: prompt_attack
    when: {app: redteam-lab}
    reason: the exercise of November
    owner: assistants
    expires: "2026-12-01"
"""
# What is thrown away in a moment need not be safe from a power cut.
_SETTINGS = (
    *("-c", "user.name=Mallory"),
    *("-c", "user.email=m@example.org"),
    *("-c", "core.fsync=none"),
)
TOKEN_TYPE = "sk-ssh-ed25519@openssh.com"
TOKEN_SECRET = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a hardware key").digest())
TOKEN = PublicKey(
    type=TOKEN_TYPE,
    blob=b"".join(
        map(string, (TOKEN_TYPE.encode(), TOKEN_SECRET.public_key().public_bytes_raw(), b"ssh:"))
    ),
)
"""The public half of a hardware key, whose work `Scene.sign_by_token` does."""
WHO = ("ada", "erin", "mallory", "olga", "pia", "rita", "sam")


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON that it printed."""
        return json.loads(self.out)

    @property
    def codes(self) -> set[str]:
        """The codes of the findings in the JSON that it printed."""
        return {finding["code"] for finding in self.report["findings"]}


@dataclass(frozen=True)
class Scene:
    """A repository, the keys of everybody, and what an author, an approver or a thief can do."""

    folder: Path
    keys: Path
    world: Mapping[str, str]

    def policyctl(self, *arguments: str, by: str = "", **variables: str) -> Ran:
        """Run a command in the repository."""
        if by:
            arguments = (*arguments, "--key", str(self.keys / by))
        here, out, err = Path.cwd(), io.StringIO(), io.StringIO()
        os.chdir(self.folder)
        try:
            with (
                mock.patch.dict(os.environ, {**self.world, **variables}, clear=True),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                code = main([str(argument) for argument in arguments])
        finally:
            os.chdir(here)
        return Ran(code, out.getvalue(), err.getvalue())

    def do(self, *arguments: str, by: str = "") -> Ran:
        """Run a command that must succeed."""
        done = self.policyctl(*arguments, by=by)
        assert done.code == 0, done.err + done.out
        return done

    def verify(self, *more: str, **variables: str) -> Ran:
        return self.policyctl("verify", "--format", "json", *more, **variables)

    def receive(self, old: str, new: str, ref: str = "refs/heads/main", *more: str) -> Ran:
        """Judge a push to this repository, as git has its server do it."""
        ids = [rev if not rev.strip("0") else self.git("rev-parse", rev) for rev in (old, new)]
        stdin = io.TextIOWrapper(io.BytesIO(f"{ids[0]} {ids[1]} {ref}\n".encode()))
        inside = replace(self, folder=self.folder / ".git")
        with mock.patch("sys.stdin", stdin):
            return inside.policyctl("hook", "pre-receive", "--branch", "main", *more)

    def git(self, *arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            ["git", *_SETTINGS, *arguments],
            cwd=self.folder,
            env=dict(self.world),
            check=True,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            input=stdin,
        )
        return done.stdout.strip()

    def commit(self, message: str = "tidy up") -> None:
        """Commit the working tree as it stands."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def copy(self, folder: Path) -> Scene:
        shutil.copytree(self.folder, folder, symlinks=True)
        return replace(self, folder=folder)

    def clone(self, folder: Path, *options: str) -> Scene:
        # git ignores a depth where it can copy files, so a shallow clone is fetched.
        source = self.folder.as_uri() if "--depth" in options else str(self.folder)
        self.git("clone", "-q", "--template=", *options, source, str(folder))
        return replace(self, folder=folder)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def write(self, path: str, content: bytes | str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def edit(self, path: str, old: str, new: str) -> None:
        content = self.read(path)
        assert old.encode() in content
        self.write(path, content.replace(old.encode(), new.encode()))

    def remove(self, *files: str) -> None:
        for path in files:
            (self.folder / path).unlink()

    def move(self, path: str, other: str) -> None:
        (self.folder / other).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).rename(self.folder / other)

    def files_of(self, policy: str, seq: int) -> list[str]:
        """An entry and its signatures."""
        folder = self.folder / paths.entry_path(policy, seq)
        found = sorted(folder.parent.glob(f"{seq:06}.json*"))
        return [path.relative_to(self.folder).as_posix() for path in found]

    def last(self, policy: str) -> int:
        return max(int(path.name[:6]) for path in (self.folder / paths.LOG / policy).glob("*.json"))

    def entry(self, policy: str, seq: int) -> Entry:
        return parse_entry(self.read(paths.entry_path(policy, seq)))

    def sign(
        self, policy: str, seq: int, who: str, role: str = "", *, key: str = "", purpose: str = ""
    ) -> None:
        """Put a signature file in its place: ``who`` says the name, ``key`` whose key it was."""
        namespace = purpose or (approval_namespace(role) if role else AUTHOR_NAMESPACE)
        content = self.read(paths.entry_path(policy, seq))
        made = sign(content, namespace=namespace, key=self.keys / (key or who))
        self.write(paths.signature_path(policy, seq, who, role), made)

    def sign_by_token(self, policy: str, seq: int, who: str, role: str, *, touched: bool) -> None:
        """Approve with `TOKEN`, as a hardware key signs (OpenSSH's PROTOCOL.u2f)."""
        namespace, flags, counter = approval_namespace(role), int(touched), 7
        data = signed_data(namespace, "sha512", self.read(paths.entry_path(policy, seq)))
        device = hashlib.sha256(b"ssh:").digest() + bytes([flags]) + counter.to_bytes(4, "big")
        signature = Signature(
            public_key=TOKEN.blob,
            namespace=namespace,
            hash_algorithm="sha512",
            algorithm=TOKEN_TYPE,
            signature=TOKEN_SECRET.sign(device + hashlib.sha256(data).digest()),
            flags=flags,
            counter=counter,
        )
        made = armor(encode_signature(signature))
        self.write(paths.signature_path(policy, seq, who, role), made)

    def ask_for_a_touch(self) -> None:
        """A root in which security approves by touch alone, and Sam's second key is `TOKEN`."""
        root = self.root()
        sam = replace(root.people["sam"], keys=(*root.people["sam"].keys, TOKEN))
        security = replace(root.roles["security"], touch=True)
        self.rotate(people={**root.people, "sam": sam}, roles={**root.roles, "security": security})

    def forge(
        self,
        policy: str,
        content: bytes | None,
        *,
        by: str = "erin",
        approved: Mapping[str, Sequence[str]] = {"security": ("sam",)},
        evidence: bytes | None = None,
        references: tuple[EvidenceReference, ...] = (),
        **changes: Any,
    ) -> int:
        """Put the next entry on a chain by hand, signed by real keys; its number."""
        seq = self.last(policy) + 1
        before = self.entry(policy, seq - 1)
        known: dict[str, Any] = {
            "seq": seq,
            "prev": sha256(entry_bytes(before)),
            "before": before.after,
            "after": sha256(content) if content is not None else None,
            "source": before.target,
            "target": before.target,
            "evidence": references,
            "requested_at": before.requested_at,
        }
        if evidence is not None:
            name = paths.evidence_name(policy, seq)
            self.write(paths.HOME + name, evidence)
            known["evidence"] = (EvidenceReference(name=name, sha256=sha256(evidence)),)
        entry = replace(before, **{**known, **changes})
        self.write(paths.entry_path(policy, seq), entry_bytes(entry))
        if content is not None:
            self.write(paths.policy_path(policy), content)
        self.sign(policy, seq, by)
        for role, people in approved.items():
            for who in people:
                self.sign(policy, seq, who, role)
        return seq

    def evidence(self, policy: str, seq: int, /, **changes: Any) -> bytes:
        """The evidence of an entry, with other words in it."""
        report = decode(self.read(paths.HOME + paths.evidence_name(policy, seq)))
        assert isinstance(report, dict)
        return encode({**report, **changes})

    def root(self) -> TrustRoot:
        newest = max((self.folder / paths.ROOTS).glob("*.json"))
        return parse_root(newest.read_bytes())

    def member(self, *keys: str) -> Member:
        return Member(name="x", keys=tuple(public_key(self.keys / key) for key in keys))

    def rotate(self, *, by: Sequence[str] = ("erin",), key: str = "", **changes: Any) -> None:
        """Put the next trust root beside the last, signed."""
        now = self.root()
        following = {"version": now.version + 1, "prev": sha256(root_bytes(now)), **changes}
        root = replace(now, **following)
        self.write(paths.root_path(now.version + 1), root_bytes(root))
        for who in by:
            made = sign(root_bytes(root), namespace=ROOT_NAMESPACE, key=self.keys / (key or who))
            self.write(paths.root_signature_path(now.version + 1, who), made)


@pytest.fixture(scope="session", autouse=True)
def built_once() -> Iterator[None]:
    """Build the tree of commands once: for hundreds of runs that is half of the time."""
    with mock.patch("typer.main.get_command", functools.cache(typer.main.get_command)):
        yield


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The whole environment of every process: nothing of the user's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ADVICE": "0",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        # A thousand verifications of one ledger: tests of the memory switch it on, each its own.
        "POLICYCTL_MEMORY": "off",
    }


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for thousands of small files: in memory, where the system offers that."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path_factory.mktemp("workshop")
        return
    with tempfile.TemporaryDirectory(prefix="policyctl-attacks-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def place(workshop: Path) -> Iterator[Path]:
    """An empty folder of a test's own, in the workshop."""
    with tempfile.TemporaryDirectory(dir=workshop) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key for each person."""
    folder = tmp_path_factory.mktemp("keys")
    for who in (*WHO, "new"):
        make_key(folder / who, comment=who)
    return folder


def found(folder: Path, keys: Path, world: Mapping[str, str]) -> Scene:
    """Erin writes and owns with Olga; Sam, Pia, Erin and Olga are security, Rita is risk."""
    folder.mkdir()
    scene = Scene(folder, keys, world)
    others = [who for who in WHO if who not in ("erin", "mallory")]
    persons = [word for who in others for word in ("--person", f"{who}={keys / who}.pub")]
    roles = ("--role", "security=sam,pia,erin,olga", "--role", "risk=rita")
    scene.do("init", "--as", "erin", *roles, "--team", "assistants=erin,olga", *persons, by="erin")
    scene.git("config", "user.name", "Somebody")
    scene.git("config", "user.email", "somebody@example.org")
    scene.git("config", "gc.auto", "0")
    scene.git("config", "advice.addEmbeddedRepo", "false")
    return scene


def record(scene: Scene, policy: str, content: bytes | str) -> None:
    """Write a policy file and record it."""
    scene.write(paths.policy_path(policy), content)
    scene.do("record", policy, "--rationale", "because", by="erin")


def promote(scene: Scene, policy: str) -> None:
    """Promote to ``limited``, on the shipped sample of real records."""
    asked = ("--to", "limited", "--rationale", "measured", "--events", str(EVENTS))
    scene.do("promote", policy, *asked, by="erin")


@pytest.fixture(scope="session")
def base(workshop: Path, keys: Path, world: dict[str, str]) -> Scene:
    """``team-assistant``: registered, promoted, given an exception; ``pii``: registered, edited."""
    scene = found(workshop / "base", keys, world)
    record(scene, "team-assistant", POLICY)
    promote(scene, "team-assistant")
    scene.do("approve", "team-assistant", "--yes", by="sam")
    record(scene, "team-assistant", POLICY.replace("stage: logging", "stage: limited") + EXCEPTION)
    scene.do("approve", "team-assistant", "--yes", by="sam")
    other = POLICY.replace("id: team-assistant", "id: pii")
    record(scene, "pii", other)
    record(scene, "pii", other.replace("Answers questions of", "Helps"))
    scene.git("switch", "-q", "-c", "meanwhile")
    scene.write("README.md", "main moves on\n")
    scene.commit("meanwhile")
    scene.git("switch", "-q", "main")
    scene.git("gc", "-q")
    shutil.rmtree(scene.folder / ".git/hooks")
    assert scene.verify().codes == set()
    return scene


@pytest.fixture(scope="session")
def elsewhere(workshop: Path, keys: Path, world: dict[str, str]) -> Scene:
    """Another repository of the same people, with a policy of its own."""
    scene = found(workshop / "elsewhere", keys, world)
    record(scene, "visitor", POLICY.replace("id: team-assistant", "id: visitor"))
    return scene


@pytest.fixture
def scene(base: Scene, place: Path) -> Scene:
    """A copy of the repository, for one test."""
    return base.copy(place / "repository")


Make = Callable[..., None]
WAYS: Mapping[str, tuple[str, ...]] = {
    "merge": ("-p", "meanwhile", "-p", "attack"),
    "squash": ("-p", "meanwhile"),
}
CLONES: Mapping[str, tuple[str, ...]] = {"full": (), "depth-1": ("--depth", "1")}


@pytest.fixture(scope="module")
def attacked(
    request: pytest.FixtureRequest, base: Scene, elsewhere: Scene, workshop: Path
) -> Iterator[Scene]:
    """A copy in which the attack came to ``main`` by each of the ways, as a branch of its name."""
    make: Make = request.param
    scene = base.copy(workshop / make.__name__)
    scene.git("switch", "-q", "-c", "attack")
    # An attack that replays from elsewhere asks for it by its second argument.
    make(*(scene, elsewhere)[: make.__code__.co_argcount])
    scene.commit("an improvement")
    merged = scene.git("merge-tree", "--write-tree", "meanwhile", "attack")
    for way, parents in WAYS.items():
        commit = scene.git("commit-tree", merged, *parents, "-m", way)
        scene.git("update-ref", f"refs/heads/{way}", commit)
    yield scene
    shutil.rmtree(scene.folder)


@pytest.fixture(scope="session")
def pin(base: Scene) -> str:
    """What somebody outside the repository knows of its first trust root."""
    return sha256(base.read(paths.root_path(1)))


@pytest.fixture
def verified(attacked: Scene, way: str, depth: str, pinned: bool, pin: str, place: Path) -> Ran:
    """What ``verify`` says in a clone of what the attack left."""
    # Verification reads objects alone, so the files are not even checked out.
    clone = attacked.clone(place / "clone", "--no-checkout", "--branch", way, *CLONES[depth])
    return clone.verify(*(("--pin", pin) if pinned else ()))


def codes_in(text: str) -> set[str]:
    """The codes with which the lines of a text begin."""
    return set(re.findall(r"^(?:remote: )?([A-Z]+(?:_[A-Z]+)+)  ", text, re.MULTILINE))


@pytest.fixture
def proposed(attacked: Scene, way: str, pinned: bool, pin: str) -> Ran:
    """What ``verify --base`` says where the attack is a pull request."""
    return attacked.verify("--base", "main", "--rev", way, *(("--pin", pin) if pinned else ()))


@pytest.fixture
def gated(attacked: Scene, way: str, pinned: bool, pin: str) -> Ran:
    """What ``promote --check`` says there."""
    asked = ("promote", "--check", "--base", "main", "--head", way, "--format", "json")
    return attacked.policyctl(*asked, *(("--pin", pin) if pinned else ()))


@pytest.fixture
def pushed(attacked: Scene, way: str, pinned: bool, pin: str) -> set[str]:
    """The codes for which a server refuses to take the attack."""
    attacked.git("config", "--replace-all", "policyctl.pin", pin if pinned else "0" * 64)
    if not pinned:
        attacked.git("config", "--unset", "policyctl.pin")
    done = attacked.receive("main", way)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("policyctl: refused: main\n")
    return codes_in(done.err)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try every attack of a module in every way and clone."""
    if "codes" not in metafunc.fixturenames:
        return
    module = metafunc.module
    reasons: Mapping[Make, str] = getattr(module, "OPEN", {})
    pinned: frozenset[Make] = getattr(module, "PINNED", frozenset())
    metafunc.parametrize(
        ("attacked", "codes", "pinned"),
        [
            pytest.param(
                make,
                set(codes.split()),
                make in pinned,
                id=make.__name__,
                marks=[pytest.mark.xfail(strict=True, reason=reasons[make])]
                if make in reasons
                else [],
            )
            for make, codes in module.ATTACKS.items()
        ],
        indirect=["attacked"],
    )
    metafunc.parametrize("way", WAYS)
    if "depth" in metafunc.fixturenames:
        metafunc.parametrize("depth", CLONES)
