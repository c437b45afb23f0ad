"""What the gate before a merge comes to, in words that all formats share."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.diff.wording import wording
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import replace
from policyctl.core.merge_verdict import Topic, Verdict
from policyctl.render.summary import several
from policyctl.usecases.judged_policy import JudgedPolicy
from policyctl.usecases.judged_root import JudgedRoot
from policyctl.usecases.policy_approvals import Turn
from policyctl.usecases.promotion_check import PromotionCheck

Row = JudgedPolicy | JudgedRoot
HEADERS = ("policy", "change", "entry", "required", "there", "verdict")
_DIGITS = 8
_LONGEST = 60
_CLOSED = {Verdict.READY: "ready", Verdict.REFUSED: "refused", Verdict.TAMPERED: "tampering"}


def verdict_line(report: PromotionCheck) -> str:
    """The line that a reviewer reads first."""
    if not report.changes.files:
        return f"pass: no policy changed since '{report.changes.base_name}'"
    count = _counted(report)
    match report.verdict:
        case Verdict.READY:
            return f"pass: {count} may be merged into '{report.changes.base_name}'"
        case Verdict.OWED:
            return f"not yet: {count}, and it is the turn of {_all_turns(report)}"
        case Verdict.REFUSED:
            return f"refused: {count}, and {_wrong(report)} as it is"
        case _:
            return f"tampering: {count}, and something was taken away, replaced or forged"


def _counted(report: PromotionCheck) -> str:
    changed = len(report.changes.policies)
    parts = [several(changed, "policy change")] if changed else []
    parts += ["a change of governance"] if report.governance else []
    return " and ".join(parts) or several(len(report.changes.files), "governed file")


def _wrong(report: PromotionCheck) -> str:
    names = [name_of(row) for row in report.rows if row.verdict is Verdict.REFUSED]
    if not names:
        return "it cannot be merged"
    return f"{', '.join(names)} cannot be merged"


def _all_turns(report: PromotionCheck) -> str:
    said = dict.fromkeys(turn_words(turn) for row in report.rows for turn in row.turns)
    return " and ".join(said) or "somebody who can sign"


def turn_words(turn: Turn) -> str:
    """Who may give what is owed: ``sam or pia (security)``."""
    people = " or ".join(turn.people) or "nobody who is left"
    times = f"{turn.count} x " if turn.count > 1 else ""
    return f"{people} ({times}{turn.role})"


def name_of(row: Row) -> str:
    """What the row is about."""
    return row.policy if isinstance(row, JudgedPolicy) else "governance"


def cells_of(row: Row) -> tuple[str, ...]:
    """The row under `HEADERS`."""
    if isinstance(row, JudgedPolicy):
        middle = (change_of(row), entry_of(row), required_of(row), there_of(row))
    else:
        signed = "; ".join(f"{n}: {', '.join(who)}" for n, who in sorted(row.signers.items()))
        moves = f"trust root {row.before} -> {row.after}" if row.before != row.after else "files"
        middle = (moves, "", "stewards", signed)
    return (name_of(row), *middle, verdict_word(row))


def verdict_word(row: Row) -> str:
    """The row's verdict; where something is owed, by whom."""
    if row.verdict is Verdict.OWED:
        return f"waits for {' and '.join(map(turn_words, row.turns)) or 'a signature'}"
    return _CLOSED[row.verdict]


def change_of(row: JudgedPolicy) -> str:
    """What changes, in policy terms."""
    diff = row.diff
    if diff is None:
        return "its entries alone" if row.entries else "signatures"
    if not diff.changes:
        return "nothing that is in force"
    if len(diff.changes) > 1:
        return f"{diff.effect.value}: {several(len(diff.changes), 'change')}"
    words = wording(diff.changes[0])
    whole = f"{diff.effect.value}: {words.about} {words.before} -> {words.after}"
    return whole if len(whole) <= _LONGEST else f"{diff.effect.value}: {words.about}"


def entry_of(row: JudgedPolicy) -> str:
    """The entries that record it: ``3 promote``."""
    return ", ".join(f"{one.entry.seq} {one.entry.action.value}" for one in row.entries) or "none"


def required_of(row: JudgedPolicy) -> str:
    """The approvals and the gates that it needs."""
    parts = [f"{count} x {role}" for role, count in row.required.items()]
    parts += [f"gate of {stage}" for stage in gates_of(row)]
    return ", ".join(parts) or "no approval"


def gates_of(row: JudgedPolicy) -> tuple[str, ...]:
    """The stages whose gates it has to meet."""
    if any(check.topic is Topic.GATE for check in row.checks):
        targets = [one.entry.target for one in row.entries if one.entry.action.value == "promote"]
        return tuple(target.value for target in targets if target)
    return ()


def there_of(row: JudgedPolicy) -> str:
    """The approvals and the evidence that are there."""
    parts = [f"{', '.join(people)} ({role})" for role, people in row.given.items()]
    parts += [f"evidence {digest[:_DIGITS]}" for digest in evidence_of(row)]
    return ", ".join(parts) or "nothing yet" if row.required or parts else "nothing needed"


def evidence_of(row: JudgedPolicy) -> tuple[str, ...]:
    """The digests of the evidence that the new entries name."""
    return tuple(one.sha256 for item in row.entries for one in item.entry.evidence)


def weighed(report: PromotionCheck) -> tuple[Finding, ...]:
    """All findings; a signature that somebody still owes is no error of the file."""
    owed = {
        check.text for row in report.rows for check in row.open if check.verdict is Verdict.OWED
    }
    return tuple(
        replace(item, severity=Severity.WARNING) if item.message in owed else item
        for item in report.findings
    )


def loose_ends(report: PromotionCheck) -> tuple[tuple[str, str, str], ...]:
    """What keeps the branch from being merged: about what, the sentence, the hint."""
    rows = [(name_of(row), check.text, check.hint) for row in report.rows for check in row.open]
    return (*rows, *(_besides(item) for item in (*report.others, *report.besides)))


def _besides(finding: Finding) -> tuple[str, str, str]:
    return (finding.file or "the branch", finding.message, finding.hint)


def notes(report: PromotionCheck) -> tuple[str, ...]:
    """What was judged and what was not, and what counts only after the merge."""
    changes = report.changes
    said = list(_way(report))
    if not changes.files:
        return tuple(said)
    if len(changes.forks) > 1:
        parted = several(len(changes.forks), "commit")
        said.append(f"the branches merged each other and parted at {parted}: all of them count")
    if report.governance is not None and report.governance.effective:
        count = several(report.governance.effective, "policy", "policies")
        said.append(f"governance also changes what is in force in {count} that nobody edited")
    said += [f"{path} counts as the base has it until this is merged" for path in report.unread]
    if report.whole:
        said.append("every chain was judged, because governance or very much changes")
    else:
        chains = several(len(changes.policies), "chain")
        said.append(f"judged: {chains} and what is shared; 'policyctl verify' judges all others")
    return tuple(said)


def _way(report: PromotionCheck) -> Iterator[str]:
    """Why the branch should not take the place of its base as it is."""
    if report.way:
        first, *more = (item.message for item in report.way)
        others = f", and {len(more)} more like it" if more else ""
        yield (
            "merge with a merge commit or a squash: fast-forwarded or rebased, 'verify --history'"
            f" would find earlier states of the branch for good ({first}{others})"
        )
