"""The changelog of policies as Markdown."""

from __future__ import annotations

from policyctl.core.changelog import Changelog, Line, first_line
from policyctl.render.markdown_text import plain_text

_INTRODUCTION = """\
# Changelog of policies

Made by `policyctl changelog` from the signed ledger, newest first; `policyctl verify` compares it.
"""


def render(changelog: Changelog) -> str:
    """The whole page."""
    parts = [first_line(changelog.reach), _INTRODUCTION]
    parts += [_section(line) for line in changelog.lines]
    if not changelog.lines:
        parts.append("\nNothing is recorded yet.\n")
    return "".join(parts)


def _section(line: Line) -> str:
    item = line.recorded
    entry = item.entry
    when = entry.requested_at.strftime("%Y-%m-%d %H:%M UTC")
    what = entry.action.value.replace("_", " ")
    if entry.source is not entry.target:
        old = entry.source.value if entry.source else "none"
        new = entry.target.value if entry.target else "none"
        what += f" {old} → {new}"
    rows = [
        ("why", plain_text(entry.rationale) if entry.rationale else "*redacted*"),
        ("author", ", ".join(sorted(item.authors))),
        ("owner", entry.owner),
    ]
    rows += [
        (f"approved as {role}", ", ".join(sorted(people)))
        for role, people in sorted(item.approvals.items())
        if people
    ]
    rows += [
        ("evidence", f"{plain_text(proof.name)}, sha256 `{proof.sha256}`")
        for proof in entry.evidence
    ]
    rows.append(("entry", f"sha256 `{item.digest}`"))
    if line.checkpoint:
        rows.append(("checkpoint", str(line.checkpoint)))
    listed = "".join(f"- **{name}**: {text}\n" for name, text in rows)
    return f"\n## {when} · {entry.policy} {entry.seq} · {what}\n\n{listed}"
