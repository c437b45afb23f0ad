"""Every change of an estate in the order of time, with what vouches for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from policyctl.core.entry import ChangeAction
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.core.stages import Stage


@frozen
class Moment:
    """One change.

    Attributes:
        recorded: the entry, with the signatures that were found valid.
        checkpoint: the first checkpoint that covers it, or 0: then nobody who did not have the
            repository can tell that it was not made later.
    """

    recorded: Recorded
    checkpoint: int

    @property
    def settled(self) -> bool:
        """True if nothing is owed."""
        return not self.recorded.missing


@frozen
class MonthOfChanges:
    """A month: what was recorded in it, and how many policies stood in each stage at its end.

    Attributes:
        name: such as ``2026-11``.
        forward: promotions, ``back`` demotions, voids and retirements, ``other`` all else.
    """

    name: str
    forward: int
    back: int
    other: int
    stages: Mapping[Stage, int]


_BACK = frozenset(
    {
        ChangeAction.DEMOTE,
        ChangeAction.EMERGENCY_DEMOTE,
        ChangeAction.VOID,
        ChangeAction.RETIRE,
    }
)


def timeline(
    chains: Iterable[Sequence[Recorded]], grew: Sequence[Mapping[str, int]]
) -> tuple[Moment, ...]:
    """All entries, newest first.

    Args:
        chains: the entries of each policy.
        grew: up to which entry each checkpoint, from the first, brought the policies that grew.
    """
    found = [
        Moment(recorded=item, checkpoint=_covering(item, grew))
        for chain in chains
        for item in chain
    ]
    found.sort(key=_when, reverse=True)
    return tuple(found)


def _when(moment: Moment) -> tuple[datetime, str, int]:
    entry = moment.recorded.entry
    return entry.requested_at, entry.policy, entry.seq


def _covering(item: Recorded, grew: Sequence[Mapping[str, int]]) -> int:
    entry = item.entry
    for number, lengths in enumerate(grew, start=1):
        if lengths.get(entry.policy, 0) >= entry.seq:
            return number
    return 0


def months(moments: Sequence[Moment], now: datetime) -> tuple[MonthOfChanges, ...]:
    """The months from the first change to the present, in order.

    Args:
        moments: as `timeline` gives them.
        now: the present.
    """
    if not moments:
        return ()
    stages: dict[str, Stage | None] = {}
    counts: dict[str, Counter[str]] = {}
    standing: dict[str, Counter[Stage]] = {}
    for moment in reversed(moments):
        entry = moment.recorded.entry
        name = entry.requested_at.strftime("%Y-%m")
        counts.setdefault(name, Counter())[_kind(entry.action)] += 1
        if moment.settled or entry.action is ChangeAction.EMERGENCY_DEMOTE:
            stages[entry.policy] = entry.target
        standing[name] = Counter(stage for stage in stages.values() if stage)
    found = []
    before: Counter[Stage] = Counter()
    for name in _names(moments[-1].recorded.entry.requested_at, now):
        before = standing.get(name, before)
        count = counts.get(name, Counter())
        found.append(
            MonthOfChanges(
                name=name,
                forward=count["forward"],
                back=count["back"],
                other=count["other"],
                stages={stage: before[stage] for stage in Stage},
            )
        )
    return tuple(found)


def _kind(action: ChangeAction) -> str:
    if action is ChangeAction.PROMOTE:
        return "forward"
    return "back" if action in _BACK else "other"


def _names(first: datetime, last: datetime) -> Iterable[str]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year:04}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004
