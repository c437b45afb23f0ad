"""A branch judged against its base: the form of verification for pull requests.

What the branch has exactly as its base had it was vouched for when it came to the base: of that
only the names are looked at. Judged are, on both sides, the policies of which any file differs, the
trust roots and the adopted baselines; where one of these or the changelog differs, every policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from policyctl.core import paths
from policyctl.core.base_growth import check_branch, owed
from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen, replace
from policyctl.core.ledger import Ledger
from policyctl.core.ledger_memo import LedgerMemo, Parts, joined, policy_of
from policyctl.core.snapshot import Snapshot, check_names, require_governed
from policyctl.usecases.ports import Commits

_SHARED = (paths.ROOTS.rstrip("/"), paths.BASELINES.rstrip("/"))
_MANY = 500
"""Policies by whose paths git is not asked any more, because a command line has an end."""


@frozen
class BaseComparison:
    """What a branch is to its base.

    Attributes:
        name: the base, as the user named it.
        commit: the commit at its tip.
        forks: the newest commits that branch and base both come from.
        findings: what the comparison alone shows.
        owed: those findings, of the branch's ledger, that wait for somebody's signature.
        everything: whether every policy was judged, because they share something that differs.
    """

    name: str
    commit: str
    forks: tuple[str, ...]
    findings: tuple[Finding, ...]
    owed: frozenset[Finding]
    everything: bool = False


def judge_branch(
    *, head: str, base: str, commits: Commits, memo: LedgerMemo
) -> tuple[Ledger, BaseComparison]:
    """Judge what a branch adds to its base.

    Args:
        head: the commit of the branch.
        base: the revision that it should be merged into.
        commits: where both are read from.
        memo: judges the base as it judges the branch.

    Returns:
        The branch's ledger, with what was taken from the base unjudged, and the comparison.

    Raises:
        NotJudgedError: the history is cut off before the two meet.
        RepositoryError: there is no such revision, or nothing that the two have in common.
    """
    tip = commits.resolve(base)
    forks = commits.merge_bases(tip, head)
    names = commits.names(head)
    require_governed(names)
    judged = _judged([path for fork in forks for path in commits.changed(fork, head)])
    ledgers = {commit: _ledger(commit, judged, commits, memo) for commit in {head, tip, *forks}}
    parted = {fork: ledgers[fork] for fork in forks}
    ledger = replace(
        ledgers[head],
        findings=in_order({*ledgers[head].findings, *check_names(names)}),
        taken={} if judged is None else _taken(names, judged),
    )
    return ledger, BaseComparison(
        name=base,
        commit=tip,
        forks=forks,
        findings=in_order(check_branch(ledger, ledgers[tip], parted, name=base)),
        owed=owed(ledger.findings, parted.values()),
        everything=judged is None,
    )


def files_about(policies: Iterable[str], commit: str, commits: Commits) -> Snapshot:
    """The files on which the verdict about some policies rests."""
    wanted = sorted(policies)
    if len(wanted) > _MANY:
        return commits.snapshot(commit)
    under = list(_SHARED)
    for policy in wanted:
        under += (paths.policy_path(policy), paths.LOG + policy, paths.EVIDENCE + policy)
    return commits.files(commit, under)


def _judged(changed: Iterable[str]) -> frozenset[str] | None:
    """The policies that have to be judged, or None for all of them."""
    touched = set()
    for path in changed:
        policy = policy_of(path)
        if policy == "" or isinstance(paths.place_of(path), paths.ChangelogFile):
            return None
        if policy:
            touched.add(policy)
    return frozenset(touched)


def _ledger(
    commit: str, judged: frozenset[str] | None, commits: Commits, memo: LedgerMemo
) -> Ledger:
    if judged is None:
        return memo.judge(commits.snapshot(commit))
    parts = Parts.of(files_about(judged, commit, commits))
    return joined(memo.parts(parts, {"", *judged}))


def _taken(names: Snapshot, judged: frozenset[str]) -> dict[str, int]:
    """How many entries every other policy has, by their names."""
    entries: Counter[str] = Counter()
    for place in map(paths.place_of, names):
        if isinstance(place, paths.PolicyFile | paths.EntryFile) and place.policy not in judged:
            entries[place.policy] += isinstance(place, paths.EntryFile)
    return dict(entries)
