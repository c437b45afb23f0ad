"""The regular expressions in a policy file that can be judged, each read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from policyctl.core.expression import Expression, expression
from policyctl.core.finding import Path
from policyctl.rules.expression_texts import expression_texts
from policyctl.rules.rule import Subject

MOST_CHARACTERS = 20_000
"""Characters of all expressions of a policy together that are judged, in the order of the file.

The most intricate take a third of a millisecond for each, and a file has room for a million.
"""


def expressions(subject: Subject) -> Iterator[tuple[str, Expression, Path]]:
    """Yield detector, expression and place of each that can be compiled, as far as is judged."""
    for detector, text, at in _judged(subject)[0]:
        found = _read(text)
        if found is not None:  # otherwise 'regex-invalid' says so
            yield detector, found, at


def unjudged(subject: Subject) -> tuple[Path, ...]:
    """The places of the expressions that are not judged, because there are too many before."""
    return tuple(at for _, _, at in _judged(subject)[1])


def _judged(subject: Subject) -> tuple[list[tuple[str, str, Path]], list[tuple[str, str, Path]]]:
    """The expressions that are judged, and those after them that are not."""
    found = list(expression_texts(subject))
    left = MOST_CHARACTERS
    for index, (_, text, _) in enumerate(found):
        left -= len(text)
        if left < 0:
            return found[:index], found[index:]
    return found, []


@lru_cache(maxsize=1024)
def _read(text: str) -> Expression | None:
    try:
        return expression(text)
    except ValueError:
        return None
