"""What a new rule starts from: its module, its page and its test."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword

from policyctl.core.entry import SLUG
from policyctl.errors import UsageError
from policyctl.usecases.selection import KNOWN

_LONGEST_SUMMARY = 80
_LONGEST_ID = 50
_REFUSED = frozenset('"\\`#')

_MODULE = '''\
"""{sentence}."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each place where {summary}."""
    del subject
    yield from ()


RULE = Rule(
    id="{id}",
    summary="{summary}",
    severity=Severity.WARNING,
    check=check,
)
'''
_POLICY = """\
schema: policyctl/policy/v1
id: support
name: Customer support
purpose: Answers questions about orders and returns in the web shop.
use_case: public-facing
data_sensitivity: internal
owner: support
stage: logging
sensitivity: L3
guardrails:
  - detector: prompt_attack
"""
_PAGE = """\
# {summary}

`{id}` · warning

## Why

To be written: what goes wrong for whom where nobody says this.

## Finds

To be written: what exactly is found.

```yaml bad
{policy}# To be written: what this rule finds, and no other rule.
```

## Accepts

To be written: what is right, and what looks similar and is left alone.

```yaml good
{policy}# To be written: the same, put right.
```

## Reference

To be written: the public documents that this rests on.
"""
_TEST = '''\
"""Corner cases of {id}."""

from __future__ import annotations

from policyctl.rules.{module} import RULE


def test_what_it_is_about_is_found_at_its_place(compact, subject_of):
    # `compact` is a policy that every rule accepts: add to it what this rule finds.
    found = list(RULE.check(subject_of(compact)))

    assert [(problem.message, problem.at) for problem in found] == [("to be written", ())]
'''


def new_rule(id: str, summary: str) -> Mapping[str, str]:  # noqa: A002 - the id of a rule
    """The files of a new rule by their path in a checkout; its check finds nothing yet.

    Args:
        id: lower-case words with hyphens.
        summary: what the rule finds, in one lower-case line without a full stop.

    Raises:
        UsageError: the id or the summary cannot be one.
    """
    module = id.replace("-", "_")
    if not SLUG.match(id) or len(id) > _LONGEST_ID or iskeyword(module) or id == "new":
        raise UsageError(f"{id!r} cannot be the id of a rule", hint="as in exception-without-owner")
    if id in KNOWN:
        raise UsageError(f"there is a rule '{id}' already", hint=f"policyctl rule {id}")
    problem = _problem_of(summary)
    if problem:
        raise UsageError(f"the summary {problem}", hint="as in 'an exception names no owner'")
    words = {
        "id": id,
        "module": module,
        "summary": summary,
        "sentence": summary[:1].upper() + summary[1:],
        "policy": _POLICY,
    }
    return {
        f"policyctl/rules/{module}.py": _MODULE.format(**words),
        f"docs/rules/{id}.md": _PAGE.format(**words),
        f"tests/rules/test_{module}.py": _TEST.format(**words),
    }


def _problem_of(summary: str) -> str:
    if not summary.strip() or summary != summary.strip():
        return "is empty, or has spaces around it"
    if len(summary) > _LONGEST_SUMMARY:
        return f"is longer than {_LONGEST_SUMMARY} characters"
    if not summary.isprintable() or _REFUSED & set(summary):
        return "holds line breaks, quotes, backslashes or the like"
    if summary.endswith(".") or summary[:1].isupper():
        return "is a line without a capital and a full stop"
    return ""
