"""Answers of detectors, what the policy does with each, and the records of both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from policyctl.core.decision import Decision, Verdict
from policyctl.core.engine_logs.answer import Answer
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.decide.caller import Caller
from policyctl.decide.decider import Decider

_FLAGGED = (Verdict.LOG, Verdict.REDACT, Verdict.BLOCK)


@frozen
class Judged:
    """An answer, and what becomes of it.

    Attributes:
        acts: whether the user notices.
    """

    answer: Answer
    decision: Decision
    acts: bool


def judged(
    decider: Decider,
    answers: Iterable[Answer],
    who: Caller,
    direction: Direction,
    now: datetime,
    *,
    closed: bool = True,
) -> tuple[Judged, ...]:
    """What the policy does with each answer.

    No answer is treated as the most confident detection: what the policy would then do, in its
    stage, to this caller, is done. So a check that failed stops exactly what it could have stopped.

    Args:
        decider: the policy.
        answers: of the detectors, to one message.
        who: whom it is from.
        direction: the side of the model.
        now: the moment of the decision.
        closed: whether that holds; else what was not checked is let through.
    """
    found = []
    for answer in answers:
        silent = answer.status is not Status.OK
        decision = decider.decide(
            answer.detector,
            direction,
            Level.L1_CONFIDENT if silent else answer.level,
            app=who.app,
            key=who.key,
            cohort=who.cohort,
            time=now,
        )
        acts = decision.verdict.acts and (closed or not silent)
        found.append(Judged(answer=answer, decision=decision, acts=acts))
    return tuple(found)


def record_line(
    item: Judged, who: Caller, direction: Direction, now: datetime, *, engine: str, version: str,
    digest: str,
) -> dict[str, object]:  # fmt: skip
    """The detection record of an answer; `schemas/record.v1.json` says what it means."""
    answer = item.answer
    heard = answer.status is Status.OK
    return {
        "ts": now.isoformat(),
        "request_id": who.request_id,
        "session_id": who.session_id or None,
        "key": who.key,
        "app": who.app,
        "cohort": who.cohort or None,
        "direction": direction.value,
        "detector": answer.detector,
        "detector_version": version or answer.version or None,
        "level": answer.level.label if heard and answer.level else "none",
        "score": answer.score if heard else None,
        "status": answer.status.value,
        "detected": answer.level is not None if heard else None,
        "would_block": item.decision.verdict in _FLAGGED if heard else None,
        "blocked": item.acts,
        "engine": engine,
        "policy_digest": digest,
    }
