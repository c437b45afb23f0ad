"""What a policy decides about one detection: the one definition of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import assert_never

from policyctl.core.bucket import takes_in
from policyctl.core.covering import covering, covers
from policyctl.core.expiry import is_expired
from policyctl.core.frozen import frozen
from policyctl.core.levels import Level
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage


class Verdict(Enum):
    """What happens to a detection."""

    ALLOW = "allow"
    LOG = "log"
    REDACT = "redact"
    BLOCK = "block"
    EXCEPTED = "excepted"

    @property
    def acts(self) -> bool:
        """True if the user of the application notices."""
        return self in (Verdict.BLOCK, Verdict.REDACT)


@frozen
class Detection:
    """What a detector said about one message.

    Attributes:
        level: its confidence, or None if it detected nothing at any level.
        key: the sticky unit, such as a user or session id; empty if unknown.
        time: when, with a time zone.
    """

    detector: str
    direction: Direction
    level: Level | None
    app: str
    time: datetime
    key: str = ""
    cohort: str = ""


@frozen
class Decision:
    """A verdict, and what led to it."""

    verdict: Verdict
    guardrail: Guardrail | None = None
    exception: PolicyException | None = None


def decide(policy: Policy, detection: Detection) -> Decision:
    """What ``policy`` does with ``detection``.

    The order of the questions is the definition:

    1. no enabled guardrail covers the detector and direction: allow;
    2. the level is less confident than the guardrail's sensitivity flags: allow;
    3. an exception that is in force at the detection's time covers it: excepted;
    4. stage ``logging``: log;
    5. stage ``limited``: the guardrail's action inside the limited scope, else log;
    6. stage ``enforce``: the guardrail's action.
    """
    guardrail = covering(policy.guardrails, detection.detector, detection.direction)
    if guardrail is None or not guardrail.enabled:
        return Decision(verdict=Verdict.ALLOW)
    if detection.level is None or not guardrail.sensitivity.flags(detection.level):
        return Decision(verdict=Verdict.ALLOW, guardrail=guardrail)
    exception = _exception_for(policy.exceptions, detection)
    if exception is not None:
        return Decision(verdict=Verdict.EXCEPTED, guardrail=guardrail, exception=exception)
    return Decision(verdict=_staged(policy, guardrail, detection), guardrail=guardrail)


def in_scope(limited: Limited | None, detection: Detection) -> bool:
    """True if the stage ``limited`` acts on the detection; a missing scope holds nothing."""
    if limited is None:
        return False
    if limited.guardrails and not any(
        covers(name, detection.detector) for name in limited.guardrails
    ):
        return False
    if limited.apps and detection.app not in limited.apps:
        return False
    if limited.cohorts and detection.cohort not in limited.cohorts:
        return False
    if limited.share is None:
        return True
    return bool(detection.key) and takes_in(limited.share, limited.salt, detection.key)


def applies(exception: PolicyException, detection: Detection) -> bool:
    """True if the exception is in force at the detection's time and its criterion holds."""
    return (
        not is_expired(exception.expires, detection.time)
        and covers(exception.guardrail, detection.detector)
        and (not exception.apps or detection.app in exception.apps)
        and (not exception.cohorts or detection.cohort in exception.cohorts)
        and (not exception.keys or detection.key in exception.keys)
        and exception.direction in (None, detection.direction)
    )


def _exception_for(
    exceptions: Iterable[PolicyException], detection: Detection
) -> PolicyException | None:
    return next((item for item in exceptions if applies(item, detection)), None)


def _staged(policy: Policy, guardrail: Guardrail, detection: Detection) -> Verdict:
    acting = Verdict(guardrail.action.value)
    match policy.stage:
        case Stage.LOGGING:
            return Verdict.LOG
        case Stage.LIMITED:
            return acting if in_scope(policy.limited, detection) else Verdict.LOG
        case Stage.ENFORCE:
            return acting
        case _:
            assert_never(policy.stage)
