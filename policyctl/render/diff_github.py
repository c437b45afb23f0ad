"""A comparison as workflow commands, which GitHub shows beside the policy files."""

from __future__ import annotations

from policyctl.core.diff.wording import wording
from policyctl.render.diff_summary import lacks, needs, verdict
from policyctl.render.github import command
from policyctl.render.replay_summary import NO_RECORDS, impact
from policyctl.usecases.diff import Comparison, PolicyDiff


def render(comparison: Comparison) -> str:
    """One command for each policy, change of governance and unread file; then the verdict."""
    lines = [_policy(item) for item in comparison.policies]
    lines += [
        command("warning" if item.effect.may_weaken else "notice", item.text, title="governance")
        for item in comparison.governance
    ]
    lines += [
        command("error", finding.message, file=finding.file, title="not compared")
        for finding in comparison.unread
    ]
    if comparison.policies and not comparison.records:
        lines.append(NO_RECORDS)
    return "".join(f"{text}\n" for text in (*lines, verdict(comparison)))


def _policy(item: PolicyDiff) -> str:
    rows = [
        f"{change.effect.value}: {words.about}: {words.before} -> {words.after}"
        for change in item.changes
        for words in (wording(change),)
    ]
    rows += [f"needs {needs(item)}"] if needs(item) else []
    rows += [f"missing: {text}" for text in lacks(item)]
    rows += [f"records: {impact(item.replay)}"] if item.replay is not None else []
    kind = "warning" if item.effect.may_weaken else "notice"
    return command(
        kind, "\n".join(rows), file=item.file, title=f"{item.policy}: {item.effect.value}"
    )
