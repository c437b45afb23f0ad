"""Differences between the limited scopes of two policies: the larger scope is the tighter one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from policyctl.core.covering import covers
from policyctl.core.diff.change import Kind, Place, PolicyChange
from policyctl.core.diff.effect import Effect, ordered, pointwise
from policyctl.core.policy import Limited, Policy

_Within = Callable[[str, str], bool]
"""Whether the first name takes in the second."""

_WHOLE = Fraction(2)  # no share at all takes in those without a key too, which 100% does not


def limited_changes(before: Policy, after: Policy) -> Iterator[PolicyChange]:
    """The differences, each value by itself; every value narrows the scope further."""
    old, new = before.limited, after.limited
    make = Place(after.id, "limited").change
    if old is None or new is None:
        if old is not new:
            yield make(Kind.LIMITED, "", _data(old), _data(new), _appeared(new))
        return
    for kind, field, within, was, now in (
        (Kind.LIMITED_GUARDRAILS, "guardrails", covers, old.guardrails, new.guardrails),
        (Kind.LIMITED_APPS, "apps", str.__eq__, old.apps, new.apps),
        (Kind.LIMITED_COHORTS, "cohorts", str.__eq__, old.cohorts, new.cohorts),
    ):
        if set(was) != set(now):
            effect = _narrowing(was, now, within)
            yield make(kind, field, [*was] or None, [*now] or None, effect)
    if old.share != new.share:
        more = (_WHOLE if new.share is None else new.share) > (
            _WHOLE if old.share is None else old.share
        )
        effect = ordered(0, 1, stricter=more)
        yield make(Kind.LIMITED_SHARE, "share", _share(old), _share(new), effect)
    if old.share is not None and new.share is not None:
        for field, before_, after_ in (("key", old.key, new.key), ("salt", old.salt, new.salt)):
            if before_ != after_:
                yield make(
                    Kind.LIMITED_KEY,
                    field,
                    before_,
                    after_,
                    Effect.MIXED,
                    "another part of the traffic is acted upon",
                )


def _appeared(new: Limited | None) -> Effect:
    return Effect.TIGHTER if new is not None else Effect.LOOSER


def _narrowing(before: Sequence[str], after: Sequence[str], within: _Within) -> Effect:
    """The effect of another list that narrows; no list narrows nothing."""
    gained = not _inside(after, before, within)
    lost = not _inside(before, after, within)
    return pointwise([(0, int(gained)), (int(lost), 0)])


def _inside(part: Sequence[str], whole: Sequence[str], within: _Within) -> bool:
    if not whole:
        return True
    return bool(part) and all(any(within(name, item) for name in whole) for item in part)


def _share(limited: Limited) -> str | None:
    return None if limited.share is None else f"{float(limited.share * 100):g}%"


def _data(limited: Limited | None) -> dict[str, Any] | None:
    if limited is None:
        return None
    data: dict[str, Any] = {
        "guardrails": [*limited.guardrails],
        "apps": [*limited.apps],
        "cohorts": [*limited.cohorts],
        "share": _share(limited),
        "key": limited.key if limited.share is not None else "",
    }
    return {key: value for key, value in data.items() if value}
