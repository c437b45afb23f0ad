"""A regular expression takes no more time than a message has length."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.backtracking import Backtracking, Growth, backtracking
from policyctl.core.finding import Severity
from policyctl.rules.expressions import MOST_CHARACTERS, expressions, unjudged
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each expression that takes some texts in many ways.

    Those that no rule judges, because all together are too long, are one more problem.
    """
    for detector, expression, at in expressions(subject):
        found = backtracking(expression)
        if found is not None:
            yield Problem(
                message=f"a regular expression of guardrail '{detector}' {_growth(found)}",
                at=at,
                hint=_hint(found),
            )
    skipped = unjudged(subject)
    if skipped:
        yield Problem(
            message=f"{_several(len(skipped))} from here on {'is' if len(skipped) == 1 else 'are'}"
            f" not judged: together the policy's have more than {MOST_CHARACTERS:,} characters",
            at=skipped[0],
            hint="join or shorten them, or put some of them into another policy",
        )


def _several(count: int) -> str:
    return "the regular expression" if count == 1 else f"the {count:,} regular expressions"


def _growth(found: Backtracking) -> str:
    match found.growth:
        case Growth.EXPONENTIAL:
            return "can take time that doubles with every few characters of a message"
        case Growth.POLYNOMIAL:
            return "can take time that grows with the square of a message, or faster"
        case Growth.UNKNOWN:
            return "is too intricate to tell how long it can take"


def _hint(found: Backtracking) -> str:
    match found.growth:
        case Growth.EXPONENTIAL:
            return (
                f"write what is repeated so that {found.sample!r} is taken in one way only:"
                " no repetition inside a repetition, no branches that overlap"
            )
        case Growth.POLYNOMIAL:
            return (
                f"two repetitions that follow each other both take {found.sample!r}:"
                " join them, or limit how often they repeat"
            )
        case Growth.UNKNOWN:
            return "split it into several simpler ones"


RULE = Rule(
    id="regex-backtracking",
    summary="a regular expression can take very long on some messages",
    severity=Severity.WARNING,
    check=check,
    references=(
        "https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS",
        "https://cwe.mitre.org/data/definitions/1333.html",
    ),
)
