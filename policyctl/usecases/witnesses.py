"""What others saw of a ledger: checkpoints in tags and files, and the verifier's own memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from policyctl.core.checkpoint_chain import compare_notes
from policyctl.core.comparison import Comparison, KeptNote, Loss
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import fresh, frozen, replace
from policyctl.core.growth import check_growth, extent_of
from policyctl.core.ledger import Ledger
from policyctl.core.remembered import Remembered
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import violation
from policyctl.core.timestamp import Timestamps, VerifyTimestamp, check_timestamps
from policyctl.usecases.witness_ports import Line, Recollection, VerifierMemory

_DEEPEN = "git fetch --unshallow"
_COUNTED = (
    "of policies that were taken from the base, checkpoints and memory were compared by the number "
    "of their entries"
)
_FORGET = "if that was intended, and you know why: policyctl verify --forget"


@frozen
class Witnesses:
    """What a verification compares a commit with.

    Attributes:
        verify: whether a signature was made over a message.
        notes: checkpoints from tags and files.
        stamps: time stamps beside checkpoints, by number.
        verify_stamp: verifies one, or None where the user named no certificates.
        pins: sha256 of trust root 1 by the ledger's id, as the user set it.
        line: how the commit stands in the history.
        memory: what this verifier remembers; None if it must not.
        now: the present, by which it remembers.
        forget: drop what is remembered of this repository first.
        pinned: whether the trust root was pinned for this run already.
    """

    verify: VerifySignature
    notes: tuple[KeptNote, ...]
    stamps: Mapping[int, bytes]
    verify_stamp: VerifyTimestamp | None
    pins: Mapping[str, str]
    line: Line
    memory: VerifierMemory | None
    now: datetime
    forget: bool = False
    pinned: bool = False


@frozen
class Witnessed:
    """What came out of the comparison.

    Attributes:
        findings: what is wrong.
        gaps: what could not be compared, and has to be before this is a pass.
        notices: what a reader has to know, each in one sentence.
        compared: the witnesses that the commit was really compared with.
        checkpoints: the checkpoints that were found, with how the ledger agrees with them.
        timestamps: what became of the time stamps beside them.
    """

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    checkpoints: Comparison = fresh(default_factory=Comparison)
    timestamps: Timestamps = fresh(default_factory=Timestamps)


def consult(witnesses: Witnesses, ledger: Ledger, *, commit: str) -> Witnessed:
    """Compare a ledger with what others saw of it; remember it if nothing is wrong.

    Args:
        witnesses: what there is to compare with.
        ledger: as the commit has it.
        commit: the commit that is judged.
    """
    notices = []
    if witnesses.forget and witnesses.memory is not None and witnesses.memory.forget():
        notices.append("what was remembered of this repository is forgotten")
    latest = ledger.roots.latest
    past = _recalled(witnesses, latest.log) if latest else Recollection()
    result = compare_notes(witnesses.notes, ledger, witnesses.verify)
    judged = _Judgement(witnesses.line)
    judged.findings += result.findings
    timestamps = check_timestamps(witnesses.notes, witnesses.stamps, witnesses.verify_stamp)
    judged.findings += timestamps.findings
    judged.add_gaps(result, asked=any(not note.commit for note in witnesses.notes))
    judged.add_losses(result.losses, "the checkpoints")
    last = result.last
    compared = [f"{last.name} of {last.note.source}"] if last and not ledger.taken else []
    if latest is not None:
        judged.findings += _check_pin(witnesses, past, latest.log, ledger.roots.pin)
    if past.same:
        judged.findings += _check_kept(past.same, result)
        if judged.recall(past.same, ledger) and not ledger.taken:
            compared.append(f"what passed on {_day(past.same.passed)}")
    if ledger.taken and (result.links or past.same):
        notices.append(_COUNTED)
    grave = any(item.severity is Severity.ERROR for item in ledger.findings)
    if witnesses.memory and latest and not (grave or judged.findings or judged.gaps):
        fresh = _remember(past.same, ledger, result, commit, witnesses)
        if fresh != past.same:
            witnesses.memory.keep(fresh, instead_of=past.same)
        if past.same is None:
            known = witnesses.pinned or past.elsewhere or latest.log in witnesses.pins
            said = "" if known else ", and was not compared"
            notices.append(f"first verification here: trust root 1 is remembered{said}")
    return Witnessed(
        findings=in_order(judged.findings),
        gaps=in_order(judged.gaps),
        notices=(*notices, *judged.notices),
        compared=tuple(compared),
        checkpoints=result,
        timestamps=timestamps,
    )


def _recalled(witnesses: Witnesses, log: str) -> Recollection:
    """What is remembered of a ledger; which line of the history that was, counts from here on."""
    past = witnesses.memory.recall(log) if witnesses.memory else Recollection()
    if past.same and past.same.line:
        witnesses.line.follow(past.same.line)
    return past


class _Judgement:
    """Decides which losses are tampering, and which only say that an older commit is judged."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.findings: list[Finding] = []
        self.gaps: list[Finding] = []
        self.notices: list[str] = []

    def add_gaps(self, result: Comparison, *, asked: bool) -> None:
        """A checkpoint that cannot be compared is a gap; a shallow clone may lack the others."""
        if result.gaps and self.line.is_shallow() and not asked:
            self.notices += [f"{gap.message}: {gap.hint}" for gap in result.gaps]
        else:
            self.gaps += result.gaps

    def add_losses(self, losses: Iterable[Loss], witness: str) -> None:
        """Take losses for tampering unless the commit that the witness saw lies ahead or aside."""
        excuses: dict[str, str] = {}
        for loss in losses:
            if loss.commit and loss.commit not in excuses:
                excuses[loss.commit] = self._excuse(loss.commit)
            match excuses.get(loss.commit, ""):
                case "elsewhere":
                    said = (
                        f"{witness} saw commit {loss.commit[:12]}, which this one does not contain"
                    )
                    text = f"{said}: it is older or on another line, and judged for itself"
                    doubt = self.line.doubt()
                    fresh = (text, doubt) if doubt else (text,)
                    self.notices += [item for item in fresh if item not in self.notices]
                case "unknown":
                    self.gaps.append(replace(loss.finding, hint=_DEEPEN))
                case _:
                    self.findings.append(loss.finding)

    def recall(self, memory: Remembered, ledger: Ledger) -> bool:
        """Compare with what passed before; whether the commit has to hold all of it."""
        if memory.extent is None:
            return False
        since = f"the verification of {_day(memory.passed)} (commit {memory.commit[:12]})"
        found = list(check_growth(memory.extent, ledger, since=since))
        if not found:
            return self.line.contains(memory.commit) or self.line.is_tip()
        before = len(self.findings)
        losses = [
            Loss(finding=replace(item, hint=item.hint or _FORGET), commit=memory.commit)
            for item in found
        ]
        self.add_losses(losses, f"the verification of {_day(memory.passed)}")
        return len(self.findings) > before

    def _excuse(self, commit: str) -> str:
        if self.line.contains(commit) or self.line.is_tip():
            return ""
        if self.line.is_on_a_branch(commit):
            return "elsewhere"
        return "unknown" if self.line.is_shallow() else ""


def _check_pin(witnesses: Witnesses, past: Recollection, log: str, found: str) -> Iterator[Finding]:
    """Compare trust root 1 with what the user set, or else with what was seen first."""
    if witnesses.pinned:
        return
    if log in witnesses.pins:
        if witnesses.pins[log] != found:
            yield _other_root(found, "the one that your configuration pins", "")
        return
    for memory, where in (
        (past.same, "here"),
        (past.other, "here"),
        (past.elsewhere, "in another clone"),
    ):
        if memory is not None and memory.pin != found:
            seen = f"the one that was seen {where} on {_day(memory.seen)} ({memory.pin[:12]}…)"
            yield _other_root(found, seen, _FORGET)
            return


def _other_root(found: str, expected: str, hint: str) -> Finding:
    message = f"trust root 1 has digest {found[:12]}…, and is not {expected}"
    ask = "ask the people who founded the ledger for its pin"
    return violation("ROOT_PIN_MISMATCH", message, hint=f"{ask}; {hint}" if hint else ask)


def _check_kept(memory: Remembered, result: Comparison) -> Iterator[Finding]:
    """Checkpoints that this verifier saw before are still the same ones."""
    for number, digest in sorted(memory.checkpoints.items()):
        now = result.known.get(number)
        if now is None:
            message = f"checkpoint {number} was here on an earlier day, and is gone"
            hint = f"git fetch origin 'refs/tags/policyctl/*:refs/tags/policyctl/*'; {_FORGET}"
            yield violation("CHECKPOINT_MISSING", message, hint=hint)
        elif now != digest:
            message = f"checkpoint {number} is another one than this verifier saw before"
            hint = f"ask the people who signed which of them holds; {_FORGET}"
            yield violation("CHECKPOINT_FORK", message, hint=hint)


def _remember(
    past: Remembered | None,
    ledger: Ledger,
    result: Comparison,
    commit: str,
    witnesses: Witnesses,
) -> Remembered:
    latest = ledger.roots.latest
    assert latest is not None
    found = past or Remembered(
        log=latest.log, pin=ledger.roots.pin, seen=witnesses.now, checkpoints={}
    )
    kept = {note.number for note in witnesses.notes}
    tags = {number: digest for number, digest in result.known.items() if number in kept}
    found = replace(found, pin=ledger.roots.pin, checkpoints={**found.checkpoints, **tags})
    line = witnesses.line
    if ledger.taken or commit == found.commit or not line.is_on_main():
        return found
    if found.commit and not (line.contains(found.commit) or line.is_tip()):
        return found  # an older commit of the main line: the newer one is worth more
    return replace(
        found,
        commit=commit,
        passed=witnesses.now,
        extent=extent_of(ledger),
        line=line.name() or found.line,
    )


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "an earlier day"
