"""Policies against control frameworks as Markdown, for a report or a page of a wiki."""

from __future__ import annotations

from policyctl.core.coverage import ControlCoverage, FrameworkCoverage
from policyctl.render.markdown_text import cell, plain_text
from policyctl.render.summary import several
from policyctl.usecases.coverage import CoverageReport


def render(report: CoverageReport) -> str:
    """A table for each framework, then what the tables leave out."""
    found = report.coverage
    parts = ["# Control coverage\n", *map(_framework, found.frameworks), "\n"]
    parts.append(f"- {several(len(found.policies), 'policy', 'policies')} looked at\n")
    for said, names in (
        ("without a claim here", found.silent),
        ("frameworks that no policy names", found.unnamed),
        ("could not be judged, so the tables may lack claims", report.unread),
    ):
        if names:
            parts.append(f"- {said}: {', '.join(map(plain_text, names))}\n")
    for finding in report.findings:
        place = f":{finding.span.line}:{finding.span.column}" if finding.span else ""
        said = f"{finding.file}{place}: {finding.severity.name.lower()}: {finding.message}"
        parts.append(f"  - {cell(said)}\n")
    return "".join(parts)


def _framework(framework: FrameworkCoverage) -> str:
    rows = "".join(map(_row, (*framework.gaps, *framework.covered)))
    url = framework.url.replace("<", "%3C").replace(">", "%3E")
    return (
        f"\n## {plain_text(framework.id)}\n\n[{plain_text(framework.title)}](<{url}>): "
        f"{len(framework.covered)} of {several(framework.size, 'control')} claimed\n\n"
        f"| control | title | applies from | policies |\n| --- | --- | --- | --- |\n{rows}"
    )


def _row(control: ControlCoverage) -> str:
    applies = "<br>".join(cell(f"{part.start}: {part.what}") for part in control.applies)
    claims = "<br>".join(f"{cell(claim.policy)} ({claim.stage.value})" for claim in control.claims)
    return f"| {cell(control.id)} | {cell(control.title)} | {applies} | {claims or '**none**'} |\n"
