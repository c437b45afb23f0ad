"""Settings that stand in several places of a configuration, as one."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.engines.setting import Setting
from policyctl.core.frozen import replace
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction


def merged(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """One setting for each side, by detector and direction.

    Where several speak of one side, what acts in one of them acts, the strictest dial and the
    harder action count, and lists are joined.
    """
    found: dict[tuple[str, Direction], Setting] = {}
    for item in settings:
        before = found.get(item.side)
        found[item.side] = _both(before, item) if before else item
    return tuple(sorted(found.values(), key=lambda item: (item.side[0], item.side[1].value)))


def _both(one: Setting, other: Setting) -> Setting:
    if one.acts is not other.acts:
        return one if one.acts else other
    return replace(one, guardrail=_stricter(one.guardrail, other.guardrail))


def _stricter(one: Guardrail, other: Guardrail) -> Guardrail:
    return replace(
        one,
        action=Action.BLOCK if Action.BLOCK in (one.action, other.action) else one.action,
        sensitivity=max(one.sensitivity, other.sensitivity),
        words=tuple(dict.fromkeys((*one.words, *other.words))),
        regex=tuple(dict.fromkeys((*one.regex, *other.regex))),
        topics=tuple(dict.fromkeys((*one.topics, *other.topics))),
        # What one of them stops is stopped.
        allowed_domains=tuple(
            domain for domain in one.allowed_domains if domain in other.allowed_domains
        ),
    )
