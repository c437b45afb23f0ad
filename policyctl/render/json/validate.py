"""The findings of a check as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document, finding_data
from policyctl.usecases.unreported import Unreported
from policyctl.usecases.validate import Validation


def render(report: Validation, *, command: str = "validate") -> str:
    """The whole output."""
    status = "fail" if report.findings else "pass"
    result = {"files": report.files, **_unreported(report.unreported)}
    return document(command, status, findings=report.findings, result=result)


def _unreported(aside: Unreported | None) -> dict[str, object]:
    if aside is None:
        return {}
    fixed = [{**finding_data(one.finding), "value": one.value} for one in aside.fixed]
    return {"suppressed": aside.suppressed, "known": aside.known, "fixed": fixed}
