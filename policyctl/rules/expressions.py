"""The regular expressions in a policy file, read once and never executed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from policyctl.core.expression import Expression, expression
from policyctl.core.finding import Path
from policyctl.rules.rule import Subject


def texts(subject: Subject) -> Iterator[tuple[str, str, Path]]:
    """Yield detector, text and place of each expression in the file."""
    for index, item in enumerate(subject.data.get("guardrails", ())):
        for position, text in enumerate(item.get("regex", ())):
            yield item["detector"], text, ("guardrails", index, "regex", position)


def expressions(subject: Subject) -> Iterator[tuple[str, Expression, Path]]:
    """Yield detector, expression and place of each that can be compiled."""
    for detector, text, at in texts(subject):
        found = read(text)
        if isinstance(found, Expression):  # otherwise 'regex-invalid' says so
            yield detector, found, at


@lru_cache(maxsize=1024)
def read(text: str) -> Expression | str:
    """The expression, or why it cannot be compiled."""
    try:
        return expression(text)
    except ValueError as error:
        return str(error)
