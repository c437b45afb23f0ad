"""What was seen: by verification, in the ledger, and in the evidence behind its entries."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.applied import DriftCheck
from policyctl.core.control_claims import unknown_controls
from policyctl.core.criterion import counted
from policyctl.core.entry import EvidenceReference
from policyctl.core.estate import PolicyState
from policyctl.core.finding import Finding, Severity
from policyctl.core.kept_evidence import KeptEvidence
from policyctl.core.recorded import Recorded
from policyctl.render.oscal.parts import (
    Part,
    component_id,
    entry_id,
    entry_props,
    evidence_id,
    file_id,
    filled,
    log_of,
    prop,
)
from policyctl.render.oscal.policies import standing_text, waiting
from policyctl.render.oscal.spelling import identifier, line, lines, moment
from policyctl.usecases.assess import Assessment


def observations(found: Assessment) -> list[Part]:
    """All of them: first the ledger's, then what was found, then those of each policy."""
    log = log_of(found)
    return [
        _of_ledger(log, found),
        *_of_findings(log, found),
        *(part for state in found.policies for part in _of_policy(log, state, found)),
    ]


def ledger_observation(log: str) -> str:
    """What verification says of the whole."""
    return identifier(log, "observation", "ledger")


def standing_observation(log: str, policy: str) -> str:
    """How a policy stands."""
    return identifier(log, "observation", "standing", policy)


def evidence_observation(log: str, item: Recorded, kept: EvidenceReference) -> str:
    """What an evidence report says."""
    entry = item.entry
    return identifier(log, "observation", "evidence", entry.policy, entry.seq, kept.sha256)


def drift_observation(log: str, check: DriftCheck) -> str:
    """What an engine was found to run."""
    return identifier(log, "observation", "drift", check.policy, check.target)


def _of_ledger(log: str, found: Assessment) -> Part:
    verified, last = found.verification, found.verification.witnessed.checkpoints.last
    errors = sum(item.severity is Severity.ERROR for item in verified.findings)
    said = (
        f"Every trust root, entry and signature of the commit was verified from git's objects, "
        f"as far as {verified.level}: {counted(errors, 'error')}."
    )
    gaps = [f"Not judged: {item.message}." for item in verified.gaps]
    return filled(
        uuid=ledger_observation(log),
        title="The ledger as verified",
        description=line(said),
        props=[
            prop("commit", verified.commit),
            prop("level", verified.level),
            *([prop("checkpoint", last.checkpoint.number)] if last else []),
        ],
        methods=["TEST"],
        types=["control-objective"],
        collected=moment(found.estate.now),
        remarks="\n\n".join(line(text) for text in (*verified.witnessed.notices, *gaps)),
    )


def _of_findings(log: str, found: Assessment) -> Iterator[Part]:
    for item in found.findings:
        subject = [_subject(log, item.policy)] if item.policy in found.claims else []
        yield filled(
            uuid=_finding_id(log, item),
            title=line(item.code),
            description=line(item.message),
            props=[
                prop("code", item.code),
                prop("severity", item.severity.name.lower()),
                *([prop("entry", item.entry)] if item.entry else []),
                *([prop("file", item.file)] if item.file else []),
            ],
            methods=["TEST"],
            types=["finding"],
            subjects=subject,
            collected=moment(found.estate.now),
            remarks=line(item.hint) if item.hint else "",
        )


def _finding_id(log: str, item: Finding) -> str:
    place = (item.policy, item.entry, item.file, repr(item.at), repr(item.span))
    said = (item.severity.name, item.message, item.hint)
    return identifier(log, "observation", "finding", item.code, *place, *said)


def _of_policy(log: str, state: PolicyState, found: Assessment) -> Iterator[Part]:
    yield _standing(log, state, found)
    for item in state.entries:
        for kept in item.entry.evidence:
            read = found.evidence.get((state.id, item.entry.seq))
            same = read if read and read.digest == kept.sha256 else None
            yield _evidence(log, item, kept, same, found, held=item not in waiting(state))
    for check in state.checks:
        yield _drift(log, check, found)


def _standing(log: str, state: PolicyState, found: Assessment) -> Part:
    last, said = state.last, list(standing_text(state))
    if state.policy is not None and (unknown := unknown_controls(state.policy, found.catalogues)):
        said.append(f"Claimed, and in no known catalogue: {', '.join(unknown)}.")
    shown = last or (state.entries[-1] if state.entries else None)
    files = []
    if last is not None and last.entry.after:
        files.append(("The approved file.", file_id(log, last.entry.path, last.entry.after)))
    shown_entries = (*([last] if last else []), *waiting(state))
    files += [(f"Entry {item.entry.seq}.", entry_id(log, item)) for item in shown_entries]
    return filled(
        uuid=standing_observation(log, state.id),
        title=line(f"How {state.id} stands"),
        description=line(_standing_sentence(state)),
        props=entry_props(shown) if shown else [prop("policy-id", state.id)],
        methods=["EXAMINE"],
        types=["control-objective"],
        subjects=[_subject(log, state.id)],
        relevant_evidence=[{"href": f"#{uuid}", "description": line(what)} for what, uuid in files],
        collected=moment(found.estate.now),
        remarks="\n\n".join(map(line, said)),
    )


def _standing_sentence(state: PolicyState) -> str:
    if state.last is None:
        return "Nothing of it is approved yet." if state.entries else "It was never recorded."
    entry = state.last.entry
    if entry.target is None:
        return f"It is retired, by entry {entry.seq}."
    written = f"written by {', '.join(sorted(state.last.authors)) or 'nobody known'}"
    approvals = [
        f"{', '.join(sorted(people))} ({role})"
        for role, people in sorted(state.last.approvals.items())
        if people
    ]
    agreed = f"approved by {' and '.join(approvals)}" if approvals else "with no approval"
    return f"It is in {entry.target.value} by entry {entry.seq}, {written}, {agreed}."


def _evidence(
    log: str,
    item: Recorded,
    kept: EvidenceReference,
    read: KeptEvidence | None,
    found: Assessment,
    *,
    held: bool,
) -> Part:
    state = "" if held else " The entry is not in force."
    return filled(
        uuid=evidence_observation(log, item, kept),
        title=line(f"Evidence of entry {item.entry.seq} of {item.entry.policy}"),
        description=line(_verdict(item, read) + state),
        props=[*entry_props(item), prop("evidence-sha256", kept.sha256), *_numbers(read)],
        methods=["TEST"],
        types=["control-objective"],
        subjects=[_subject(log, item.entry.policy)],
        relevant_evidence=[
            {
                "href": f"#{evidence_id(log, kept)}",
                "description": line(f"The report, sha256 {kept.sha256}."),
            }
        ],
        collected=moment(item.entry.requested_at, found.estate.now),
        remarks=lines("\n".join(_criteria(read))) if read and read.criteria else "",
    )


def _drift(log: str, check: DriftCheck, found: Assessment) -> Part:
    ran = f"ran as entry {check.entry} approved"
    if check.differences:
        ran = f"ran otherwise than entry {check.entry} approved"
        ran += f", in {counted(check.differences, 'place')}"
        ran += ", perhaps looser" if check.effect.may_weaken else ", only stricter"
    return {
        "uuid": drift_observation(log, check),
        "title": line(f"{check.target} beside {check.policy}"),
        "description": line(f"{check.by} states that {check.target} {ran}."),
        "props": [
            prop("target", check.target),
            prop("entry", check.entry),
            prop("policy-sha256", check.digest),
            prop("differences", check.differences),
            prop("effect", check.effect.value),
            prop("stated-by", check.by),
        ],
        "methods": ["TEST"],
        "types": ["control-objective"],
        "subjects": [_subject(log, check.policy)],
        "collected": moment(check.checked, found.estate.now),
    }


def _verdict(item: Recorded, read: KeptEvidence | None) -> str:
    if read is None:
        return "The commit does not have the report that the entry names, or not one to read."
    span = f" from {read.first} to {read.last}" if read.first and read.last else ""
    return (
        f"The gate for {item.entry.transition} was {read.verdict.value}, "
        f"on {counted(read.records, 'detection record')}{span}."
    )


def _numbers(read: KeptEvidence | None) -> list[Part]:
    if read is None:
        return [prop("verdict", "unknown")]
    return [prop("verdict", read.verdict.value), prop("records", read.records)]


def _criteria(read: KeptEvidence) -> Iterator[str]:
    for item in read.criteria:
        yield f"{item.name}: {item.outcome.value}. {item.sentence}"


def _subject(log: str, policy: str) -> Part:
    return {"subject-uuid": component_id(log, policy), "type": "component"}
