"""The findings of a check as text."""

from __future__ import annotations

from policyctl.core.finding import Severity
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, NAME, WARN, Line, Part, line
from policyctl.render.summary import several, unreported
from policyctl.render.text.findings import finding_lines
from policyctl.render.text.fine import fine
from policyctl.usecases.unreported import Fixed
from policyctl.usecases.validate import Validation

_STYLES = {Severity.ERROR: BAD, Severity.WARNING: WARN, Severity.NOTE: NAME}


def render(report: Validation, width: int | None = None) -> list[Line]:
    """What was fixed, the findings, then one line that counts them."""
    fixed = [_fixed(one) for one in report.unreported.fixed] if report.unreported else []
    lines = [*fixed, ()] if fixed else []
    if report.findings:
        lines += [*finding_lines(report.findings, report.sources, width), ()]
    aside = unreported(report)
    return [*lines, (*_counted(report), Part(f"; {aside}" if aside else ""))]


def _counted(report: Validation) -> Line:
    if not report.findings:
        word, rest = fine(report.files)
        return line(Part(word, GOOD), rest)
    counted: list[Part] = []
    for severity, style in _STYLES.items():
        count = sum(item.severity is severity for item in report.findings)
        if count:
            separator = [Part(", ")] if counted else []
            counted += [*separator, Part(several(count, severity.name.lower()), style)]
    return (*counted, Part(f" in {several(report.files, 'file')}"))


def _fixed(one: Fixed) -> Line:
    finding = one.finding
    place = f"{finding.file}:{finding.span.line}" if finding.span else finding.file
    return line(
        Part("fixed ", GOOD),
        Part(place, BOLD),
        f": {finding.message}: now '{one.value}'",
        Part(f" [{finding.code}]", DIM),
    )
