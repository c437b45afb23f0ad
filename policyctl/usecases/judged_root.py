"""The trust root and the adopted baselines that a branch changes, judged by those of its base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.merge_verdict import Check, Topic, Verdict, topic_of, verdict_of, worst
from policyctl.core.root_difference import RootChange, root_changes
from policyctl.core.root_signing import owed
from policyctl.core.trust_root import TrustRoot
from policyctl.usecases.branch_changes import BranchLedgers
from policyctl.usecases.policy_approvals import Turn

STEWARD = "steward"


@frozen
class JudgedRoot:
    """What a branch does to governance, and whether that may be merged.

    Attributes:
        before: the version that the base has.
        after: the newest version of the branch, whether it holds or waits for signatures.
        signers: who signed each version that the branch adds.
        changes: what differs between the two.
        effective: how many policies differ in what is in force though nobody edited them.
    """

    before: int
    after: int
    signers: Mapping[int, tuple[str, ...]]
    changes: tuple[RootChange, ...]
    turns: tuple[Turn, ...]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    effective: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks."""
        return worst(check.verdict for check in self.checks)

    @property
    def open(self) -> tuple[Check, ...]:
        """The checks that keep it from being merged, the worst first."""
        wrong = [check for check in self.checks if check.verdict is not Verdict.READY]
        return tuple(sorted(wrong, key=lambda check: -check.verdict))


def judge_root(
    ledgers: BranchLedgers, findings: tuple[Finding, ...], *, effective: int
) -> JudgedRoot:
    """Governance with all its checks.

    Args:
        ledgers: branch and base.
        findings: what is wrong with the trust roots and baselines of the branch.
        effective: how many policies it changes that nobody edited.
    """
    roots, base = ledgers.head.roots, ledgers.root
    newest = roots.pending.root if roots.pending else roots.latest
    signers = {version: who for version, who in roots.signers.items() if version > base.version}
    if roots.pending is not None:
        signers[roots.pending.root.version] = tuple(sorted(roots.pending.signed))
    checks = [
        Check(
            topic=topic_of(finding.code),
            verdict=verdict_of(finding, owed=ledgers.owed, known=0),
            text=finding.message,
            hint=finding.hint,
        )
        for finding in findings
    ]
    if not checks:
        checks = list(_there(signers, base))
    return JudgedRoot(
        before=base.version,
        after=newest.version if newest else 0,
        signers=signers,
        changes=root_changes(base, newest) if newest and newest != base else (),
        turns=tuple(dict.fromkeys(_turns(ledgers))),
        checks=tuple(checks),
        findings=findings,
        effective=effective,
    )


def _there(signers: Mapping[int, tuple[str, ...]], base: TrustRoot) -> Iterator[Check]:
    for version, who in sorted(signers.items()):
        text = f"trust root {version} by {', '.join(who)}"
        yield Check(topic=Topic.SIGNED, verdict=Verdict.READY, text=text)
    if not signers:
        text = f"trust root {base.version} of the base holds on"
        yield Check(topic=Topic.CHAIN, verdict=Verdict.READY, text=text)


def _turns(ledgers: BranchLedgers) -> Iterator[Turn]:
    """The stewards who still have to sign a version, those of the version before first."""
    roots = ledgers.head.roots
    if roots.pending is None:
        return
    for one in owed(roots.pending.root, roots.latest, roots.pending.signed):
        if one.missing:
            yield Turn(role=STEWARD, count=one.missing, people=one.left)
