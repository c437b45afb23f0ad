"""The guardrails as a policy file lists them, with the directions that each speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from policyctl.core.items import directions
from policyctl.rules.rule import Subject

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


def sides_below(subject: Subject) -> Collection[tuple[str, str]]:
    """Detector and direction of each of the baseline's guardrails."""
    if subject.effective is not None:
        return subject.effective.inherited.keys()
    return {
        (item["detector"], direction)
        for item in (subject.baseline or {}).get("guardrails", ())
        for direction in directions(item)
    }


def guardrail_items(subject: Subject) -> Iterator[tuple[int, Mapping[str, Any], list[str]]]:
    """Yield index, item and directions of each guardrail in the file, the baseline's not."""
    own = subject.data.get("guardrails")
    if not own:
        return
    below = sides_below(subject)
    for index, item in enumerate(own):
        yield index, item, directions(item, below)
