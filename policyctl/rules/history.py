"""What a policy's trail says about time: since when in its stage, when last looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from policyctl.core.criterion import counted
from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage
from policyctl.rules.rule import Subject


def time_in(subject: Subject, stage: Stage) -> timedelta | None:
    """How long the policy has been in a stage without a break.

    None if file or trail have it in another stage, or where there is no trail or no clock.
    """
    if subject.now is None or not subject.trail or subject.data["stage"] != stage.value:
        return None
    entered: datetime | None = None
    for entry in takewhile(lambda entry: entry.target is stage, reversed(subject.trail)):
        entered = entry.requested_at
    return subject.now - entered if entered else None


def unattended_for(subject: Subject) -> timedelta | None:
    """How long ago somebody last changed the policy, or said that they reviewed it.

    A redaction is neither. None where there is no trail or no clock.
    """
    if subject.now is None:
        return None
    for entry in reversed(subject.trail):
        if entry.action is not ChangeAction.REDACT:
            return subject.now - entry.requested_at
    return None


def in_days(span: timedelta) -> str:
    """A span in complete days, for people."""
    return counted(span.days, "day")
