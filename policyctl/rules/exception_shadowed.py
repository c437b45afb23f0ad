"""Every exception lets something through that no other one does."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covers
from policyctl.core.finding import Severity
from policyctl.core.policy import PolicyException
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each standing exception that another one covers until its end.

    Of two that say the same, the later one is found.
    """
    found = subject.standing
    by_name: dict[str, list[tuple[int, PolicyException]]] = {}
    for index, exception in found:
        by_name.setdefault(exception.guardrail, []).append((index, exception))
    for index, exception in found:
        for place, other in _rivals(by_name, exception.guardrail):
            if place == index or not _contains(other, exception):
                continue
            if place > index and _contains(exception, other):
                continue
            yield Problem(
                message=f"exception '{exception.id}' lets nothing through"
                f" that '{other.id}' does not",
                at=("exceptions", index, "id"),
                hint=f"remove it, or narrow '{other.id}'",
            )
            break


def _rivals(
    by_name: dict[str, list[tuple[int, PolicyException]]], detector: str
) -> Iterator[tuple[int, PolicyException]]:
    """The exceptions for a detector and for every family that it belongs to."""
    while detector:
        yield from by_name.get(detector, ())
        detector = detector.rpartition("/")[0]


def _contains(wide: PolicyException, narrow: PolicyException) -> bool:
    """True if all that the narrow exception's criterion fits, the wide one's fits as long."""
    return (
        covers(wide.guardrail, narrow.guardrail)
        and _holds(wide.apps, narrow.apps)
        and _holds(wide.cohorts, narrow.cohorts)
        and _holds(wide.keys, narrow.keys)
        and wide.direction in (None, narrow.direction)
        and wide.expires is not None
        and (narrow.expires is None or wide.expires >= narrow.expires)
    )


def _holds(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


RULE = Rule(
    id="exception-shadowed",
    summary="another exception covers everything that an exception covers",
    severity=Severity.WARNING,
    check=check,
)
