"""What is about to be signed, as text: the change in policy terms, before anything else."""

from __future__ import annotations

import difflib

from policyctl.core.canonical import NonCanonicalError, decode, sha256
from policyctl.core.prose import consequence
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.approve import Approval

_MOST_LINES = 60


def render(approval: Approval, width: int | None = None) -> list[Line]:
    """The change, its reason, its evidence, and the lines that differ."""
    del width
    entry = approval.entry
    what = entry.action.value
    if entry.source is not entry.target:
        what += f" {entry.transition}"
    lines = [
        line(Part(f"{entry.policy}: {what}", BOLD), Part(f"   entry {entry.seq}", DIM)),
        line(Part("  why       ", DIM), entry.rationale),
        line(Part("  author    ", DIM), f"{approval.author}, for {entry.owner}"),
    ]
    for label, policy in (("before", approval.previous), ("after", approval.policy)):
        if policy is not None:
            lines.append(line(Part(f"  {label:<8}  ", DIM), consequence(policy)))
    lines += _evidence(approval)
    lines += [line(Part("  changes   ", DIM), entry.path), *_difference(approval)]
    lines.append(line(Part("  you sign  ", DIM), f"as {approval.who}, in the role {approval.role}"))
    if approval.solo:
        lines.append(line(Part("  solo mode: nobody else has to agree", WARN)))
    return lines


def render_given(approval: Approval) -> list[Line]:
    """What was signed, and what is still owed."""
    entry = approval.entry
    lines = [
        line(
            Part("approved", GOOD),
            f" entry {entry.seq} of {entry.policy} as {approval.who} ({approval.role})",
            Part(f"   commit {approval.commit[:12]}", DIM),
        )
    ]
    for role, count in sorted(approval.missing.items()):
        lines.append(line(Part("  still needs  ", DIM), Part(f"{count} x {role}", WARN)))
    return lines


def _evidence(approval: Approval) -> list[Line]:
    if approval.evidence is None:
        return []
    try:
        report = decode(approval.evidence)
    except NonCanonicalError:
        return [line(Part("  evidence  ", DIM), Part("cannot be read", BAD))]
    if not isinstance(report, dict):
        return []
    lines = [line(Part("  evidence  ", DIM), f"gate {report['verdict']}")]
    lines += [
        line(Part("            ", DIM), f"{item['name']}: {item['sentence']}")
        for item in report["criteria"]
    ]
    lines.append(line(Part("            sha256 ", DIM), sha256(approval.evidence)))
    return lines


def _difference(approval: Approval) -> list[Line]:
    before, after = (
        (content or b"").decode("utf-8", "replace").splitlines()
        for content in (approval.before, approval.after)
    )
    rows = [
        row
        for row in difflib.unified_diff(before, after, lineterm="", n=0)
        if not row.startswith(("---", "+++", "@@"))
    ]
    styles = {"+": GOOD, "-": BAD}
    lines = [line("    ", Part(row, styles.get(row[:1], ""))) for row in rows[:_MOST_LINES]]
    if len(rows) > _MOST_LINES:
        lines.append(line(Part(f"    … {len(rows) - _MOST_LINES} more lines: git show", DIM)))
    return lines
