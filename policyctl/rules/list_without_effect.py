"""A guardrail's lists are of the kind that its detector looks at."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covers
from policyctl.core.detectors import is_known
from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject

_USED_BY = {
    "words": ("custom", "moderated_content", "pii", "topic"),
    "regex": ("custom", "moderated_content", "pii", "secrets", "topic"),
    "topics": ("custom", "topic"),
    "allowed_domains": ("unknown_links",),
}
_TITLES = {
    "words": "words",
    "regex": "regular expressions",
    "topics": "topics",
    "allowed_domains": "allowed domains",
}


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each list of a guardrail whose detector has no use for it."""
    for index, item in enumerate(subject.data.get("guardrails", ())):
        name = item["detector"]
        if not is_known(name):  # 'unknown-detector' says so
            continue
        for key, families in _USED_BY.items():
            if key in item and not any(covers(family, name) for family in families):
                yield Problem(
                    message=f"guardrail '{name}' has {_TITLES[key]}, which its detector never"
                    " looks at",
                    at=("guardrails", index, key),
                    hint=f"'{key}' belongs to {' or '.join(families)}",
                    key=True,
                )


RULE = Rule(
    id="list-without-effect",
    summary="a guardrail has a list that its detector never looks at",
    severity=Severity.WARNING,
    check=check,
)
