"""The gate before a merge as workflow commands, which GitHub shows beside the policy files."""

from __future__ import annotations

from policyctl.core.finding import Finding
from policyctl.core.frozen import replace
from policyctl.render.github import finding_command
from policyctl.render.promote_check_summary import verdict_line, weighed
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.promotion_check import PromotionCheck


def render(report: PromotionCheck) -> str:
    """One command for each finding; then the verdict."""
    rows = {row.policy: row for row in report.policies}
    lines = [finding_command(_placed(item, rows.get(item.policy))) for item in weighed(report)]
    return "".join(f"{text}\n" for text in (*lines, verdict_line(report)))


def _placed(finding: Finding, row: JudgedPolicy | None) -> Finding:
    """Nobody reads an entry's JSON in a review: its findings stand where the policy changes."""
    if row is None or finding.span is not None or row.span is None:
        return finding
    return replace(finding, file=row.file, span=row.span)
