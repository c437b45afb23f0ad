"""The regular expressions in a policy file that can be judged, each read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from policyctl.core.expression import Expression, expression
from policyctl.core.finding import Path
from policyctl.rules.expression_texts import expression_texts
from policyctl.rules.rule import Subject


def expressions(subject: Subject) -> Iterator[tuple[str, Expression, Path]]:
    """Yield detector, expression and place of each that can be compiled."""
    for detector, text, at in expression_texts(subject):
        found = _read(text)
        if found is not None:  # otherwise 'regex-invalid' says so
            yield detector, found, at


@lru_cache(maxsize=1024)
def _read(text: str) -> Expression | None:
    try:
        return expression(text)
    except ValueError:
        return None
