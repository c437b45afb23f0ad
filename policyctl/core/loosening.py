"""What a change makes weaker, so that nobody approves it without having read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.weakening import Weakening, guardrails_below, weakenings

_Document = Mapping[str, Any]


def loosened(before: _Document, after: _Document) -> tuple[Weakening, ...]:
    """The values of a policy in force that are weaker than they were; ``baseline`` is the old one.

    What may be either, such as another limited scope, counts as weaker.

    Args:
        before: the values of the policy in force, as `effective.Effective.data` holds them.
        after: the same after the change.
    """
    below = guardrails_below(before)
    return (
        *weakenings(after, before, below),
        *_gone(before, after),
        *_exceptions(before, after),
        *_scope(before, after),
    )


def _gone(before: _Document, after: _Document) -> Iterator[Weakening]:
    left = guardrails_below(after)
    for (detector, direction), item in guardrails_below(before).items():
        if item.get("enabled", True) and (detector, direction) not in left:
            name = f"guardrails.{detector}.{direction}"
            yield Weakening(name=name, baseline="there", policy="gone")


def _exceptions(before: _Document, after: _Document) -> Iterator[Weakening]:
    known = {item["id"]: item for item in before.get("exceptions", ())}
    for item in after.get("exceptions", ()):
        old = known.get(item["id"])
        if old == item:
            continue
        name = f"exceptions.{item['id']}"
        if old is None:
            yield Weakening(name=name, baseline="none", policy=f"until {item['expires']}")
        elif {**old, "expires": item["expires"]} == item:
            if old["expires"] < item["expires"]:
                yield Weakening(
                    name=name, baseline=f"until {old['expires']}", policy=f"until {item['expires']}"
                )
        else:
            yield Weakening(name=name, baseline="as it was", policy="another one")


def _scope(before: _Document, after: _Document) -> Iterator[Weakening]:
    if before["stage"] == after["stage"] == "limited" and before.get("limited") != after.get(
        "limited"
    ):
        yield Weakening(name="limited", baseline="as it was", policy="another scope")
