"""A branch judged against its base: the form of verification for pull requests."""

from __future__ import annotations

from dataclasses import dataclass

from policyctl.core.base_growth import check_branch, owed
from policyctl.core.finding import Finding, in_order
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo
from policyctl.usecases.ports import Commits


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseComparison:
    """What a branch is to its base.

    Attributes:
        name: the base, as the user named it.
        commit: the commit at its tip.
        forks: the newest commits that branch and base both come from.
        findings: what the comparison alone shows.
        owed: those findings, of the branch's ledger, that wait for somebody's signature.
    """

    name: str
    commit: str
    forks: tuple[str, ...]
    findings: tuple[Finding, ...]
    owed: frozenset[Finding]


def compare_with_base(
    *, head: str, ledger: Ledger, base: str, commits: Commits, memo: LedgerMemo
) -> BaseComparison:
    """Judge what a branch adds to its base.

    Args:
        head: the commit of the branch.
        ledger: its ledger.
        base: the revision that it should be merged into.
        commits: where both are read from.
        memo: judges the base as it judged the branch.

    Raises:
        NotJudgedError: the history is cut off before the two meet.
        RepositoryError: there is no such revision, or nothing that the two have in common.
    """
    tip = commits.resolve(base)
    forks = commits.merge_bases(tip, head)
    ledgers = {commit: memo.judge(commits.snapshot(commit)) for commit in {tip, *forks}}
    parted = {fork: ledgers[fork] for fork in forks}
    return BaseComparison(
        name=base,
        commit=tip,
        forks=forks,
        findings=in_order(check_branch(ledger, ledgers[tip], parted, name=base)),
        owed=owed(ledger.findings, parted.values()),
    )
