"""What recorded detections cannot say about a change of policy, and why.

Nothing that was not recorded can be decided again: detections less confident than what the engine
was set to record, detectors that gave no answer, and what another definition would have found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policyctl.core.decision_table import EVERYBODY, NOBODY, Cell, DecisionTable, Row, tables_of
from policyctl.core.frozen import frozen
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.recorded_traffic import Seen
from policyctl.core.sides import Direction

Side = tuple[str, Direction, str]
"""A guardrail, its direction, an application."""

_DEFINITIONS = ("words", "regex", "topics", "allowed_domains")


@frozen
class NotReplayable:
    """A part of a change that the records say nothing about, or not all.

    Attributes:
        app: the application, or empty for all.
        reason: why, as one sentence.
    """

    guardrail: str
    direction: Direction
    app: str
    reason: str


def not_replayable(
    old: Policy | None, new: Policy | None, seen: Mapping[Cell, Seen]
) -> tuple[NotReplayable, ...]:
    """What the records cannot say about the step from one policy to another.

    Args:
        old: the policy before; None for none.
        new: the policy after; None for none.
        seen: what was recorded in each cell.
    """
    found: dict[Side, NotReplayable] = {}
    for gap in (*_redefined(old, new), *_unrecorded(old, new, seen), *_too_shallow(old, new, seen)):
        found.setdefault((gap.guardrail, gap.direction, gap.app), gap)
    order = sorted(found, key=lambda side: (side[0], side[1].value, side[2]))
    return tuple(found[side] for side in order)


def differing(old: Policy | None, new: Policy | None, seen: Mapping[Cell, Seen]) -> frozenset[Side]:
    """The guardrails and applications of which the two policies do not decide alike."""
    before, after = tables_of(old, new)
    found = {
        (row.guardrail, cell.direction, cell.app)
        for cell in (*_representatives(old, new, seen), *seen)
        for row in (after.row(cell) or before.row(cell),)
        if row and _effect(before, cell) != _effect(after, cell)
    }
    return frozenset(
        found | {(gap.guardrail, gap.direction, gap.app) for gap in _redefined(old, new)}
    )


def _redefined(old: Policy | None, new: Policy | None) -> Iterator[NotReplayable]:
    """Guardrails that look for something else than when the records were made."""
    known = {(item.detector, item.direction): item for item in old.guardrails} if old else {}
    for item in new.guardrails if new else ():
        was = known.get((item.detector, item.direction))
        changed = [name for name in _DEFINITIONS if item.enabled and _differs(item, was, name)]
        if changed:
            what = changed[0].replace("_", " ")
            yield NotReplayable(
                guardrail=item.detector,
                direction=item.direction,
                app="",
                reason=f"its {what} changed: what they would have found was not recorded",
            )


def _differs(item: Guardrail, was: Guardrail | None, name: str) -> bool:
    return bool(getattr(item, name) != (getattr(was, name) if was else ()))


def _unrecorded(
    old: Policy | None, new: Policy | None, seen: Mapping[Cell, Seen]
) -> Iterator[NotReplayable]:
    """Guardrails that would decide otherwise, and whose detectors gave no answer."""
    before, after = tables_of(old, new)
    answered = {
        (row.guardrail, cell.direction, cell.app)
        for cell, item in seen.items()
        for row in (before.row(cell), after.row(cell))
        if row and item.evaluations
    }
    silent: dict[tuple[str, Direction], dict[str, bool]] = {}
    for cell in _representatives(old, new, {}):
        row = after.row(cell) or before.row(cell)
        if row is None or _effect(before, cell) == _effect(after, cell):
            continue
        name, direction = row.guardrail, cell.direction
        apps = {side[2] for side in answered if side[:2] == (name, direction)}
        told = cell.app in apps if cell.app else bool(apps)
        silent.setdefault((name, direction), {})[cell.app] = not told and bool(apps)
        if not apps:
            silent[name, direction] = {"": True}
    for (name, direction), apps_of in silent.items():
        for app in (app for app, is_silent in apps_of.items() if is_silent):
            where = f" in {app}" if app else ""
            yield NotReplayable(
                guardrail=name,
                direction=direction,
                app=app,
                reason=f"no detector of it answered{where} in these records",
            )


def _too_shallow(
    old: Policy | None, new: Policy | None, seen: Mapping[Cell, Seen]
) -> Iterator[NotReplayable]:
    """Guardrails that get more sensitive than what the engine was set to record."""
    before, after = tables_of(old, new)
    deepest: dict[Side, int] = {}
    asked: dict[Side, int] = {}
    for cell, item in seen.items():
        was, row = before.row(cell), after.row(cell)
        if row is None or not item.evaluations:
            continue
        side = (row.guardrail, cell.direction, cell.app)
        deepest[side] = max(item.deepest, deepest.get(side, 0))
        if was is None or row.sensitivity > was.sensitivity:
            asked[side] = max(row.sensitivity, asked.get(side, 0))
    for side, sensitivity in asked.items():
        level = deepest[side]
        if level < sensitivity:
            reached = f"nothing beyond level {level}" if level else "nothing at any level"
            yield NotReplayable(
                guardrail=side[0],
                direction=side[1],
                app=side[2],
                reason=f"{reached} was recorded in {side[2]}, so what L{sensitivity} would flag"
                " there is not known",
            )


def _representatives(
    old: Policy | None, new: Policy | None, seen: Mapping[Cell, Seen]
) -> Iterator[Cell]:
    """A cell for each guardrail in each application and cohort that makes a difference."""
    policies = [policy for policy in (old, new) if policy]
    apps = {app for policy in policies for app in policy.apps}
    apps |= {cell.app for cell in seen} if not all(policy.apps for policy in policies) else set()
    cohorts = _cohorts(policies)
    sides = {(item.detector, item.direction) for policy in policies for item in policy.guardrails}
    for detector, direction in sorted(sides, key=lambda side: (side[0], side[1].value)):
        for app in sorted(apps) or [""]:
            for cohort in cohorts:
                yield Cell(app=app, cohort=cohort, direction=direction, detector=detector)


def _cohorts(policies: Iterable[Policy]) -> tuple[str, ...]:
    """No cohort, and one for each way in which the policies tell cohorts apart."""
    groups = [
        frozenset(names)
        for policy in policies
        for names in (
            policy.limited.cohorts if policy.limited else (),
            *(item.cohorts for item in policy.exceptions),
        )
        if names
    ]
    found = {
        tuple(name in group for group in groups): name for name in sorted(set().union(*groups))
    }
    return ("", *found.values())


def _effect(table: DecisionTable, cell: Cell) -> tuple[Row, str] | None:
    """What a policy does in a cell, whatever its guardrail is called."""
    row = table.row(cell)
    if row is None:
        return None
    salted = row.cut not in (NOBODY, EVERYBODY)
    return _nameless(row), table.salt if salted else ""


def _nameless(row: Row) -> Row:
    return Row(
        guardrail="",
        sensitivity=row.sensitivity,
        action=row.action,
        reached=row.cut != NOBODY,
        cut=row.cut,
        until=row.until,
        keys=row.keys,
    )
