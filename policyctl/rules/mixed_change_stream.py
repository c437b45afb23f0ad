"""Policies change in commits of their own."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.core.paths import HOME, POLICIES
from policyctl.rules.path_globs import fits_any
from policyctl.rules.rule import Problem
from policyctl.rules.settings import Settings
from policyctl.rules.wider import Change, RangeRule


def check(changes: tuple[Change, ...], settings: Settings) -> Iterator[tuple[Change, Problem]]:
    """Yield a problem for each commit that changes policies and deploys something."""
    for change in changes:
        governed = [path for path in change.paths if path.startswith((POLICIES, HOME))]
        deployed = [
            path
            for path in change.paths
            if path not in governed and fits_any(path, settings.deployment_paths)
        ]
        if governed and deployed:
            yield (
                change,
                Problem(
                    message=f"it changes {_named(governed)} together with {_named(deployed)}",
                    hint="give the policy a commit of its own:"
                    " the two are tested, approved and taken back separately",
                ),
            )


def _named(paths: list[str]) -> str:
    first, *rest = sorted(paths)
    return f"{first} and {len(rest)} more" if rest else first


RULE = RangeRule(
    id="mixed-change-stream",
    summary="a commit changes policies together with what is deployed",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.CSWP.29",),
)
