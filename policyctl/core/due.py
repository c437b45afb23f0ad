"""What is due in an estate: what somebody has to do, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from policyctl.core.criterion import counted
from policyctl.core.entry import moment_text
from policyctl.core.escalation import Fired
from policyctl.core.estate import NOT_IN_FORCE, Estate, PolicyState
from policyctl.core.expiry import days_left, is_expired
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen, replace
from policyctl.core.owed_signatures import ROOT_OWED, SIGNATURES_OWED
from policyctl.core.stages import Stage
from policyctl.core.turns import Turn


class Kind(Enum):
    """What is due, in the order of its weight."""

    TAMPERED = "tampered"
    EMERGENCY_OVERDUE = "emergency overdue"
    DRIFT = "drift"
    EMERGENCY = "emergency"
    EXCEPTION_EXPIRED = "exception expired"
    ESCALATION = "escalation"
    UNREADABLE = "unreadable"
    UNRECORDED = "unrecorded"
    REVIEW_OVERDUE = "review overdue"
    PARKED = "parked"
    APPROVAL = "approval"
    EXCEPTION_EXPIRING = "exception expiring"
    REVIEW_SOON = "review soon"
    NOTED = "noted"

    @property
    def weight(self) -> int:
        """The place in the order, 0 for the gravest."""
        return _ORDER[self]

    @property
    def grave(self) -> bool:
        """True if a protection is, or may be, other than what was approved."""
        return self.weight <= _ORDER[Kind.UNRECORDED]


_ORDER = {kind: place for place, kind in enumerate(Kind)}


@frozen
class Limits:
    """How long things may stay as they are.

    Attributes:
        soon: how long before its end something is called out.
        parked: how long a policy may be in a stage, where that is limited.
    """

    soon: timedelta
    parked: Mapping[Stage, timedelta]


@frozen
class Due:
    """One thing that somebody has to do.

    Attributes:
        policy: the policy's id; empty where it is about the whole ledger.
        text: what is true, for people.
        who: whose turn it is; empty where nobody in particular.
        until: by when, where there is such a moment.
    """

    kind: Kind
    policy: str
    text: str
    who: tuple[str, ...] = ()
    until: datetime | None = None


def dues_of(estate: Estate, limits: Limits) -> tuple[Due, ...]:
    """Everything that is due, the gravest first, then the most urgent."""
    found = [*_of_ledger(estate)]
    for state in estate.policies.values():
        found += _of_policy(state, estate, limits)
    latest = datetime.max.replace(tzinfo=UTC)
    found.sort(key=lambda due: (due.kind.weight, due.until or latest, due.policy, due.text))
    return tuple(found)


def _of_ledger(estate: Estate) -> Iterator[Due]:
    for finding in estate.findings:
        if finding.policy == "" or finding.policy not in estate.policies:
            yield from _finding(finding)


def _of_policy(state: PolicyState, estate: Estate, limits: Limits) -> Iterator[Due]:
    for finding in state.findings:
        yield from _finding(finding)
    for turn in state.turns:
        yield _turn(turn, estate.now)
    if state.retired or state.policy is None:
        return
    yield from _drift(state)
    yield from _escalation(state)
    yield from _exceptions(state, estate, limits)
    yield from _review(state, estate.now, limits)
    yield from _parked(state, estate.now, limits)


_UNRECORDED = frozenset({"UNRECORDED_CHANGE", "UNREGISTERED_POLICY"})


def _finding(finding: Finding) -> Iterator[Due]:
    if finding.code in SIGNATURES_OWED:
        return
    kind = Kind.TAMPERED
    if finding.code in _UNRECORDED:
        kind = Kind.UNRECORDED
    elif finding.code == NOT_IN_FORCE:
        kind = Kind.UNREADABLE
    elif finding.code in ROOT_OWED:
        kind = Kind.APPROVAL
    elif finding.severity < Severity.ERROR:
        kind = Kind.NOTED
    yield Due(kind=kind, policy=finding.policy, text=finding.message)


def _turn(turn: Turn, now: datetime) -> Due:
    entry = turn.entry
    owed = f"entry {entry.seq} ({turn.what}) waits for {turn.count} x {turn.role}"
    if turn.stuck:
        have = counted(len(turn.people), "person") if turn.people else "nobody"
        owed += f", which only {have} may give" if turn.people else ", which nobody may give"
    due = Due(kind=Kind.APPROVAL, policy=entry.policy, text=owed, who=turn.people)
    if turn.until is None:
        return due
    over = now > turn.until
    word = "was due on" if over else "is due by"
    return replace(
        due,
        kind=Kind.EMERGENCY_OVERDUE if over else Kind.EMERGENCY,
        text=f"{owed}; {word} {moment_text(turn.until)}",
        until=turn.until,
    )


def _drift(state: PolicyState) -> Iterator[Due]:
    assert state.last is not None
    for item in state.checks:
        if item.differences and item.effect.may_weaken:
            kind, said = Kind.DRIFT, "may let through more than was approved"
        elif item.differences:
            kind, said = Kind.NOTED, "is stricter than what was approved"
        elif item.digest != state.last.entry.after:
            kind = Kind.NOTED
            said = f"was compared with entry {item.entry}, and entry {state.last.entry.seq} holds"
        else:
            continue
        text = f"{item.target} {said} ({item.by}, {moment_text(item.checked)})"
        yield Due(kind=kind, policy=state.id, text=text, who=(state.owner,))


def _escalation(state: PolicyState) -> Iterator[Due]:
    report = state.gate.report if state.gate else None
    for trigger in report.triggers if report else ():
        if trigger.state is Fired.FIRED:
            text = f"{trigger.sentence}: {trigger.trigger.do}"
            who = (trigger.trigger.notify or state.owner,)
            yield Due(kind=Kind.ESCALATION, policy=state.id, text=text, who=who)


def _exceptions(state: PolicyState, estate: Estate, limits: Limits) -> Iterator[Due]:
    assert state.policy is not None
    for item in state.policy.exceptions:
        left = days_left(item.expires, estate.now)
        if is_expired(item.expires, estate.now):
            kind, text = Kind.EXCEPTION_EXPIRED, f"exception '{item.id}' expired"
            if item.expires is not None:
                text += f" after {item.expires}"
        elif left <= limits.soon.days:
            kind = Kind.EXCEPTION_EXPIRING
            text = f"exception '{item.id}' ends {_in(left)}, after {item.expires}"
        else:
            continue
        yield Due(
            kind=kind,
            policy=state.id,
            text=text,
            who=(item.owner,),
            until=_end_of(item.expires) if item.expires else None,
        )


def _review(state: PolicyState, now: datetime, limits: Limits) -> Iterator[Due]:
    if state.next_review is None:
        return
    left = days_left(state.next_review, now)
    if left > limits.soon.days:
        return
    kind, text = Kind.REVIEW_SOON, f"the thresholds are to be reviewed {_in(left)}"
    if left < 0:
        kind = Kind.REVIEW_OVERDUE
        text = f"the thresholds were to be reviewed {counted(-left, 'day')} ago"
    assert state.policy is not None
    who = state.policy.thresholds.owner or state.owner
    until = _end_of(state.next_review)
    yield Due(kind=kind, policy=state.id, text=text, who=(who,), until=until)


def _parked(state: PolicyState, now: datetime, limits: Limits) -> Iterator[Due]:
    if state.stage is None or state.since is None:
        return
    limit, spent = limits.parked.get(state.stage), now - state.since
    if limit is not None and spent > limit:
        text = (
            f"in '{state.stage.value}' for {counted(spent.days, 'day')}, "
            f"and {counted(limit.days, 'day')} are the limit"
        )
        yield Due(kind=Kind.PARKED, policy=state.id, text=text, who=(state.owner,))


def _in(left: int) -> str:
    return f"in {counted(left, 'day')}" if left else "today"


def _end_of(day: date) -> datetime:
    """The last moment of a day."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
