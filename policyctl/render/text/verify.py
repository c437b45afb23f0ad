"""The result of ``verify`` as text."""

from __future__ import annotations

from policyctl.core.finding import Finding
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.render.text.root import stewards_words
from policyctl.usecases.verify import Verification

_MEANING = {"tree": " (what one commit's files can prove; a rollback of all of it, they cannot)"}


def render(report: Verification, width: int | None = None) -> list[Line]:
    """What was found, what was read, and how far the verification went."""
    del width
    ledger = report.ledger
    lines: list[Line] = []
    for finding in ledger.findings:
        lines += _finding(finding)
    root = ledger.roots.latest
    if root is not None and root.solo:
        who = next(iter(root.people))
        text = f"solo mode: '{who}' writes and approves alone; nobody else has to agree"
        lines.append(line(Part(text, WARN)))
    read = (
        f"{_count(len(ledger.chains), 'policy', 'policies')}, "
        f"{_count(ledger.entries, 'entry', 'entries')}, "
        f"{_count(ledger.signatures, 'signature', 'signatures')}"
    )
    verdict = (
        Part("verified", GOOD)
        if report.passed
        else Part(f"not verified: {_count(len(ledger.findings), 'finding', 'findings')}", BAD)
    )
    lines.append(line(verdict, f" · {read} · commit {report.commit[:12]}"))
    lines.append(line(Part("level: ", DIM), report.level, Part(_MEANING[report.level], DIM)))
    if ledger.roots.pin:
        lines.append(line(Part("trust root 1: sha256 ", DIM), ledger.roots.pin))
    for version, signers in ledger.roots.signers.items():
        if version > 1:
            text = f"trust root {version}: signed by {', '.join(signers)}"
            lines.append(line(Part(text, BOLD), Part("  (policyctl root log)", DIM)))
    if root is not None and root.threshold == 1 and not root.solo:
        lines.append(line(Part(stewards_words(root), WARN)))
    return lines


def _finding(finding: Finding) -> list[Line]:
    lines = [line(Part(finding.code, BAD), "  ", Part(finding.message, BOLD))]
    if finding.hint:
        lines.append(line(Part("    = ", DIM), finding.hint))
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
