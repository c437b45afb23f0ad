"""A branch against the branch that it should be merged into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from policyctl.core import paths
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import replace
from policyctl.core.growth import Extent, check_kept, check_new_entries, extent_of
from policyctl.core.held import HeldEntry
from policyctl.core.late_approvals import check_late_approvals
from policyctl.core.ledger import Ledger
from policyctl.core.snapshot import violation

_APPROVALS = frozenset({"APPROVALS_MISSING", "EMERGENCY_OVERDUE"})
_WAITING = _APPROVALS | {"ROOT_THRESHOLD", "TOMBSTONE_THRESHOLD"}
"""What a branch may bring to its base: signatures that are under way there."""


def check_branch(
    head: Ledger, base: Ledger, forks: Mapping[str, Ledger], *, name: str
) -> Iterator[Finding]:
    """Findings about what a branch lost since it left its base, and what stands in its way.

    A branch that is behind its base lacks what came to the base since. That is no loss, so losses
    are measured against the commits where the two parted.

    Args:
        head: the ledger of the branch.
        base: the ledger of the tip of the base.
        forks: the ledgers of the newest commits that both come from, by their ids.
        name: the base, as a message names it.
    """
    yield from _check_base(base, name)
    lost = [
        finding
        for fork, ledger in sorted(forks.items())
        for finding in check_kept(
            extent_of(ledger), head, since=f"commit {fork[:12]}, where the branch left '{name}'"
        )
    ]
    yield from lost
    now, tip = extent_of(head), extent_of(base)
    known = [tip, *(extent_of(ledger) for ledger in forks.values())]
    yield from check_new_entries(_known_of(now, tip, known), head, since=f"'{name}'")
    yield from _check_approvals(head, base, name)
    yield from _check_collisions(now, tip, {item.policy for item in lost}, name)


def owed(findings: Iterable[Finding], before: Iterable[Ledger]) -> frozenset[Finding]:
    """The findings that only say that somebody has yet to agree to something new.

    An approval is owed if it is missing from an entry that no ledger of before had settled, a
    signature of a trust root if the version is newer than theirs, and one of a tombstone if none
    of them had it with all its signatures. Anything else that is missing was taken away.

    Args:
        findings: those of the branch's ledger.
        before: the ledgers of the commits where the branch left its base.
    """
    ledgers = tuple(before)
    extents = [extent_of(ledger) for ledger in ledgers]

    def is_owed(finding: Finding) -> bool:
        if finding.code in _APPROVALS:
            chains = [extent.chains.get(finding.policy, ()) for extent in extents]
            seq = finding.entry
            return not any(len(chain) >= seq and chain[seq - 1].settled for chain in chains)
        if finding.code == "ROOT_THRESHOLD":
            held = {paths.root_path(n + 1) for extent in extents for n in range(len(extent.roots))}
            return finding.file not in held
        if finding.code == "TOMBSTONE_THRESHOLD":
            return not any(_was_vouched_for(ledger, finding) for ledger in ledgers)
        return False

    return frozenset(filter(is_owed, findings))


def _was_vouched_for(ledger: Ledger, finding: Finding) -> bool:
    """True if a ledger had the tombstone that a finding is about, signed by enough stewards."""
    chain = ledger.chains.get(finding.policy)
    if chain is None or len(chain.entries) < finding.entry:
        return False
    return chain.entries[finding.entry - 1].tombstone is not None and not any(
        (item.code, item.policy, item.entry) == (finding.code, finding.policy, finding.entry)
        for item in ledger.findings
    )


def _check_base(base: Ledger, name: str) -> Iterator[Finding]:
    """Nothing can be compared with a base that does not hold; signatures may be under way there."""
    wrong = [item for item in base.findings if item.code not in _WAITING]
    errors = [item for item in wrong if item.severity is Severity.ERROR]
    if errors:
        codes = ", ".join(sorted({item.code for item in errors}))
        yield violation(
            "BASE_BROKEN",
            f"the base '{name}' does not verify itself ({codes}): {errors[0].message}",
            file=errors[0].file,
            policy=errors[0].policy,
            entry=errors[0].entry,
            hint=f"policyctl verify --rev {name}",
        )


def _check_approvals(head: Ledger, base: Ledger, name: str) -> Iterator[Finding]:
    """Approvals that the branch brings to entries of its base, by the trust root of the base."""
    root = base.roots.latest
    if root is None:
        return
    for policy, chain in sorted(head.chains.items()):
        theirs = base.chains[policy].entries if policy in base.chains else ()
        for mine, other in zip(chain.entries, theirs, strict=False):
            if mine.digest != other.digest:
                break
            yield from check_late_approvals(mine, other.signatures, root, since=f"'{name}'")


def _known_of(now: Extent, tip: Extent, known: Sequence[Extent]) -> Extent:
    """The entries of the branch that are not new, and the trust roots of the base's tip."""
    chains: dict[str, tuple[HeldEntry, ...]] = {}
    for policy, chain in now.chains.items():
        shared = max(_shared(chain, before.chains.get(policy, ())) for before in known)
        chains[policy] = chain[:shared]
    return Extent(roots=tip.roots, chains=chains)


def _shared(one: Sequence[HeldEntry], other: Sequence[HeldEntry]) -> int:
    """How many entries two chains begin with alike."""
    count = 0
    while count < min(len(one), len(other)) and one[count].entry == other[count].entry:
        count += 1
    return count


def _check_collisions(
    now: Extent, tip: Extent, lost: Iterable[str], name: str
) -> Iterator[Finding]:
    """What branch and base both put into the same place; git will refuse to merge it."""

    def collision(message: str, file: str, hint: str, policy: str = "", entry: int = 0) -> Finding:
        found = violation("BASE_AHEAD", message, file=file, policy=policy, entry=entry, hint=hint)
        return replace(found, severity=Severity.WARNING)

    for policy, chain in sorted(now.chains.items()):
        other = tip.chains.get(policy, ())
        seq = _shared(chain, other) + 1
        if seq <= min(len(chain), len(other)) and policy not in lost:
            yield collision(
                f"'{name}' has another entry {seq} of '{policy}' since the branch left it",
                paths.entry_path(policy, seq),
                f"start again from '{name}' and record the change there",
                policy,
                seq,
            )
    for version, (mine, theirs) in enumerate(zip(now.roots, tip.roots, strict=False), start=1):
        if mine != theirs:
            message = f"'{name}' has another trust root {version} since the branch left it"
            hint = f"start again from '{name}' and propose the next version there"
            yield collision(message, paths.root_path(version), hint)
            return
