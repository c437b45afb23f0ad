"""Policies against control frameworks as text: what nobody claims comes first."""

from __future__ import annotations

from policyctl.core.coverage import ControlCoverage, FrameworkCoverage
from policyctl.render.lines import BOLD, DIM, WARN, Line, Part, line, table
from policyctl.render.summary import several
from policyctl.render.text.findings import finding_lines
from policyctl.usecases.coverage import CoverageReport


def render(report: CoverageReport, width: int | None = None) -> list[Line]:
    """A table for each framework, then what the tables leave out."""
    lines: list[Line] = []
    for framework in report.coverage.frameworks:
        lines += [*_framework(framework, width), ()]
    lines += _besides(report)
    if report.findings:
        lines += [(), *finding_lines(report.findings, report.sources, width)]
    return lines


def _framework(framework: FrameworkCoverage, width: int | None) -> list[Line]:
    counted = f"{len(framework.covered)} of {several(framework.size, 'control')} claimed"
    controls = (*framework.gaps, *framework.covered)
    return [
        line(Part(framework.id, BOLD), f"  {framework.title}: {counted}"),
        *table(["control", "title", "policies"], [_row(one) for one in controls], width),
    ]


def _row(control: ControlCoverage) -> list[Part]:
    start = f" (applies from {control.applies[0].start})" if control.applies else ""
    claims = ", ".join(f"{claim.policy} ({claim.stage.value})" for claim in control.claims)
    return [
        Part(control.id),
        Part(control.title + start),
        Part(claims) if claims else Part("none", WARN),
    ]


def _besides(report: CoverageReport) -> list[Line]:
    found = report.coverage
    lines = [line(Part(several(len(found.policies), "policy", "policies"), BOLD), " looked at")]
    for said, names in (
        ("without a claim here", found.silent),
        ("frameworks that no policy names", found.unnamed),
    ):
        if names:
            lines.append(line(Part(f"{said}: ", DIM), ", ".join(names)))
    if report.unread:
        warned = Part("could not be judged, so the tables may lack claims: ", WARN)
        lines.append(line(warned, ", ".join(report.unread)))
    return lines
