"""What ``codeowners`` found or wrote, as text."""

from __future__ import annotations

from policyctl.render.lines import DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.codeowners import CodeownersReport


def render(report: CodeownersReport, width: int | None = None) -> list[Line]:
    """Whether the file is up to date, what differs, or that it was written."""
    del width
    if report.wrote:
        return [line(Part("wrote ", GOOD), report.file)]
    if not report.differences:
        return [line(Part("up to date", GOOD), f": {report.file}")]
    return [
        line(Part("not up to date", WARN), f": {report.file}"),
        *(line(f"  {difference}") for difference in report.differences),
        line(Part("    = ", DIM), f"policyctl codeowners --out {report.file}"),
    ]
