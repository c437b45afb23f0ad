"""Differences between the guardrails of two policies.

A guardrail decides about its detector and all narrower ones that no guardrail of their own takes
over. The detectors so fall into regions, one for each name that either policy gives, and inside a
region one guardrail decides before and one after: comparing these two is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policyctl.core.covering import covering
from policyctl.core.diff.change import Kind, Place, PolicyChange
from policyctl.core.diff.effect import Effect, members, ordered, pointwise, together
from policyctl.core.levels import Level
from policyctl.core.policy import Guardrail, Policy, Topic
from policyctl.core.sides import Action, Direction

Side = tuple[str, Direction]
"""A detector and a direction."""


def guardrail_changes(
    before: Policy, after: Policy, following: frozenset[Side] = frozenset()
) -> Iterator[PolicyChange]:
    """The differences, by detector and direction.

    Args:
        before: the policy in force before.
        after: the policy in force after.
        following: guardrails whose sensitivity is the policy's own on both sides; that change is
            told once, for the policy.
    """
    old = {_side(guardrail): guardrail for guardrail in before.guardrails}
    new = {_side(guardrail): guardrail for guardrail in after.guardrails}
    for side in sorted({*old, *new}, key=lambda side: (side[0], side[1].value)):
        changes = _Changes(after.id, side)
        if side not in new:
            yield changes.removed(old[side], covering(after.guardrails, *side))
        elif side not in old:
            yield changes.added(new[side], covering(before.guardrails, *side))
        else:
            yield from changes.changed(old[side], new[side], follows=side in following)


def guardrail_data(guardrail: Guardrail) -> dict[str, Any]:
    """A guardrail's effective values as plain data."""
    data: dict[str, Any] = {
        "action": guardrail.action.value,
        "sensitivity": guardrail.sensitivity.name,
        "enabled": guardrail.enabled,
        "words": list(guardrail.words),
        "regex": list(guardrail.regex),
        "topics": [topic.name for topic in guardrail.topics],
        "allowed_domains": list(guardrail.allowed_domains),
    }
    return {key: value for key, value in data.items() if value != []}


def _side(guardrail: Guardrail) -> Side:
    return guardrail.detector, guardrail.direction


def _strictness(guardrail: Guardrail | None) -> list[int]:
    """What happens at each level of detection: 0 nothing, 1 redact, 2 block."""
    if guardrail is None or not guardrail.enabled:
        return [0 for _ in Level]
    acts = 2 if guardrail.action is Action.BLOCK else 1
    return [acts if guardrail.sensitivity.flags(level) else 0 for level in Level]


class _Changes:
    """Makes the changes of one region."""

    def __init__(self, policy: str, side: Side) -> None:
        self.make = Place(policy, f"guardrails.{side[0]}.{side[1].value}").change

    def added(self, new: Guardrail, family: Guardrail | None) -> PolicyChange:
        note = f"'{family.detector}' decided about it before" if family else ""
        effect = _replaced(family, new)
        return self.make(Kind.GUARDRAIL_ADDED, "", None, guardrail_data(new), effect, note)

    def removed(self, old: Guardrail, family: Guardrail | None) -> PolicyChange:
        note = f"'{family.detector}' decides about it now" if family else ""
        effect = _replaced(old, family)
        return self.make(Kind.GUARDRAIL_REMOVED, "", guardrail_data(old), None, effect, note)

    def changed(self, old: Guardrail, new: Guardrail, *, follows: bool) -> Iterator[PolicyChange]:
        live = old.enabled and new.enabled

        def make(kind: Kind, field: str, before: Any, after: Any, effect: Effect) -> PolicyChange:
            note = "" if live else "the guardrail is switched off before or after"
            return self.make(kind, field, before, after, effect if live else Effect.NEUTRAL, note)

        if old.enabled is not new.enabled:
            effect = pointwise(zip(_strictness(old), _strictness(new), strict=True))
            kind = Kind.GUARDRAIL_SWITCHED
            yield self.make(kind, "enabled", old.enabled, new.enabled, effect)
        if old.sensitivity is not new.sensitivity and not follows:
            yield make(
                Kind.GUARDRAIL_SENSITIVITY,
                "sensitivity",
                old.sensitivity.name,
                new.sensitivity.name,
                ordered(0, 1, stricter=new.sensitivity > old.sensitivity),
            )
        if old.action is not new.action:
            effect = ordered(0, 1, stricter=new.action is Action.BLOCK)
            kind = Kind.GUARDRAIL_ACTION
            yield make(kind, "action", old.action.value, new.action.value, effect)
        for kind, field, effect, values in _lists(old, new):
            yield make(kind, field, *values, effect)
        if old.reason != new.reason:
            yield self.make(
                Kind.TEXT, "reason", old.reason or None, new.reason or None, Effect.NEUTRAL
            )


def _replaced(old: Guardrail | None, new: Guardrail | None) -> Effect:
    """The effect of another guardrail that decides, its lists included."""
    effect = pointwise(zip(_strictness(old), _strictness(new), strict=True))
    if not (old and new and old.enabled and new.enabled):
        return effect
    # What counts as a detection may differ too, and the family's lists were not made for it.
    same = all(
        set(before) == set(after)
        for before, after in (
            (old.words, new.words),
            (old.regex, new.regex),
            (old.topics, new.topics),
            (old.allowed_domains, new.allowed_domains),
        )
    )
    return effect if same else together([effect, Effect.UNKNOWN])


def _lists(
    old: Guardrail, new: Guardrail
) -> Iterator[tuple[Kind, str, Effect, tuple[list[Any], list[Any]]]]:
    if set(old.words) != set(new.words):
        words = [*old.words], [*new.words]
        yield Kind.GUARDRAIL_WORDS, "words", members(*words), words
    if set(old.regex) != set(new.regex):
        regex = [*old.regex], [*new.regex]
        yield Kind.GUARDRAIL_REGEX, "regex", _expressions(*regex), regex
    if set(old.topics) != set(new.topics):
        topics = _topic_data(old.topics), _topic_data(new.topics)
        yield Kind.GUARDRAIL_TOPICS, "topics", _topics(old.topics, new.topics), topics
    if set(old.allowed_domains) != set(new.allowed_domains):
        domains = [*old.allowed_domains], [*new.allowed_domains]
        yield Kind.GUARDRAIL_DOMAINS, "allowed_domains", _domains(*domains), domains


def _expressions(old: Sequence[str], new: Sequence[str]) -> Effect:
    """More expressions find more and fewer find less; whether another one does, nobody knows."""
    effect = members(old, new)
    return Effect.UNKNOWN if effect is Effect.MIXED else effect


def _topics(old: Sequence[Topic], new: Sequence[Topic]) -> Effect:
    effect = members((topic.name for topic in old), (topic.name for topic in new))
    known = {topic.name: topic for topic in old}
    reworded = any(topic.name in known and known[topic.name] != topic for topic in new)
    return together([effect, Effect.UNKNOWN if reworded else Effect.NEUTRAL])


def _topic_data(topics: Sequence[Topic]) -> list[Any]:
    return [
        {"name": topic.name, "definition": topic.definition, "examples": [*topic.examples]}
        for topic in topics
    ]


def _domains(old: Sequence[str], new: Sequence[str]) -> Effect:
    """Each domain that is let through loosens, unless another one lets it through anyway."""
    gained = any(not _let_through(domain, old) for domain in new)
    lost = any(not _let_through(domain, new) for domain in old)
    return pointwise([(int(gained), 0), (0, int(lost))])


def _let_through(domain: str, allowed: Sequence[str]) -> bool:
    bare = domain.removeprefix("*.")
    for other in allowed:
        if other == domain or (other.startswith("*.") and bare.endswith(other[1:])):
            return True
    return False
