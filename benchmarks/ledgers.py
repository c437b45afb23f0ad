"""Makes governed repositories with long ledgers: real keys, real signatures, written by git."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, Entry, entry_bytes
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

_START = datetime(2026, 1, 1, tzinfo=UTC)
_LOG = "ab" * 32
_STRICT, _PLAIN = "regulated", "internal-facing"
_APPROVERS = ("pia", "sam")


class Signer:
    """A person whose key is the same in every run."""

    def __init__(self, who: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(who.encode()).digest())
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        blob = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-ed25519", raw))
        self.key = PublicKey(type="ssh-ed25519", blob=blob)

    def sign(self, message: bytes, namespace: str) -> bytes:
        """An armoured signature, as ssh-keygen makes it."""
        signed = Signature(
            public_key=self.key.blob,
            namespace=namespace,
            hash_algorithm="sha512",
            algorithm="ssh-ed25519",
            signature=self._private.sign(signed_data(namespace, "sha512", message)),
        )
        return armor(encode(signed))


_PEOPLE = {who: Signer(who) for who in ("erin", *_APPROVERS)}


@dataclass
class LedgerRepository:
    """A repository whose policies are edited again and again.

    Every second policy needs two approvals and the others one, so that an entry has two and a half
    signatures on average.
    """

    folder: Path
    policies: int
    signatures: int = 0
    last: dict[str, Entry] = field(default_factory=dict)
    root: TrustRoot = field(init=False)

    def __post_init__(self) -> None:
        """Found the ledger."""
        self.root = TrustRoot(
            log=_LOG,
            version=1,
            prev=None,
            created_at=_START,
            people={who: Member(name=who, keys=(one.key,)) for who, one in _PEOPLE.items()},
            roles={"security": Role(members=_APPROVERS)},
            stewards=("erin",),
            threshold=1,
            approvals=(
                ApprovalRule(need={"security": 1}),
                ApprovalRule(need={"security": 2}, use_cases=(_STRICT,)),
            ),
            baselines={name: sha256(content) for name, content in self.baselines().items()},
        )
        self._git("init", "-q", "-b", "main", ".")

    def grow(self, entries: int, *, branch: str = "main", parent: str = "", each: int = 0) -> None:
        """Commit so many entries, in turn for each policy.

        Args:
            entries: how many.
            branch: where to.
            parent: the branch from which a new one starts.
            each: how many of them go into one commit; 0 for all.
        """
        files = dict(self._root_files()) if not self.last else {}
        commits = [files]
        for number in range(entries):
            if each and number and number % each == 0:
                commits.append({})
            policy = f"policy-{number % self.policies:04}"
            commits[-1].update(self._entry_files(policy))
        self._commit(commits, branch, parent)

    def offer(self, entries: int, *, branch: str) -> None:
        """Make a branch of its own from ``main`` with so many entries, one for each policy."""
        before = dict(self.last)
        self.grow(entries, branch=branch, parent="main")
        self.last = before

    def text(self, policy: str, seq: int, use_case: str) -> str:
        """A policy file after so many edits."""
        return (
            f"schema: policyctl/policy/v1\nid: {policy}\nname: Policy {policy}\n"
            f"purpose: Edited {seq} times.\nuse_case: {use_case}\ndata_sensitivity: internal\n"
            "owner: erin\nstage: logging\nsensitivity: L2\n"
            "guardrails:\n  - detector: prompt_attack\n"
        )

    def rationale(self, seq: int) -> str:
        """Why an edit was made."""
        return f"edit {seq}"

    def baselines(self) -> dict[str, bytes]:
        """The baselines that are adopted, by ``id@version``."""
        return {}

    def _root_files(self) -> Iterator[tuple[str, bytes]]:
        content = root_bytes(self.root)
        yield paths.root_path(1), content
        yield paths.root_signature_path(1, "erin"), _PEOPLE["erin"].sign(content, ROOT_NAMESPACE)
        for name, baseline in self.baselines().items():
            yield paths.baseline_path(name), baseline

    def _entry_files(self, policy: str) -> Iterator[tuple[str, bytes]]:
        last = self.last.get(policy)
        seq = last.seq + 1 if last else 1
        strict = int(policy[-1]) % 2
        use_case = _STRICT if strict else _PLAIN
        text = self.text(policy, seq, use_case).encode()
        entry = Entry(
            log=_LOG,
            policy=policy,
            path=paths.policy_path(policy),
            seq=seq,
            prev=sha256(entry_bytes(last)) if last else None,
            change=f"c{seq}",
            action=ChangeAction.EDIT if last else ChangeAction.REGISTER,
            source=Stage.LOGGING if last else None,
            target=Stage.LOGGING,
            before=last.after if last else None,
            after=sha256(text),
            owner="erin",
            use_case=use_case,
            rationale=self.rationale(seq),
            root=1,
            requested_at=_START + timedelta(hours=seq),
        )
        self.last[policy] = entry
        content = entry_bytes(entry)
        yield entry.path, text
        yield paths.entry_path(policy, seq), content
        signers = [("erin", ""), *((who, "security") for who in _APPROVERS[: 1 + strict])]
        self.signatures += len(signers)
        for who, role in signers:
            namespace = approval_namespace(role) if role else AUTHOR_NAMESPACE
            yield (
                paths.signature_path(policy, seq, who, role),
                _PEOPLE[who].sign(content, namespace),
            )

    def _commit(self, commits: list[dict[str, bytes]], branch: str, parent: str) -> None:
        start = parent or branch
        known = self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{start}", check=False)
        lines: list[bytes] = []
        for number, files in enumerate(commits):
            lines.append(f"commit refs/heads/{branch}\n".encode())
            lines.append(b"committer Erin <erin@example.org> 1767225600 +0000\ndata 4\nmore\n")
            if known and not number:
                lines.append(f"from {known}\n".encode())
            for path, content in files.items():
                lines.append(f"M 100644 inline {path}\ndata {len(content)}\n".encode())
                lines += [content, b"\n"]
        self._git("fast-import", "--quiet", "--force", stdin=b"".join(lines))

    def _git(self, *arguments: str, stdin: bytes = b"", check: bool = True) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, input=stdin, capture_output=True, check=check
        )
        return done.stdout.decode().strip()
