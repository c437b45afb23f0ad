"""A ledger made in memory, with real keys and signatures and without files, git or processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from policyctl.adapters.ssh_verification import verify
from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, Entry, entry_bytes
from policyctl.core.ledger import Ledger, PolicyFacts, check_ledger
from policyctl.core.named_action import is_move
from policyctl.core.snapshot import REGULAR, File
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.sshsig import Signature, armor, encode, signed_data
from policyctl.core.stages import Stage
from policyctl.core.trust_root import (
    AUTHOR_NAMESPACE,
    ROOT_NAMESPACE,
    ApprovalRule,
    Member,
    Role,
    TrustRoot,
    approval_namespace,
    root_bytes,
)

NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
LOG = "ab" * 32
PEOPLE = ("ada", "erin", "pia", "rita", "sam")
_SECURITY_KEY = "sk-ssh-ed25519@openssh.com"


def _string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


@dataclass(frozen=True)
class Key:
    """A key pair that is the same in every run; ``hardware`` ones know whether they are touched."""

    seed: str
    hardware: bool = False

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.seed.encode()).digest())

    @property
    def public(self) -> PublicKey:
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        kind = _SECURITY_KEY if self.hardware else "ssh-ed25519"
        blob = _string(kind.encode()) + _string(raw)
        return PublicKey(type=kind, blob=blob + (_string(b"ssh:") if self.hardware else b""))

    def sign(self, message: bytes, namespace: str, *, touched: bool = True) -> bytes:
        """An armoured signature, as ssh-keygen or a security key makes it."""
        data = signed_data(namespace, "sha512", message)
        flags, counter = (int(touched), 1) if self.hardware else (0, 0)
        if self.hardware:
            said = bytes([flags]) + counter.to_bytes(4, "big")
            data = hashlib.sha256(b"ssh:").digest() + said + hashlib.sha256(data).digest()
        key = self.public
        return armor(
            encode(
                Signature(
                    public_key=key.blob,
                    namespace=namespace,
                    hash_algorithm="sha512",
                    algorithm=key.type,
                    signature=self.private.sign(data),
                    flags=flags,
                    counter=counter,
                )
            )
        )


def facts(_: str, content: bytes) -> PolicyFacts | None:
    """What a policy says of itself; here one is ``id stage owner use-case [baseline]``."""
    words = content.decode("ascii", "replace").split()
    if len(words) not in (4, 5):
        return None
    return PolicyFacts(
        id=words[0],
        stage=words[1],
        owner=words[2],
        use_case=words[3],
        extends=words[4] if words[4:] else "",
    )


@dataclass
class Forge:
    """A commit's governed files, and ways to put more of them there, honest or not."""

    files: dict[str, File] = field(default_factory=dict)
    chain: dict[str, Entry] = field(default_factory=dict)
    now: datetime = NOW

    def put(self, path: str, content: bytes | None, mode: str = REGULAR) -> None:
        self.files[path] = File(mode=mode, content=content)

    def drop(self, path: str) -> None:
        del self.files[path]

    def content(self, path: str) -> bytes:
        found = self.files[path].content
        assert found is not None
        return found

    def key(self, who: str, *, hardware: bool = False) -> Key:
        return Key(who, hardware)

    def member(self, *keys: Key) -> Member:
        return Member(name="Somebody", keys=tuple(key.public for key in keys))

    def root(self, **changes: Any) -> TrustRoot:
        """Erin and Pia keep the root, Sam, Pia and Rita approve; one signature each time."""
        return replace(
            TrustRoot(
                log=LOG,
                version=1,
                prev=None,
                created_at=NOW,
                people={who: self.member(Key(who)) for who in PEOPLE},
                roles={
                    "security": Role(members=("sam", "pia")),
                    "risk": Role(members=("rita", "pia")),
                },
                teams={"assistants": ("erin", "ada")},
                stewards=("erin", "pia"),
                threshold=1,
                approvals=(ApprovalRule(need={"security": 1}),),
            ),
            **changes,
        )

    def put_root(
        self, root: TrustRoot, *, by: Iterable[str] = ("erin",), keys: Mapping[str, Key] = {}
    ) -> TrustRoot:
        """Put a version of the trust root in its place, signed."""
        content = root_bytes(root)
        self.put(paths.root_path(root.version), content)
        for who in by:
            signature = keys.get(who, Key(who)).sign(content, ROOT_NAMESPACE)
            self.put(paths.root_signature_path(root.version, who), signature)
        return root

    def following(self, root: TrustRoot, **changes: Any) -> TrustRoot:
        """The version after ``root``, with these changes."""
        following = {"version": root.version + 1, "prev": sha256(root_bytes(root))}
        return replace(root, **{**following, **changes})

    def entry(self, policy: str = "bot", **changes: Any) -> Entry:
        """The next entry of a policy: its registration, then edits in the stage where it is."""
        last = self.chain.get(policy)
        stage = changes.get("target", (last.target if last else None) or Stage.LOGGING)
        known = {
            "log": LOG,
            "policy": policy,
            "path": paths.policy_path(policy),
            "seq": last.seq + 1 if last else 1,
            "prev": sha256(entry_bytes(last)) if last else None,
            "change": "c1",
            "action": ChangeAction.EDIT if last else ChangeAction.REGISTER,
            "source": last.target if last else None,
            "target": stage,
            "before": last.after if last else None,
            "owner": last.owner if last else "assistants",
            "use_case": last.use_case if last else "internal",
            "rationale": "it is time",
            "root": last.root if last else 1,
            "requested_at": self.now,
            **changes,
        }
        if "after" not in known:
            known["after"] = sha256(self.policy(Entry(after=None, **known)))
        return Entry(**known)

    def record(
        self,
        entry: Entry,
        *,
        by: Sequence[str] = ("erin",),
        approved: Mapping[str, Sequence[str]] = {"security": ("sam",)},
        keys: Mapping[str, Key] = {},
        touched: bool = True,
        file: bytes | None = None,
    ) -> Entry:
        """Put an entry, its signatures and the policy file that it describes in their places."""
        content = entry_bytes(entry)
        self.put(paths.entry_path(entry.policy, entry.seq), content)
        signers = [(who, "") for who in by]
        signers += [(who, role) for role, people in approved.items() for who in people]
        for who, role in signers:
            namespace = approval_namespace(role) if role else AUTHOR_NAMESPACE
            signature = keys.get(who, Key(who)).sign(content, namespace, touched=touched)
            self.put(paths.signature_path(entry.policy, entry.seq, who, role), signature)
        if entry.after is None:
            self.files.pop(entry.path, None)
        else:
            self.put(entry.path, file or self.policy(entry))
        self.chain[entry.policy] = entry
        return entry

    def policy(self, entry: Entry) -> bytes:
        """The policy file that an entry describes; a move changes one word of the file before."""
        before = self.files.get(entry.path)
        if is_move(entry.action) and before and before.content and entry.source and entry.target:
            old, new = entry.source.value.encode(), entry.target.value.encode()
            return before.content.replace(b" %s " % old, b" %s " % new)
        return _policy(entry)

    def judge(self, pin: str = "", now: datetime | None = None) -> Ledger:
        return check_ledger(self.files, verify=verify, read_facts=facts, pin=pin, now=now)

    def codes(self, pin: str = "", now: datetime | None = None) -> set[str]:
        """The codes of everything that is wrong."""
        return {finding.code for finding in self.judge(pin, now).findings}


def _policy(entry: Entry) -> bytes:
    stage = entry.target.value if entry.target else ""
    # The number makes each version of the file another one.
    words = f"{entry.policy} {stage} {entry.owner} {entry.use_case}"
    return words.encode() + b"\n" * entry.seq


@pytest.fixture
def forge() -> Forge:
    """An empty commit."""
    return Forge()


@pytest.fixture
def governed(forge: Forge) -> Forge:
    """A commit with trust root 1 and nothing else."""
    forge.put_root(forge.root())
    return forge
