"""Recorded traffic decided under two policies: what would have been decided differently.

A replay takes the records as they are. What users would have done after another decision is not in
them, nor what a detector of another version or another definition would have said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum

from policyctl.core.decision import Verdict
from policyctl.core.decision_table import Cell, DecisionTable, tables_of
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.recorded_traffic import Seen
from policyctl.core.replayability import NotReplayable, differing, not_replayable
from policyctl.core.sides import Direction

EXAMPLES = 20
"""How many records are named for each kind of changed decision."""

EXAMPLES_SALT = "policyctl/v1:examples"


class Kind(Enum):
    """What a changed decision means for the user of the application."""

    NEWLY_BLOCKED = "newly_blocked"
    NO_LONGER_BLOCKED = "no_longer_blocked"
    BLOCKED_OTHERWISE = "blocked_otherwise"
    OBSERVED_OTHERWISE = "observed_otherwise"

    @classmethod
    def of(cls, old: Verdict, new: Verdict) -> Kind:
        """What it means that a verdict gave way to another one."""
        if old.acts != new.acts:
            return cls.NEWLY_BLOCKED if new.acts else cls.NO_LONGER_BLOCKED
        return cls.BLOCKED_OTHERWISE if new.acts else cls.OBSERVED_OTHERWISE


@frozen
class Place:
    """Where a decision changed, and from what to what.

    Attributes:
        guardrail: the one that decides under the new policy, or where that allows, under the old.
    """

    guardrail: str
    direction: Direction
    app: str
    old: Verdict
    new: Verdict

    @property
    def kind(self) -> Kind:
        """What it means for users."""
        return Kind.of(self.old, self.new)

    @property
    def order(self) -> tuple[int, str, str, str, str, str]:
        """Where it stands among others: what users notice comes first."""
        rank = list(Kind).index(self.kind)
        names = (self.guardrail, self.direction.value, self.app, self.old.value, self.new.value)
        return rank, *names


@frozen
class ChangedDay:
    """The changed decisions of one day (UTC) at one place.

    Attributes:
        first_hits: sessions (or keys, or requests) whose first changed decision here this is: the
            only ones of which the records can say what the user would have met.
        true_positives: detections that a review confirmed.
        false_positives: detections that a review did not confirm, unsure ones included.
        unsure: those of the false positives about which the review was unsure.
    """

    day: date
    events: int
    first_hits: int
    true_positives: int = 0
    false_positives: int = 0
    unsure: int = 0


@frozen
class Example:
    """A record by which a changed decision can be looked at."""

    request_id: str
    detector: str


@frozen
class Changed:
    """All changed decisions at one place, day by day."""

    place: Place
    days: tuple[ChangedDay, ...]
    examples: tuple[Example, ...]

    @property
    def events(self) -> int:
        """Decisions that changed."""
        return sum(day.events for day in self.days)

    @property
    def first_hits(self) -> int:
        """Sessions (or keys, or requests) in which one changed."""
        return sum(day.first_hits for day in self.days)

    @property
    def true_positives(self) -> int:
        """Those that a review confirmed."""
        return sum(day.true_positives for day in self.days)

    @property
    def false_positives(self) -> int:
        """Those that a review did not confirm, unsure ones included."""
        return sum(day.false_positives for day in self.days)

    @property
    def reviewed(self) -> int:
        """Those that carry a label."""
        return self.true_positives + self.false_positives


@frozen
class Changes:
    """What an engine counts: the changed decisions, and the sessions that each kind concerns."""

    changed: tuple[Changed, ...]
    sessions: Mapping[Kind, int]


@frozen
class Replay:
    """What the recorded traffic says about the step from one policy to another.

    Attributes:
        records: all records that were read.
        evaluations: answers of detectors that a guardrail of either policy covers, in the
            applications that it applies to.
        requests: distinct requests of these applications.
        first: time of the first such answer.
        last: time of the last one.
        sessions: sessions (or keys, or requests) that each kind of change concerns.
        judged: whether the records could say anything about the step.
    """

    records: int
    evaluations: int
    requests: int
    first: datetime | None
    last: datetime | None
    changed: tuple[Changed, ...]
    sessions: Mapping[Kind, int]
    not_replayable: tuple[NotReplayable, ...]
    judged: bool

    def events(self, kind: Kind) -> int:
        """Decisions that changed in this way."""
        return sum(item.events for item in self.changed if item.place.kind is kind)

    @property
    def newly_blocked(self) -> int:
        """Detections that the new policy acts on and the old one did not."""
        return self.events(Kind.NEWLY_BLOCKED)


def guardrail_of(
    table_old: DecisionTable, table_new: DecisionTable, cell: Cell, new: Verdict
) -> str:
    """The guardrail that a changed decision in a cell is counted for."""
    row = table_old.row(cell) if new is Verdict.ALLOW else table_new.row(cell)
    return row.guardrail if row else ""


def example_order(request_id: str, detector: str) -> str:
    """By what examples are chosen: a hash with a salt of its own.

    Ordered by the rollout's bucket, the examples would all be records of its first few users.
    """
    text = f"{EXAMPLES_SALT}:{request_id}:{detector}"
    return hashlib.sha256(text.encode()).hexdigest()


def replay_of(
    old: Policy | None,
    new: Policy | None,
    *,
    seen: Mapping[Cell, Seen],
    requests: int,
    changes: Changes,
) -> Replay:
    """The replay that follows from what an engine counted.

    Args:
        old: the policy before; None for none.
        new: the policy after; None for none.
        seen: what was recorded in each cell.
        requests: distinct requests of the policies' applications.
        changes: the changed decisions.
    """
    tables = tables_of(old, new)
    inside = [item for cell, item in seen.items() if any(table.row(cell) for table in tables)]
    gaps = not_replayable(old, new, seen)
    unseen = {(gap.guardrail, gap.direction, gap.app) for gap in gaps}
    at_stake = differing(old, new, seen)
    told = [side for side in at_stake if not {side, (*side[:2], "")} & unseen]
    evaluations = sum(item.evaluations for item in inside)
    return Replay(
        records=sum(item.evaluations + item.errors for item in seen.values()),
        evaluations=evaluations,
        requests=requests,
        first=min((item.first for item in inside if item.first), default=None),
        last=max((item.last for item in inside if item.last), default=None),
        changed=tuple(sorted(changes.changed, key=lambda item: item.place.order)),
        sessions={kind: changes.sessions.get(kind, 0) for kind in Kind},
        not_replayable=gaps,
        judged=evaluations > 0 and (not at_stake or bool(told)),
    )


def in_apps(app: str, policies: Iterable[Policy | None]) -> bool:
    """Whether an application is one that any of the policies applies to."""
    return any(policy and (not policy.apps or app in policy.apps) for policy in policies)
