"""Explain what a finding's code means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policyctl.core.frozen import frozen
from policyctl.core.suggestion import suggestion
from policyctl.errors import UsageError
from policyctl.rules.registry import RULES
from policyctl.rules.rule import Rule
from policyctl.rules.wider import AnyRule
from policyctl.usecases.selection import KNOWN

_SECTION = re.compile(r"^## `([a-z0-9-]+)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@frozen
class RuleRow:
    """What a list of rules says of one.

    Attributes:
        commands: the commands that run it.
        is_fixable: whether ``lint --fix`` may cure what it finds.
    """

    id: str
    severity: str
    summary: str
    commands: tuple[str, ...]
    is_fixable: bool
    references: tuple[str, ...]


@frozen
class Explanation:
    """What a code means, as Markdown."""

    code: str
    page: str


def rule_rows() -> tuple[RuleRow, ...]:
    """All rules, in alphabetical order."""
    return tuple(_row(rule) for rule in RULES)


def explain(code: str, pages: Mapping[str, str]) -> Explanation:
    """What a code means: a rule's page, or a section where a page explains several codes.

    Args:
        code: as findings show it.
        pages: the shipped pages by their name.

    Raises:
        UsageError: no finding has this code.
    """
    if code in KNOWN and code in pages:
        return Explanation(code=code, page=pages[code])
    sections = {name: text for page in pages.values() for name, text in _sections(page)}
    if code in sections:
        return Explanation(code=code, page=sections[code])
    known = (KNOWN & pages.keys()) | sections.keys()
    hint = suggestion(code, known) or "policyctl rule lists all rules"
    raise UsageError(f"there is no rule '{code}'", hint=hint)


def _sections(page: str) -> Iterator[tuple[str, str]]:
    for match in _SECTION.finditer(page):
        yield match[1], f"# {match[1]}\n{match[2].rstrip()}\n"


def _row(rule: AnyRule) -> RuleRow:
    validates = isinstance(rule, Rule) and rule.validates
    return RuleRow(
        id=rule.id,
        severity=rule.severity.name.lower(),
        summary=rule.summary,
        commands=("validate", "lint") if validates else ("lint",),
        is_fixable=isinstance(rule, Rule) and rule.fix is not None,
        references=rule.references,
    )
