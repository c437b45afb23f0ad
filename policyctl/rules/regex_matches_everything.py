"""A regular expression says what a message must hold."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.expression import (
    Anchor,
    Atomic,
    Chars,
    Choice,
    Expression,
    Node,
    Repeat,
    Sequence,
)
from policyctl.core.finding import Severity
from policyctl.core.frozen import frozen
from policyctl.rules.expressions import expressions
from policyctl.rules.rule import Problem, Rule, Subject

_LIMIT = 3
"""More characters of any kind than these may be meant as a limit on length."""


@frozen
class _Need:
    """What the easiest match needs: how many characters of any kind, and the ends it is tied to.

    Attributes:
        fills: whether it takes a line of any length.
    """

    width: int = 0
    start: bool = False
    end: bool = False
    fills: bool = False


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each expression that fits messages whatever they hold."""
    for detector, expression, at in expressions(subject):
        need = _need(expression.tree, expression)
        if need is None or need.width > _LIMIT:
            continue
        tied = need.start and need.end
        if not tied or need.fills:
            what = "every line of text" if tied else _few(need.width)
            yield Problem(
                message=f"a regular expression of guardrail '{detector}' matches {what}",
                at=at,
                hint="name something that a message must hold;"
                " an empty branch, as in 'a|', matches everything too",
            )


def _few(width: int) -> str:
    if not width:
        return "the empty text, and so every message"
    return f"any {width} characters" if width > 1 else "any character"


def _need(node: Node, expression: Expression) -> _Need | None:
    """What the easiest match of a part needs; None if that is something of its own."""
    match node:
        case Chars():
            fits = node.mask | ~expression.anything == -1
            return _Need(width=1) if fits else None
        case Sequence():
            return _together([_need(part, expression) for part in node.parts])
        case Choice():
            needs = [need for branch in node.branches if (need := _need(branch, expression))]
            return min(needs, key=lambda need: (need.start and need.end, need.width), default=None)
        case Repeat():
            return _repeated(node, _need(node.body, expression))
        case Atomic():
            return _need(node.body, expression)
        case Anchor() if node.kind != "boundary":
            return _Need(start=node.kind == "start", end=node.kind == "end")
        case _:
            return None


def _together(needs: list[_Need | None]) -> _Need | None:
    known = [need for need in needs if need is not None]
    if len(known) < len(needs):
        return None
    return _Need(
        width=sum(need.width for need in known),
        start=any(need.start for need in known),
        end=any(need.end for need in known),
        fills=any(need.fills for need in known),
    )


def _repeated(node: Repeat, body: _Need | None) -> _Need | None:
    if body is None:
        return None if node.least else _Need()
    times = min(node.least, _LIMIT + 1)
    fills = body.fills or (body.width == 1 and node.most is None)
    if not times:
        return _Need(fills=fills)
    return _Need(width=body.width * times, start=body.start, end=body.end, fills=fills)


RULE = Rule(
    id="regex-matches-everything",
    summary="a regular expression matches every message",
    severity=Severity.WARNING,
    check=check,
    references=("https://docs.python.org/3/library/re.html#regular-expression-syntax",),
)
