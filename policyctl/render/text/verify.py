"""The result of ``verify`` as text."""

from __future__ import annotations

from policyctl.core.finding import Finding, Severity
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, NAME, WARN, Line, Part, line
from policyctl.render.text.root import stewards_words
from policyctl.usecases.verify import Verification
from policyctl.usecases.witnesses import Witnessed

MEANING = {
    "tree": "what one commit's files can prove; a rollback of all of it, they cannot",
    "tree+checkpoint": "and nothing is gone that a checkpoint, or this verifier before, saw",
    "tree+base": "and that nothing was lost since the branch left its base",
    "tree+history": "and what the branch went through, as far as its commits tell",
    "tree+base+history": "and what was there before, at the base and on the way",
    "tree+checkpoint+base": "and that nothing is gone that a checkpoint or the base has",
    "tree+checkpoint+history": "and that nothing is gone, and what the branch went through",
    "tree+checkpoint+base+history": "and what was there before, as far as anybody saw it",
}
_AGAIN = {
    "same": "computed again from the records, and the same",
    "differs": "computed again from the records, and not the same",
    "not_judged": "not computed again",
}
_STYLES = {Severity.ERROR: BAD, Severity.WARNING: WARN, Severity.NOTE: NAME}


def render(report: Verification, width: int | None = None) -> list[Line]:
    """What was found, what was read, and how far the verification went."""
    del width
    ledger = report.ledger
    lines: list[Line] = []
    for finding in (*report.findings, *report.gaps):
        lines += _finding(finding)
    root = ledger.roots.latest
    if root is not None and root.solo:
        who = next(iter(root.people))
        text = f"solo mode: '{who}' writes and approves alone; nobody else has to agree"
        lines.append(line(Part(text, WARN)))
    read = (
        f"{_count(ledger.policies, 'policy', 'policies')}, "
        f"{_count(ledger.entries, 'entry', 'entries')}, "
        f"{_count(ledger.signatures, 'signature', 'signatures')}"
    )
    if ledger.redacted:
        read += f", {ledger.redacted} redacted"
    lines.append(line(_verdict(report), f" · {read} · commit {report.commit[:12]}"))
    # What a witness saw is not still there where it was found to be gone.
    says = report.passed or not report.witnessed.compared
    meaning = Part(f" ({MEANING[report.level]})" if says else "", DIM)
    lines.append(line(Part("level: ", DIM), report.level, meaning))
    lines += _scope(report)
    if report.history is not None:
        states = _count(report.history.states, "state", "states")
        lines.append(line(Part("history: ", DIM), f"{states} judged"))
    for again in report.recomputed or ():
        said = f"{again.policy} entry {again.entry}: {_AGAIN[again.agreement.value]}"
        lines.append(
            line(Part("evidence: ", DIM), said, f": {again.reason}" if again.reason else "")
        )
    lines += _witnessed(report.witnessed)
    if ledger.roots.pin:
        lines.append(line(Part("trust root 1: sha256 ", DIM), ledger.roots.pin))
    for version, signers in ledger.roots.signers.items():
        if version > 1:
            text = f"trust root {version}: signed by {', '.join(signers)}"
            lines.append(line(Part(text, BOLD), Part("  (policyctl root log)", DIM)))
    if root is not None and root.threshold == 1 and not root.solo:
        lines.append(line(Part(stewards_words(root), WARN)))
    return lines


def _scope(report: Verification) -> list[Line]:
    """What was judged, where that is not everything."""
    ledger, base = report.ledger, report.base
    lines = []
    if base is not None:
        forks = ", ".join(fork[:12] for fork in base.forks)
        tip = f"{base.name} at {base.commit[:12]}"
        lines.append(line(Part("base: ", DIM), tip, Part(f" (left at {forks})", DIM)))
    if ledger.taken:
        policies = _count(len(ledger.taken), "policy", "policies")
        entries = _count(sum(ledger.taken.values()), "entry", "entries")
        text = (
            "what differs from the base, and the trust root; "
            f"{policies} with {entries} were taken from the base as they are there"
        )
        lines.append(line(Part("judged: ", DIM), text))
    elif base is not None:
        lines.append(line(Part("judged: ", DIM), "all policies"))
    elif ledger.before:
        known = _count(ledger.before, "entry", "entries")
        text = f"{ledger.entries - ledger.before} now, {known} before on this machine"
        lines.append(line(Part("judged: ", DIM), text))
    return lines


def _verdict(report: Verification) -> Part:
    if report.passed:
        return Part("verified", GOOD)
    if not report.refused:
        return Part("could not be judged completely", WARN)
    if not report.tampered:
        return Part("not yet verified: signatures are owed", WARN)
    return Part(f"not verified: {_count(report.errors, 'finding', 'findings')}", BAD)


def _witnessed(witnessed: Witnessed) -> list[Line]:
    lines = [line(Part("compared with: ", DIM), name) for name in witnessed.compared]
    lines += [line(Part("note: ", DIM), text) for text in witnessed.notices]
    stamps = witnessed.timestamps
    for number, seen in sorted(stamps.proven.items()):
        text = f"checkpoint {number} was there at {seen:%Y-%m-%d %H:%M:%S} UTC"
        lines.append(line(Part("time stamp: ", DIM), text))
    if stamps.unproven:
        numbers = ", ".join(map(str, stamps.unproven))
        text = f"not verified, of checkpoint {numbers} (--tsa-certificates)"
        lines.append(line(Part("time stamp: ", DIM), text))
    return lines


def _finding(finding: Finding) -> list[Line]:
    lines = [line(Part(finding.code, _STYLES[finding.severity]), "  ", Part(finding.message, BOLD))]
    if finding.hint:
        lines.append(line(Part("    = ", DIM), finding.hint))
    return lines


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
