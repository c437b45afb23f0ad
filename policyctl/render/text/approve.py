"""What is about to be signed, as text: the change in policy terms, before anything else."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from policyctl.core.canonical import NonCanonicalError, decode, sha256
from policyctl.core.diff.policies import effect_of
from policyctl.core.entry import ChangeAction, moment_text
from policyctl.core.prose import consequence
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.render.text.diff import STYLES, change_lines
from policyctl.usecases.approve import Approval

_MOST_LINES = 60


def render_all(approvals: Sequence[Approval], width: int | None = None) -> list[Line]:
    """Each change that will be signed, one after the other."""
    lines: list[Line] = []
    for approval in approvals:
        lines += [*render(approval, width), ()]
    return lines[:-1]


def render(approval: Approval, width: int | None = None) -> list[Line]:
    """The change, its reason, its evidence, and the lines that differ."""
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
            text = f"{policy.stage.value}: {consequence(policy)}"
            lines.append(line(Part(f"  {label:<8}  ", DIM), text))
    if entry.action is ChangeAction.REDACT:
        lines += _redaction(approval)
    elif entry.action is ChangeAction.REVIEW:
        lines.append(line(Part("  reviewed  ", DIM), f"{entry.path}, which stays as it is"))
    else:
        lines += [*_changes(approval, width), *_evidence(approval)]
        lines += [line(Part("  lines     ", DIM), entry.path), *_difference(approval)]
    if approval.due is not None:
        text = f"an emergency, in force already; due on {moment_text(approval.due)}"
        lines.append(line(Part("  approval  ", DIM), Part(text, WARN)))
    lines.append(line(Part("  you sign  ", DIM), f"as {approval.who}, in the role {approval.role}"))
    if approval.solo:
        lines.append(line(Part("  solo mode: nobody else has to agree", WARN)))
    return lines


def render_given(approvals: Sequence[Approval]) -> list[Line]:
    """What was signed, and what is still owed."""
    lines = []
    for approval in approvals:
        entry = approval.entry
        lines.append(
            line(
                Part("approved", GOOD),
                f" entry {entry.seq} of {entry.policy} as {approval.who} ({approval.role})",
                Part(f"   commit {approval.commit[:12]}", DIM),
            )
        )
        for role, count in sorted(approval.missing.items()):
            lines.append(line(Part("  still needs  ", DIM), Part(f"{count} x {role}", WARN)))
    return lines


def _changes(approval: Approval, width: int | None) -> list[Line]:
    """What differs in policy terms; what cannot be compared never reads as safe."""
    if approval.changes is None:
        text = "cannot be told: one of the two versions cannot be read here"
        return [line(Part("  effect    ", DIM), Part(text, BAD))]
    effect = effect_of(approval.changes)
    lines = [line(Part("  effect    ", DIM), Part(effect.value, STYLES[effect]))]
    return lines + change_lines(approval.changes, width)


def _redaction(approval: Approval) -> list[Line]:
    return [
        line(Part("  redacts   ", DIM), f"{item.name}, which is a tombstone since")
        for item in approval.entry.evidence
    ]


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
