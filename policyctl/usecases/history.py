"""Every state that a branch went through, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen
from policyctl.core.history import History, State, check_merge
from policyctl.core.ledger_memo import LedgerMemo
from policyctl.usecases.ports import Commits

Watch = Callable[[Iterator[State]], Iterator[State]]
"""Sees the states go by, to show how far the work has come."""


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
