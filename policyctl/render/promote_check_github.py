"""The gate before a merge as workflow commands, which GitHub shows beside the policy files."""

from __future__ import annotations

from dataclasses import replace

from policyctl.core.finding import Finding, Severity
from policyctl.core.merge_verdict import Verdict
from policyctl.render.github import finding_command
from policyctl.render.promote_check_summary import verdict_line
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.promotion_check import PromotionCheck


def render(report: PromotionCheck) -> str:
    """One command for each finding; then the verdict."""
    rows = {row.policy: row for row in report.policies}
    waits = {
        check.text for row in report.rows for check in row.open if check.verdict is Verdict.OWED
    }
    lines = [
        finding_command(_placed(_weighed(item, waits), rows.get(item.policy)))
        for item in report.findings
    ]
    return "".join(f"{text}\n" for text in (*lines, verdict_line(report)))


def _weighed(finding: Finding, waits: set[str]) -> Finding:
    """A signature that somebody still owes is no error of the file."""
    return replace(finding, severity=Severity.WARNING) if finding.message in waits else finding


def _placed(finding: Finding, row: JudgedPolicy | None) -> Finding:
    """Nobody reads an entry's JSON in a review: its findings stand where the policy changes."""
    if row is None or finding.span is not None or row.span is None:
        return finding
    return replace(finding, file=row.file, span=row.span)
