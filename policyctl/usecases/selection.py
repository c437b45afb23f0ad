"""Which rules run, and how severe they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policyctl.core.finding import Finding
from policyctl.core.frozen import replace
from policyctl.core.suggestion import suggestion
from policyctl.errors import UsageError
from policyctl.rules.registry import RULES
from policyctl.rules.settings import Settings
from policyctl.rules.wider import AnyRule, RangeRule

KNOWN: frozenset[str] = frozenset(rule.id for rule in RULES)
ABOUT_POLICIES: frozenset[str] = frozenset(
    rule.id for rule in RULES if not isinstance(rule, RangeRule)
)
"""The rules whose findings stand in a policy, where a comment can suppress them."""


def chosen(
    settings: Settings,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    *,
    has_range: bool = False,
) -> Settings:
    """The settings with what the command line asks for.

    Args:
        settings: those of the file.
        select: replaces both choices of the file.
        ignore: is added to the file's.
        has_range: whether there are commits to judge.

    Raises:
        UsageError: there is no such rule, or none is left that could find anything.
    """
    for option, names in (("--select", select), ("--ignore", ignore)):
        _require_known(option, names)
    if select:
        settings = replace(settings, select=tuple(select), ignore=())
    settings = replace(settings, ignore=(*settings.ignore, *ignore))
    rules = active(settings)
    if not rules:
        raise UsageError("no rule is left to run", hint="policyctl rule lists all of them")
    if not has_range and all(isinstance(rule, RangeRule) for rule in rules):
        message = "the rules that are left are about commits, and no commits are named"
        raise UsageError(message, hint="add --range BASE..HEAD")
    return settings


def active(settings: Settings) -> tuple[AnyRule, ...]:
    """The rules that run."""
    return tuple(
        rule
        for rule in RULES
        if rule.id not in settings.ignore and (not settings.select or rule.id in settings.select)
    )


def weighed(finding: Finding, settings: Settings) -> Finding:
    """The finding with the severity that the organisation gives it."""
    severity = settings.severity.get(finding.code, finding.severity)
    return finding if severity is finding.severity else replace(finding, severity=severity)


def _require_known(option: str, names: Iterable[str]) -> None:
    for name in names:
        if name not in KNOWN:
            hint = suggestion(name, KNOWN) or "policyctl rule lists all of them"
            raise UsageError(f"{option}: there is no rule '{name}'", hint=hint)
