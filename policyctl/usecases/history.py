"""Every state that a branch went through, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import frozen
from policyctl.core.history import History, State, check_merge
from policyctl.core.ledger_memo import LedgerMemo, policy_of
from policyctl.usecases.base import files_about
from policyctl.usecases.ports import Commits

Watch = Callable[[Iterator[State]], Iterator[State]]
"""Sees the states go by, to show how far the work has come."""

_BETWEEN = 2
"""States of a branch that have one before the last."""


@frozen
class PastStates:
    """What the history of a branch showed.

    Attributes:
        states: how many states changed governed files.
    """

    states: int
    findings: tuple[Finding, ...]


def judge_history(
    *, head: str, commits: Commits, memo: LedgerMemo, watch: Watch = iter
) -> PastStates:
    """Judge every first-parent state from the first that a trust root governs.

    Args:
        head: the commit at the end.
        commits: where the states are read from.
        memo: judges each of them by what it changed.
        watch: sees the states go by.

    Raises:
        NotJudgedError: the history was cut off when the repository was cloned.
    """
    history = History(memo)
    for state in watch(commits.states(head)):
        history.add(state)
    merged = [found for item in commits.dropped(head) for found in check_merge(item)]
    findings = in_order([*history.findings(), *merged])
    return PastStates(states=history.states, findings=findings)


def judge_way(*, base: str, head: str, commits: Commits, memo: LedgerMemo) -> tuple[Finding, ...]:
    """The errors that ``judge_history`` would find in the states between a base and a branch.

    They would come to the base for good if it were moved on to the branch as it is, by a
    fast-forward or a rebase; a merge commit and a squash bring the last state alone.
    """
    way = commits.way(base, head)
    if way.states < _BETWEEN or not way.start:
        return ()
    policies = set(map(policy_of, way.paths))
    before = (
        commits.snapshot(way.start)
        if "" in policies
        else files_about(filter(None, policies), way.start, commits)
    )
    history = History(memo)
    history.add(State(commit=way.start, number=0, files=before))
    for state in commits.states_since(base, head):
        history.add(state)
    return tuple(item for item in history.findings() if item.severity is Severity.ERROR)
