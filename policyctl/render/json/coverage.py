"""Policies against control frameworks as JSON."""

from __future__ import annotations

from policyctl.core.coverage import ControlCoverage, FrameworkCoverage
from policyctl.render.json.envelope import document
from policyctl.usecases.coverage import CoverageReport


def render(report: CoverageReport) -> str:
    """The whole output; each framework's gaps come first among its controls."""
    found = report.coverage
    result = {
        "policies": list(found.policies),
        "silent": list(found.silent),
        "unnamed": list(found.unnamed),
        "unread": list(report.unread),
        "frameworks": [_framework(framework) for framework in found.frameworks],
    }
    status = "not_judged" if report.unread else "pass"
    return document("coverage", status, findings=report.findings, result=result)


def _framework(framework: FrameworkCoverage) -> dict[str, object]:
    return {
        "id": framework.id,
        "title": framework.title,
        "url": framework.url,
        "gaps": len(framework.gaps),
        "covered": len(framework.covered),
        "controls": [_control(one) for one in (*framework.gaps, *framework.covered)],
    }


def _control(control: ControlCoverage) -> dict[str, object]:
    return {
        "id": control.id,
        "title": control.title,
        "applies": [{"from": part.start, "what": part.what} for part in control.applies],
        "claims": [
            {"policy": claim.policy, "stage": claim.stage.value} for claim in control.claims
        ],
    }
