"""The signature files of one entry: who wrote it, who approved it, and what it still owes."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core import paths
from policyctl.core.approvals import unfilled
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, Entry
from policyctl.core.finding import Finding
from policyctl.core.frozen import replace
from policyctl.core.needs import needed, owners
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.signature_files import SignatureCheck, VerifySignature, check_signature
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.sshsig import Signature
from policyctl.core.trust_root import AUTHOR_NAMESPACE, TrustRoot, approval_namespace


def read_signatures(
    snapshot: Snapshot,
    item: Recorded,
    before: Entry | None,
    files: list[str],
    roots: Roots,
    verify: VerifySignature,
) -> Recorded:
    """An entry with what its signature files say, and all that is wrong with them.

    Args:
        snapshot: the governed files.
        item: the entry, of which nothing more is known yet.
        before: the entry before it.
        files: the paths of the entry and its signatures.
        roots: the trust roots that hold.
        verify: whether a signature was made over a message.
    """
    root = roots.by_version.get(item.entry.root)
    if root is None:
        return item
    if item.tombstone is not None:
        verify = _vouched
    signatures = _Signatures(snapshot, item, before, root, roots, verify)
    for path in files:
        place = paths.place_of(path)
        if isinstance(place, paths.EntrySignature):
            signatures.add(path, place)
    return signatures.recorded()


def _vouched(signature: Signature, message: bytes) -> bool:
    """True: the bytes that a redacted entry's signatures cover are gone.

    Person, key and purpose are checked as ever, and that the file is one of those for which the
    signers of the tombstone vouch: see `redaction`.
    """
    del signature, message
    return True


class _Signatures:
    """The signature files of one entry, judged one by one."""

    def __init__(
        self,
        snapshot: Snapshot,
        item: Recorded,
        before: Entry | None,
        root: TrustRoot,
        roots: Roots,
        verify: VerifySignature,
    ) -> None:
        self.snapshot = snapshot
        self.item = item
        self.entry = item.entry
        self.before = before
        self.root = root
        self.earlier = [
            older for version, older in roots.by_version.items() if version < root.version
        ]
        self.verify = verify
        self.findings: list[Finding] = []
        self.digests: dict[str, str] = {}
        self.authors: set[str] = set()
        self.touched: set[str] = set()
        self.approvers: dict[str, set[str]] = {}
        self.keys: dict[str, bytes] = {}

    def add(self, path: str, place: paths.EntrySignature) -> None:
        who = place.who
        member = self.root.people.get(who)
        signature = content_of(self.snapshot, path) or b""
        self.digests[path] = sha256(signature)
        check = check_signature(
            signature=signature,
            message=self.item.content,
            namespace=approval_namespace(place.role) if place.role else AUTHOR_NAMESPACE,
            who=who,
            keys=member.keys if member else (),
            revoked=tuple(
                key
                for older in self.earlier
                if who in older.people
                for key in older.people[who].keys
            ),
            file=path,
            verify=self.verify,
            policy=self.entry.policy,
            entry=self.entry.seq,
        )
        self.findings += check.findings
        if not check.valid:
            return
        if not place.role:
            self.authors.add(who)
            if check.touched:
                self.touched.add(who)
            return
        self._approve(path, place, check)

    def _approve(self, path: str, place: paths.EntrySignature, check: SignatureCheck) -> None:
        who = place.who
        role = self.root.roles.get(place.role)
        if role is None or who not in role.members:
            self._wrong("SIG_NOT_IN_ROLE", f"'{who}' does not fill the role '{place.role}'", path)
        elif role.touch and not check.touched:
            message = f"role '{place.role}' needs a touched hardware key, and {path} has none"
            self._wrong("SIG_NOT_TOUCHED", message, path)
        else:
            self.approvers.setdefault(place.role, set()).add(who)
            self.keys[path] = check.key

    def recorded(self) -> Recorded:
        entry = self.entry
        path = paths.entry_path(entry.policy, entry.seq)
        need = needed(self.root, entry, self.before)
        approvals = self._counting(need)
        missing = unfilled(need, approvals)
        if not self.authors:
            self._wrong("AUTHOR_MISSING", f"{path} carries no author's signature", path)
        # What an emergency owes has a deadline: see `emergency`.
        if missing and entry.action is not ChangeAction.EMERGENCY_DEMOTE:
            owed = ", ".join(f"{count} x {role}" for role, count in sorted(missing.items()))
            hint = f"policyctl approve {entry.policy}, or restore the approval that was removed"
            message = f"entry {entry.seq} of '{entry.policy}' ({_what(entry)}) lacks {owed}"
            self._wrong("APPROVALS_MISSING", message, path, hint)
        return replace(
            self.item,
            authors=frozenset(self.authors),
            touched=frozenset(self.touched),
            approvals=approvals,
            missing=missing,
            keys=self.keys,
            signatures=self.digests,
            findings=tuple(self.findings),
        )

    def _counting(self, need: Mapping[str, int]) -> dict[str, frozenset[str]]:
        """The approvals that count: of a needed role, by nobody who owns or wrote the change."""
        barred = owners(self.root, self.entry, self.before) | self.authors
        if self.root.solo:
            barred = frozenset()
        counting: dict[str, frozenset[str]] = {}
        for role, people in self.approvers.items():
            path = paths.entry_path(self.entry.policy, self.entry.seq)
            if role not in need:
                message = f"entry {self.entry.seq} needs no approval by role '{role}'"
                self._wrong("SIG_SURPLUS", message, path)
            for who in sorted(people & barred):
                message = f"'{who}' owns or wrote entry {self.entry.seq} and cannot approve it"
                self._wrong("SELF_APPROVAL", message, path)
            counting[role] = frozenset(people - barred)
        return counting

    def _wrong(self, code: str, message: str, path: str, hint: str = "") -> None:
        found = violation(code, message, file=path, policy=self.entry.policy, hint=hint)
        self.findings.append(replace(found, entry=self.entry.seq))


def _what(entry: Entry) -> str:
    if entry.source is entry.target:
        return entry.action.value
    return f"{entry.action.value} {entry.transition}"
