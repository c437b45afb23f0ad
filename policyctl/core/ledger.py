"""The ledger of one commit: every chain, bound to the policy files that stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.chain import Chain, Recorded, read_chain
from policyctl.core.emergency import check_emergencies, check_times
from policyctl.core.evidence_files import check_evidence, check_stray_evidence
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import fresh, frozen
from policyctl.core.held import HeldChain
from policyctl.core.known_owners import check_owners
from policyctl.core.moved_stage import check_moved
from policyctl.core.owner_reviews import check_reviews
from policyctl.core.redaction import check_redactions
from policyctl.core.root_chain import Roots, check_roots
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import Snapshot, check_names, content_of, violation


@frozen
class PolicyFacts:
    """What the ledger compares with a policy file's own words."""

    id: str
    stage: str
    owner: str
    use_case: str
    extends: str


ReadFacts = Callable[[str, bytes], PolicyFacts | None]
"""The facts that a policy file states, or None if it cannot be read."""


@frozen
class Ledger:
    """Everything that a commit says about its policies, and everything that is wrong with it.

    Attributes:
        chains: the chains that were judged, by policy.
        apart: chains that were judged too, and of which only the digests were kept.
        taken: how many entries other policies have, by their names alone: what was not judged,
            because it is what it was at the base.
        before: how many of the entries were found to be what this verifier judged before.
    """

    roots: Roots
    chains: Mapping[str, Chain]
    findings: tuple[Finding, ...]
    apart: Mapping[str, HeldChain] = fresh(default_factory=dict)
    taken: Mapping[str, int] = fresh(default_factory=dict)
    before: int = 0

    @property
    def policies(self) -> int:
        """How many policies were judged."""
        return len(self.chains) + len(self.apart)

    @property
    def entries(self) -> int:
        """How many entries were judged."""
        here = sum(len(chain.entries) for chain in self.chains.values())
        return here + sum(len(chain.entries) for chain in self.apart.values())

    @property
    def signatures(self) -> int:
        """How many valid signatures entries carry."""
        return sum(
            len(item.authors) + sum(len(people) for people in item.approvals.values())
            for chain in self.chains.values()
            for item in chain.entries
        ) + sum(chain.signatures for chain in self.apart.values())

    @property
    def redacted(self) -> int:
        """How many entries are tombstones."""
        chains = self.chains.values()
        here = sum(1 for chain in chains for item in chain.entries if item.tombstone is not None)
        return here + sum(chain.redacted for chain in self.apart.values())

    @property
    def sound(self) -> bool:
        """True if nothing worse than a warning was found."""
        return all(finding.severity < Severity.ERROR for finding in self.findings)

    def about(self, policy: str) -> tuple[Finding, ...]:
        """The findings that concern one policy, or all of them alike."""
        return tuple(item for item in self.findings if item.policy in ("", policy))


def check_ledger(
    snapshot: Snapshot,
    *,
    verify: VerifySignature,
    read_facts: ReadFacts,
    pin: str = "",
    now: datetime | None = None,
    roots: Roots | None = None,
) -> Ledger:
    """Judge the ledger of one commit; absence of anything required is a finding.

    Args:
        snapshot: the files under ``policies/`` and ``.policyctl/``.
        verify: whether a signature was made over a message.
        read_facts: what a policy file says of itself.
        pin: sha256 that trust root 1 must have, or empty.
        now: the present; None if nothing that depends on a clock is judged.
        roots: the snapshot's trust roots, if they were judged already.
    """
    roots = roots or check_roots(snapshot, verify, pin)
    files = _by_policy(snapshot)
    chains = {
        policy: read_chain(snapshot, policy, files[policy], roots, verify)
        for policy in sorted(files)
    }
    findings = [*check_names(snapshot), *roots.findings]
    for chain in chains.values():
        findings += chain.findings
        findings += check_emergencies(chain, roots, now)
        findings += check_times(chain, now)
        findings += check_evidence(snapshot, chain, roots)
        findings += _check_content(snapshot, chain, read_facts)
        findings += check_owners(chain, roots)
        findings += check_reviews(chain, roots)
    findings += _check_unregistered(snapshot, chains)
    findings += check_redactions(snapshot, chains, roots, verify)
    findings += check_stray_evidence(snapshot, chains)
    findings += _check_baselines(snapshot, roots, chains, read_facts)
    return Ledger(roots=roots, chains=chains, findings=in_order(findings))


def _by_policy(snapshot: Snapshot) -> dict[str, dict[int, list[str]]]:
    files: dict[str, dict[int, list[str]]] = {}
    for path in sorted(snapshot):
        place = paths.place_of(path)
        if isinstance(place, paths.EntryFile | paths.EntrySignature):
            files.setdefault(place.policy, {}).setdefault(place.seq, []).append(path)
    return files


def _check_content(snapshot: Snapshot, chain: Chain, read_facts: ReadFacts) -> Iterator[Finding]:
    """Compare the policy file with what the last entry says it should be."""
    last = chain.last
    path = paths.policy_path(chain.policy)
    if last is None:
        return
    content = content_of(snapshot, path)
    policy, seq = chain.policy, last.entry.seq
    if last.entry.after is None:
        if content is not None:
            message = f"'{policy}' is retired, and {path} still stands"
            yield violation("UNRECORDED_CHANGE", message, file=path, policy=policy, entry=seq)
        return
    if path not in snapshot:
        message = f"{path} is gone, and no entry retires '{policy}'"
        yield violation("POLICY_FILE_MISSING", message, file=path, policy=policy, entry=seq)
    elif content is not None and sha256(content) != last.entry.after:
        message = f"{path} is not what entry {seq} recorded: it was changed without an entry"
        hint = f"restore it, or record the change with 'policyctl record {policy}'"
        yield violation(
            "UNRECORDED_CHANGE", message, file=path, policy=policy, entry=seq, hint=hint
        )
    elif content is not None:
        yield from _check_facts(path, content, last, read_facts)
        yield from check_moved(path, content, last)


def _check_facts(
    path: str, content: bytes, last: Recorded, read_facts: ReadFacts
) -> Iterator[Finding]:
    entry = last.entry
    facts = read_facts(path, content)
    if facts is None:
        message = f"{path} cannot be read as a policy, and entry {entry.seq} recorded it"
        yield violation(
            "POLICY_UNREADABLE", message, file=path, policy=entry.policy, entry=entry.seq
        )
        return
    stage = entry.target.value if entry.target else ""
    for code, name, recorded, stated in (
        ("STAGE_FIELD_MISMATCH", "stage", stage, facts.stage),
        ("OWNER_FIELD_MISMATCH", "owner", entry.owner, facts.owner),
        ("USE_CASE_FIELD_MISMATCH", "use case", entry.use_case, facts.use_case),
        ("ID_FIELD_MISMATCH", "id", entry.policy, facts.id),
    ):
        if recorded != stated:
            message = f"entry {entry.seq} says {name} '{recorded}', and {path} says '{stated}'"
            yield violation(code, message, file=path, policy=entry.policy, entry=entry.seq)


def _check_unregistered(snapshot: Snapshot, chains: Mapping[str, Chain]) -> Iterator[Finding]:
    for path in sorted(snapshot):
        place = paths.place_of(path)
        if isinstance(place, paths.PolicyFile) and place.policy not in chains:
            yield violation(
                "UNREGISTERED_POLICY",
                f"{path} has no entry in the ledger",
                file=path,
                policy=place.policy,
                hint=f"policyctl record {place.policy} --rationale '…'",
            )


def _check_baselines(
    snapshot: Snapshot, roots: Roots, chains: Mapping[str, Chain], read_facts: ReadFacts
) -> Iterator[Finding]:
    """Compare the adopted baselines with the digests that the trust root vouches for."""
    root = roots.latest
    if root is None:
        return
    proposed = roots.pending.root.baselines if roots.pending else {}
    for path in sorted(snapshot):
        place = paths.place_of(path)
        if isinstance(place, paths.BaselineFile) and place.name not in root.baselines:
            if sha256(content_of(snapshot, path) or b"") == proposed.get(place.name):
                continue  # it comes with a version that waits for signatures
            message = f"{path} is not a baseline that governance adopted"
            yield violation("BASELINE_UNKNOWN", message, file=path)
    for name, digest in sorted(root.baselines.items()):
        path = paths.baseline_path(name)
        content = content_of(snapshot, path)
        if content is None:
            yield violation("BASELINE_MISSING", f"the adopted baseline {path} is gone", file=path)
        elif sha256(content) != digest:
            message = f"{path} is not the baseline that governance adopted"
            yield violation("BASELINE_MISMATCH", message, file=path)
    for policy in chains:
        path = paths.policy_path(policy)
        facts = read_facts(path, content_of(snapshot, path) or b"")
        if facts and facts.extends and facts.extends not in root.baselines:
            message = f"'{policy}' extends {facts.extends}, which governance has not adopted"
            yield violation("BASELINE_UNKNOWN", message, file=path, policy=policy)
