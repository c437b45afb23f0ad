"""What a changed policy file means, as ``git diff`` shows it above the lines that differ."""

from __future__ import annotations

from policyctl.render.lines import DIM, WARN, Line, Part, line
from policyctl.render.text.diff import policy_lines
from policyctl.usecases.diff import Comparison


def render(comparison: Comparison, width: int | None = None) -> list[Line]:
    """The policy with its changes in policy terms, or why there are none.

    No line of it begins as a line of a patch does, so that a patch with these lines in front can
    still be applied.
    """
    lines = [row for item in comparison.policies for row in policy_lines(item, width)]
    for finding in comparison.unread:
        lines.append(line(Part("not compared in policy terms: ", WARN), _where(finding.file)))
        lines.append(line(f"  {finding.message}"))
    if not lines:
        lines.append(line(Part("nothing that is in force differs", DIM)))
    return [*lines, ()]


def _where(file: str) -> str:
    return file or "the file"
