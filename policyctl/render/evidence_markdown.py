"""The gate's report as Markdown, for a pull request or a page of a wiki."""

from __future__ import annotations

from policyctl.core.canonical import sha256
from policyctl.core.evidence import EvidenceReport, evidence_bytes
from policyctl.render.evidence_notes import WORDS, notes
from policyctl.render.markdown_text import cell, plain_text


def render(report: EvidenceReport) -> str:
    """The whole output."""
    title = f"{report.policy}: {report.source.value} → {report.target.value}"
    parts = [
        f"# {plain_text(title)}\n\nGate: **{WORDS[report.verdict]}**\n\n",
        "| criterion | outcome | what the records say |\n| --- | --- | --- |\n",
    ]
    parts += [
        f"| {cell(item.name)} | {WORDS[item.outcome]} | {cell(item.sentence)} |\n"
        for item in report.criteria
    ]
    acting = [item for item in report.tally.strata if item.flagged or item.newly_blocked]
    if acting:
        names = ["guardrail", "app", "evaluated", "flagged", "newly blocked", "reviewed", "false"]
        parts.append(f"\n| {' | '.join(names)} |\n| --- | --- |{' ---: |' * 5}\n")
        parts += [
            f"| {cell(item.guardrail)} ({item.direction.value}) | {cell(item.app)} |"
            f" {item.evaluations} | {item.flagged} | {item.newly_blocked} | {item.reviewed} |"
            f" {item.false_positives} |\n"
            for item in acting
        ]
    parts.append("\n")
    parts += [f"- {topic}: {plain_text(said)}\n" for topic, said in notes(report)]
    parts.append(f"- digest of this evidence: `{sha256(evidence_bytes(report))}`\n")
    return "".join(parts)
