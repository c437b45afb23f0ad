"""What the gate before a merge says: checks by topic, with verdicts, and the worst of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum, IntEnum

from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen


class Verdict(IntEnum):
    """Whether something may be merged.

    - ``READY``: yes.
    - ``OWED``: as soon as somebody signed who still has to.
    - ``REFUSED``: not as it is; its author can mend it.
    - ``TAMPERED``: something was taken away, replaced or forged.
    """

    READY = 0
    OWED = 1
    REFUSED = 2
    TAMPERED = 3


class Topic(Enum):
    """What a check is about, in the order in which people read them."""

    RECORDED = "recorded"
    SIGNED = "signed"
    STAGE = "stage"
    GATE = "gate"
    APPROVALS = "approvals"
    EXCEPTIONS = "exceptions"
    VALID = "valid"
    CHAIN = "chain"
    SEQUENCE = "sequence"


@frozen
class Check:
    """One check and what came of it.

    Attributes:
        text: what is true, in a few words.
        hint: what to do, or empty.
    """

    topic: Topic
    verdict: Verdict
    text: str
    hint: str = ""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several together."""
    return max(verdicts, default=Verdict.READY)


def topic_of(code: str) -> Topic:
    """What a finding of the ledger is about."""
    return _TOPICS.get(code, Topic.CHAIN)


def verdict_of(finding: Finding, *, owed: Iterable[Finding], known: int) -> Verdict:
    """What a finding of the ledger means for a merge.

    Args:
        finding: what was found in the branch, or between it and its base.
        owed: the findings that only say that somebody has yet to agree.
        known: how many entries of the policy the base has: what is wrong with later ones was
            never right, so nothing was taken away.
    """
    if finding.code == "BASE_AHEAD":
        return Verdict.REFUSED
    if finding.severity is not Severity.ERROR:
        return Verdict.READY
    if finding in owed:
        return Verdict.OWED
    is_new = finding.entry > known
    if finding.code in _CURABLE or (is_new and finding.code in _CURABLE_WHERE_NEW):
        return Verdict.REFUSED
    return Verdict.TAMPERED


_TOPICS: Mapping[str, Topic] = {
    "UNRECORDED_CHANGE": Topic.RECORDED,
    "UNREGISTERED_POLICY": Topic.RECORDED,
    "POLICY_FILE_MISSING": Topic.RECORDED,
    "POLICY_UNREADABLE": Topic.RECORDED,
    "OWNER_FIELD_MISMATCH": Topic.RECORDED,
    "USE_CASE_FIELD_MISMATCH": Topic.RECORDED,
    "ID_FIELD_MISMATCH": Topic.RECORDED,
    "AUTHOR_MISSING": Topic.SIGNED,
    "REVIEW_NOT_BY_OWNER": Topic.SIGNED,
    "ROOT_THRESHOLD": Topic.SIGNED,
    "TOMBSTONE_THRESHOLD": Topic.SIGNED,
    "STAGE_FIELD_MISMATCH": Topic.STAGE,
    "STAGE_SKIP": Topic.STAGE,
    "ENTRY_MISNAMED": Topic.RECORDED,
    "EVIDENCE_MISSING": Topic.GATE,
    "EVIDENCE_MISMATCH": Topic.GATE,
    "EVIDENCE_EXPIRED": Topic.GATE,
    "GATE_NOT_MET": Topic.GATE,
    "GATE_BELOW_FLOOR": Topic.GATE,
    "APPROVALS_MISSING": Topic.APPROVALS,
    "APPROVAL_OUTDATED": Topic.APPROVALS,
    "SELF_APPROVAL": Topic.APPROVALS,
    "SIG_NOT_IN_ROLE": Topic.APPROVALS,
    "SIG_NOT_TOUCHED": Topic.APPROVALS,
    "SIG_SURPLUS": Topic.APPROVALS,
    "EMERGENCY_BUILT_ON": Topic.APPROVALS,
    "EMERGENCY_OVERDUE": Topic.APPROVALS,
    "EMERGENCY_PENDING": Topic.APPROVALS,
    "BASELINE_UNKNOWN": Topic.VALID,
    "BASE_AHEAD": Topic.SEQUENCE,
    "NEW_ENTRY_UNDER_OLD_ROOT": Topic.SEQUENCE,
}
_CURABLE = frozenset(
    {
        *("UNRECORDED_CHANGE", "UNREGISTERED_POLICY", "POLICY_FILE_MISSING", "PATH_UNEXPECTED"),
        *("BASELINE_UNKNOWN", "NEW_ENTRY_UNDER_OLD_ROOT", "APPROVAL_OUTDATED"),
    }
)
"""What its author can mend before the merge: nobody signed anything that is not so."""
_CURABLE_WHERE_NEW = frozenset(
    {
        *("STAGE_SKIP", "EVIDENCE_MISSING", "GATE_NOT_MET", "GATE_BELOW_FLOOR"),
        *("EVIDENCE_EXPIRED", "EMERGENCY_BUILT_ON", "ENTRY_MISNAMED"),
    }
)
