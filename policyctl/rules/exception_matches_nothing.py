"""An exception lets something through that the policy would otherwise stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.detectors import is_known
from policyctl.core.finding import Severity
from policyctl.core.sides import Direction
from policyctl.rules.reach import choices
from policyctl.rules.rule import Problem, Rule, Subject

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

    from policyctl.core.effective import Effective


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each guardrail, direction or app of an exception that fits nothing."""
    exceptions = subject.data.get("exceptions")
    if not exceptions or subject.effective is None:
        return
    for index, item in enumerate(exceptions):
        yield from _without_guardrail(subject.effective, item, index)
        yield from _without_app(subject.effective, item, index)


def _without_guardrail(
    effective: Effective, item: Mapping[str, Any], index: int
) -> Iterator[Problem]:
    name = item["guardrail"]
    if not is_known(name):  # 'unknown-detector' says so
        return
    sides = effective.reach.directions(name)
    wanted = item["when"].get("direction")
    if not sides:
        yield Problem(
            message=f"exception '{item['id']}' is for '{name}', which no enabled guardrail detects",
            at=("exceptions", index, "guardrail"),
            hint=choices(effective),
        )
    elif wanted is not None and Direction(wanted) not in sides:
        yield Problem(
            message=f"exception '{item['id']}' is for {wanted},"
            f" where no enabled guardrail detects '{name}'",
            at=("exceptions", index, "when", "direction"),
            hint=f"'{name}' is detected in the {sides[0].value}",
        )


def _without_app(effective: Effective, item: Mapping[str, Any], index: int) -> Iterator[Problem]:
    apps = effective.data.get("applies_to", {}).get("apps")
    if not apps:
        return
    named = item["when"].get("app", ())
    is_one = isinstance(named, str)
    for position, app in enumerate([named] if is_one else named):
        if app not in apps:
            place: tuple[int, ...] = () if is_one else (position,)
            yield Problem(
                message=f"exception '{item['id']}' names app '{app}',"
                " to which the policy does not apply",
                at=("exceptions", index, "when", "app", *place),
                hint=f"applies_to.apps has: {', '.join(apps)}",
            )


RULE = Rule(
    id="exception-matches-nothing",
    summary="an exception is for something that the policy never stops",
    severity=Severity.ERROR,
    check=check,
    validates=True,
)
