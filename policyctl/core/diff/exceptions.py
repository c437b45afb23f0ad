"""Differences between the exceptions of two policies, matched by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from policyctl.core.covering import covers
from policyctl.core.diff.change import Kind, Place, PolicyChange
from policyctl.core.diff.effect import Effect, ordered, pointwise, together
from policyctl.core.expiry import days_left, is_expired
from policyctl.core.policy import Policy, PolicyException


def exception_changes(before: Policy, after: Policy, now: datetime) -> Iterator[PolicyChange]:
    """The differences; an exception that has ended lets nothing through any more.

    Args:
        before: the policy in force before.
        after: the policy in force after.
        now: the moment by which expiry is judged.
    """
    old = {item.id: item for item in before.exceptions}
    new = {item.id: item for item in after.exceptions}
    for name in sorted({*old, *new}):
        changes = _Changes(after.id, name, now)
        if name not in new:
            yield changes.removed(old[name])
        elif name not in old:
            yield changes.added(new[name])
        else:
            yield from changes.changed(old[name], new[name])


def exception_data(item: PolicyException) -> dict[str, Any]:
    """An exception as plain data."""
    data: dict[str, Any] = {
        "guardrail": item.guardrail,
        "when": _criterion(item),
        "reason": item.reason,
        "owner": item.owner,
        "ticket": item.ticket,
        "expires": _day(item.expires),
    }
    return {key: value for key, value in data.items() if value}


def _criterion(item: PolicyException) -> dict[str, Any]:
    data: dict[str, Any] = {
        "app": [*item.apps],
        "cohort": [*item.cohorts],
        "key": [*item.keys],
        "direction": item.direction.value if item.direction else "",
    }
    return {key: value for key, value in data.items() if value}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


class _Changes:
    """Makes the changes of one exception."""

    def __init__(self, policy: str, name: str, now: datetime) -> None:
        self.make = Place(policy, f"exceptions.{name}").change
        self.now = now

    def ended(self, item: PolicyException) -> bool:
        return is_expired(item.expires, self.now)

    def lasts(self, item: PolicyException) -> str:
        left = days_left(item.expires, self.now)
        if left < 0:
            return "it has ended"
        return "today is its last day" if left == 0 else f"{left} days left after today"

    def added(self, new: PolicyException) -> PolicyChange:
        effect = Effect.NEUTRAL if self.ended(new) else Effect.LOOSER
        data = exception_data(new)
        return self.make(Kind.EXCEPTION_ADDED, "", None, data, effect, self.lasts(new))

    def removed(self, old: PolicyException) -> PolicyChange:
        effect = Effect.NEUTRAL if self.ended(old) else Effect.TIGHTER
        data = exception_data(old)
        return self.make(Kind.EXCEPTION_REMOVED, "", data, None, effect, self.lasts(old))

    def changed(self, old: PolicyException, new: PolicyException) -> Iterator[PolicyChange]:
        lives = not self.ended(old) and not self.ended(new)
        if old.expires != new.expires:
            yield self.make(
                Kind.EXCEPTION_EXPIRY,
                "expires",
                _day(old.expires),
                _day(new.expires),
                self._expiry(old, new),
                self.lasts(new),
            )
        if old.guardrail != new.guardrail:
            kind = Kind.EXCEPTION_GUARDRAIL
            effect = _covered(old.guardrail, new.guardrail) if lives else Effect.NEUTRAL
            yield self.make(kind, "guardrail", old.guardrail, new.guardrail, effect)
        if _criterion(old) != _criterion(new):
            kind = Kind.EXCEPTION_CRITERION
            effect = _criteria(old, new) if lives else Effect.NEUTRAL
            yield self.make(kind, "when", _criterion(old), _criterion(new), effect)
        for field, was, now in (
            ("owner", old.owner, new.owner),
            ("reason", old.reason, new.reason),
            ("ticket", old.ticket, new.ticket),
        ):
            if was != now:
                yield self.make(
                    Kind.EXCEPTION_TEXT, field, was or None, now or None, Effect.NEUTRAL
                )

    def _expiry(self, old: PolicyException, new: PolicyException) -> Effect:
        if self.ended(old) and self.ended(new):
            return Effect.NEUTRAL
        earlier = new.expires is None or (old.expires is not None and new.expires < old.expires)
        return ordered(0, 1, stricter=earlier)


def _covered(old: str, new: str) -> Effect:
    if covers(new, old):
        return Effect.LOOSER
    return Effect.TIGHTER if covers(old, new) else Effect.MIXED


def _criteria(old: PolicyException, new: PolicyException) -> Effect:
    """A criterion that holds more often lets more through."""
    direction = pointwise(
        [
            (0, int(_outside(_one(old), _one(new)))),
            (int(_outside(_one(new), _one(old))), 0),
        ]
    )
    return together(
        [
            direction,
            *(
                pointwise([(0, int(_outside(was, now))), (int(_outside(now, was)), 0)])
                for was, now in (
                    (old.apps, new.apps),
                    (old.cohorts, new.cohorts),
                    (old.keys, new.keys),
                )
            ),
        ]
    )


def _one(item: PolicyException) -> tuple[str, ...]:
    return (item.direction.value,) if item.direction else ()


def _outside(part: Sequence[str], whole: Sequence[str]) -> bool:
    """True if ``part`` holds what ``whole`` does not; no list at all holds everything."""
    return bool(whole) and (not part or bool(set(part) - set(whole)))
