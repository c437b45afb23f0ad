"""What a policy does with all detections of one detector, direction, application and cohort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from policyctl.core.bucket import cut
from policyctl.core.covering import covering, covers
from policyctl.core.decision import Decision, Detection, Verdict, in_scope
from policyctl.core.decision_table import EVERYBODY, NOBODY
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Guardrail, Policy, PolicyException
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage

_Term = tuple[date, Decision]
"""The last day of an exception, and what is decided until then."""


@frozen
class Cell:
    """The decisions that are possible here, ready made.

    Attributes:
        reach: the least confident level that is flagged, as a number; 0 if none is.
        cut: the guardrail acts on keys whose bucket sorts below this text.
        excepted: whether there are exceptions at all.
        by_anybody: the exceptions for keys that none of them names, the first that holds counts.
        by_key: the same for the keys that are named.
    """

    reach: int
    allowed: Decision
    logged: Decision
    acting: Decision
    cut: str
    excepted: bool = False
    by_anybody: tuple[_Term, ...] = ()
    by_key: Mapping[str, tuple[_Term, ...]]


def cell_of(policy: Policy, detector: str, direction: Direction, app: str, cohort: str) -> Cell:
    """Work out one combination."""
    allowed = Decision(verdict=Verdict.ALLOW)
    guardrail = covering(policy.guardrails, detector, direction)
    apart = bool(policy.apps) and app not in policy.apps
    if apart or guardrail is None or not guardrail.enabled:
        return Cell(reach=0, allowed=allowed, logged=allowed, acting=allowed, cut=NOBODY, by_key={})
    some = Detection(
        detector=detector, direction=direction, level=None, app=app, cohort=cohort, time=_ANY_TIME
    )
    terms = [(item, _excepted(guardrail, item)) for item in policy.exceptions if _fits(item, some)]
    return Cell(
        reach=int(guardrail.sensitivity),
        allowed=Decision(verdict=Verdict.ALLOW, guardrail=guardrail),
        logged=Decision(verdict=Verdict.LOG, guardrail=guardrail),
        acting=Decision(verdict=Verdict(guardrail.action.value), guardrail=guardrail),
        cut=_cut(policy, some),
        excepted=bool(terms),
        by_anybody=_leading(term for item, term in terms if not item.keys),
        by_key={
            key: _leading(term for item, term in terms if not item.keys or key in item.keys)
            for key in {key for item, _ in terms for key in item.keys}
        },
    )


_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _fits(item: PolicyException, some: Detection) -> bool:
    """Whether an exception may hold here, on some day and for some key."""
    return (
        item.expires is not None
        and covers(item.guardrail, some.detector)
        and (not item.apps or some.app in item.apps)
        and (not item.cohorts or some.cohort in item.cohorts)
        and item.direction in (None, some.direction)
    )


def _excepted(guardrail: Guardrail, item: PolicyException) -> _Term:
    decision = Decision(verdict=Verdict.EXCEPTED, guardrail=guardrail, exception=item)
    return item.expires or date.min, decision


def _leading(terms: Iterable[_Term]) -> tuple[_Term, ...]:
    """The exceptions that can be the first to hold: each lasts longer than all before it."""
    found: list[_Term] = []
    for term in terms:
        if not found or term[0] > found[-1][0]:
            found.append(term)
    return tuple(found)


def _cut(policy: Policy, some: Detection) -> str:
    if policy.stage is Stage.LOGGING:
        return NOBODY
    if policy.stage is Stage.ENFORCE:
        return EVERYBODY
    limited = policy.limited
    if limited is None or not in_scope(replace(limited, share=None), some):
        return NOBODY
    return EVERYBODY if limited.share is None else cut(limited.share)
