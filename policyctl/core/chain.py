"""The chain of one policy: its entries in order, who signed them, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from policyctl.core import paths
from policyctl.core.approvals import unfilled
from policyctl.core.canonical import DuplicateKeyError, NonCanonicalError, sha256
from policyctl.core.entry import ChangeAction, Entry, parse_entry
from policyctl.core.finding import Finding
from policyctl.core.root_chain import Roots
from policyctl.core.signature_files import VerifySignature, check_signature
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.stages import Stage, is_demotion, is_promotion
from policyctl.core.trust_root import AUTHOR_NAMESPACE, TrustRoot, approval_namespace


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry with what its signature files say.

    Attributes:
        content: the entry's exact bytes.
        authors: people with a valid author's signature.
        approvals: people with a valid approval that counts, by role.
        missing: approvals that are still owed, by role.
        signatures: sha256 of each signature file, valid or not, by its path.
    """

    entry: Entry
    content: bytes
    authors: frozenset[str] = frozenset()
    approvals: Mapping[str, frozenset[str]]
    missing: Mapping[str, int]
    signatures: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """What the next entry names as ``prev``."""
        return sha256(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A policy's entries, up to the first that cannot be read, and all that is wrong."""

    policy: str
    entries: tuple[Recorded, ...]
    findings: tuple[Finding, ...]

    @property
    def last(self) -> Recorded | None:
        """The entry that says how the policy stands now."""
        return self.entries[-1] if self.entries else None


def read_chain(
    snapshot: Snapshot,
    policy: str,
    files: Mapping[int, list[str]],
    roots: Roots,
    verify: VerifySignature,
) -> Chain:
    """The chain of one policy, checked link by link.

    Args:
        snapshot: the governed files.
        policy: the policy's id.
        files: the paths of each entry and its signatures, by the number in their names.
        roots: the trust roots that hold.
        verify: whether a signature was made over a message.
    """
    recorded: list[Recorded] = []
    findings: list[Finding] = []
    for expected, seq in enumerate(sorted(files), start=1):
        path = paths.entry_path(policy, seq)
        if seq != expected or path not in files[seq]:
            message = f"entry {expected} of '{policy}' is missing"
            findings.append(violation("LOG_GAP", message, file=path, policy=policy, entry=expected))
            break
        content = content_of(snapshot, path) or b""
        try:
            entry = parse_entry(content)
        except ValueError as error:
            findings.append(_unreadable(error, path, policy, seq))
            break
        before = recorded[-1] if recorded else None
        findings += _check_link(entry, before, policy, seq, path, roots)
        item = _signed(snapshot, entry, before, content, files[seq], roots, verify)
        findings += item.findings
        recorded.append(item)
    return Chain(policy=policy, entries=tuple(recorded), findings=tuple(findings))


def _unreadable(error: ValueError, path: str, policy: str, seq: int) -> Finding:
    code = "ENTRY_MALFORMED"
    if isinstance(error, DuplicateKeyError):
        code = "ENTRY_DUP_KEY"
    elif isinstance(error, NonCanonicalError):
        code = "ENTRY_NONCANONICAL"
    return violation(code, f"{path}: {error}", file=path, policy=policy, entry=seq)


def _check_link(
    entry: Entry, before: Recorded | None, policy: str, seq: int, path: str, roots: Roots
) -> Iterator[Finding]:
    def wrong(code: str, message: str) -> Finding:
        return violation(code, message, file=path, policy=policy, entry=seq)

    if (entry.policy, entry.seq, entry.path) != (policy, seq, paths.policy_path(policy)):
        yield wrong(
            "ENTRY_MISPLACED",
            f"{path} holds entry {entry.seq} of '{entry.policy}' ({entry.path!a})",
        )
    root = roots.by_version.get(entry.root)
    if root is None:
        if not roots.findings:
            yield wrong("ROOT_UNKNOWN_VERSION", f"{path} names trust root {entry.root}")
    elif entry.log != root.log:
        yield wrong("WRONG_LOG", f"{path} was written for another ledger")
    if before is not None and entry.root < before.entry.root:
        yield wrong(
            "ROOT_VERSION_REGRESSION",
            f"{path} goes back from trust root {before.entry.root} to {entry.root}",
        )
    if entry.prev != (before.digest if before else None):
        yield wrong("CHAIN_BROKEN", f"{path} does not follow from the entry before it")
    state = (before.entry.after, before.entry.target) if before else (None, None)
    if (entry.before, entry.source) != state:
        yield wrong("CHAIN_BROKEN", f"{path} does not start where the entry before it ended")
    problem = _shape_problem(entry)
    if problem:
        code = "STAGE_SKIP" if entry.action is ChangeAction.PROMOTE else "ENTRY_INCONSISTENT"
        yield wrong(code, f"{path}: {problem}")


def _shape_problem(entry: Entry) -> str:
    """What is wrong with an entry's action, stages and digests taken together."""
    source, target = entry.source, entry.target
    match entry.action:
        case ChangeAction.REGISTER:
            fits = source is None and target is Stage.LOGGING and entry.before is None
            problem = "a policy is registered in 'logging'"
        case ChangeAction.EDIT | ChangeAction.EXCEPTION:
            fits = source is not None and source is target
            problem = f"'{entry.action.value}' does not move the stage, and this does"
        case ChangeAction.PROMOTE:
            fits = source is not None and target is not None and is_promotion(source, target)
            problem = f"a promotion goes one stage forward, not {entry.transition}"
        case ChangeAction.DEMOTE:
            fits = source is not None and target is not None and is_demotion(source, target)
            problem = f"a demotion goes back, not {entry.transition}"
        case ChangeAction.RETIRE:
            fits = source is not None and target is None and entry.after is None
            problem = "a retired policy has no stage and no file"
        case _:
            return f"this version of policyctl cannot judge the action '{entry.action.value}'"
    if fits and entry.action is not ChangeAction.RETIRE:
        fits = entry.after is not None and entry.after != entry.before
        problem = "an entry records a change of the policy file"
    return "" if fits else problem


def _signed(
    snapshot: Snapshot,
    entry: Entry,
    before: Recorded | None,
    content: bytes,
    files: list[str],
    roots: Roots,
    verify: VerifySignature,
) -> Recorded:
    root = roots.by_version.get(entry.root)
    if root is None:
        return Recorded(entry=entry, content=content, approvals={}, missing={})
    signatures = _Signatures(
        snapshot, entry, before.entry if before else None, content, root, roots, verify
    )
    for path in files:
        place = paths.place_of(path)
        if isinstance(place, paths.EntrySignature):
            signatures.add(path, place)
    return signatures.recorded()


def needed(root: TrustRoot, entry: Entry, before: Entry | None) -> dict[str, int]:
    """The approvals that an entry needs, by role, given the entry before it."""
    use_cases = {entry.use_case, before.use_case if before else entry.use_case}
    return root.need(entry.action, entry.target, use_cases)


def owners(root: TrustRoot, entry: Entry, before: Entry | None) -> frozenset[str]:
    """The people who own the policy before or after an entry, and so cannot approve it."""
    return root.owners(entry.owner) | root.owners(before.owner if before else entry.owner)


class _Signatures:
    """The signature files of one entry, judged one by one."""

    def __init__(
        self,
        snapshot: Snapshot,
        entry: Entry,
        before: Entry | None,
        content: bytes,
        root: TrustRoot,
        roots: Roots,
        verify: VerifySignature,
    ) -> None:
        self.snapshot = snapshot
        self.entry = entry
        self.before = before
        self.content = content
        self.root = root
        self.earlier = [
            older for version, older in roots.by_version.items() if version < root.version
        ]
        self.verify = verify
        self.findings: list[Finding] = []
        self.digests: dict[str, str] = {}
        self.authors: set[str] = set()
        self.approvers: dict[str, set[str]] = {}

    def add(self, path: str, place: paths.EntrySignature) -> None:
        who = place.who
        member = self.root.people.get(who)
        signature = content_of(self.snapshot, path) or b""
        self.digests[path] = sha256(signature)
        check = check_signature(
            signature=signature,
            message=self.content,
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
            return
        role = self.root.roles.get(place.role)
        if role is None or who not in role.members:
            self._wrong("SIG_NOT_IN_ROLE", f"'{who}' does not fill the role '{place.role}'", path)
        elif role.touch and not check.touched:
            message = f"role '{place.role}' needs a touched hardware key, and {path} has none"
            self._wrong("SIG_NOT_TOUCHED", message, path)
        else:
            self.approvers.setdefault(place.role, set()).add(who)

    def recorded(self) -> Recorded:
        entry = self.entry
        path = paths.entry_path(entry.policy, entry.seq)
        need = needed(self.root, entry, self.before)
        approvals = self._counting(need)
        missing = unfilled(need, approvals)
        if not self.authors:
            self._wrong("AUTHOR_MISSING", f"{path} carries no author's signature", path)
        if missing:
            owed = ", ".join(f"{count} x {role}" for role, count in sorted(missing.items()))
            hint = f"policyctl approve {entry.policy}, or restore the approval that was removed"
            message = f"entry {entry.seq} of '{entry.policy}' ({_what(entry)}) lacks {owed}"
            self._wrong("APPROVALS_MISSING", message, path, hint)
        return Recorded(
            entry=entry,
            content=self.content,
            authors=frozenset(self.authors),
            approvals=approvals,
            missing=missing,
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
