"""What findings mean for a merge."""

import pytest

from policyctl.core.finding import Finding, Severity
from policyctl.core.merge_verdict import Topic, Verdict, topic_of, verdict_of, worst
from policyctl.core.snapshot import violation


def found(code, entry=0, severity=Severity.ERROR):
    return Finding(code=code, severity=severity, message="x", entry=entry)


@pytest.mark.parametrize(
    ("finding", "verdict"),
    [
        (found("UNRECORDED_CHANGE", 3), Verdict.REFUSED),
        (found("STAGE_SKIP", 4), Verdict.REFUSED),
        (found("STAGE_SKIP", 3), Verdict.TAMPERED),
        (found("EVIDENCE_MISSING", 4), Verdict.REFUSED),
        (found("EVIDENCE_EXPIRED", 4), Verdict.REFUSED),
        (found("EVIDENCE_EXPIRED", 3), Verdict.TAMPERED),
        (found("EVIDENCE_MISSING", 2), Verdict.TAMPERED),
        (found("EVIDENCE_MISMATCH", 4), Verdict.TAMPERED),
        (found("SIG_INVALID", 4), Verdict.TAMPERED),
        (found("SOMETHING_NEW"), Verdict.TAMPERED),
        (found("BASE_AHEAD", severity=Severity.WARNING), Verdict.REFUSED),
        (found("EMERGENCY_PENDING", severity=Severity.WARNING), Verdict.READY),
    ],
)
def test_what_was_never_right_can_be_mended_and_the_rest_is_tampering(finding, verdict):
    assert verdict_of(finding, owed=(), known=3) is verdict


def test_what_is_owed_is_no_more_than_owed():
    finding = violation("APPROVALS_MISSING", "x", entry=4)

    assert verdict_of(finding, owed={finding}, known=3) is Verdict.OWED
    assert verdict_of(finding, owed=(), known=3) is Verdict.TAMPERED


def test_the_worst_counts_and_nothing_at_all_is_ready():
    assert worst([Verdict.READY, Verdict.TAMPERED, Verdict.OWED]) is Verdict.TAMPERED
    assert worst([]) is Verdict.READY


def test_an_unknown_code_is_about_the_chain():
    assert topic_of("SOMETHING_NEW") is Topic.CHAIN
    assert topic_of("GATE_NOT_MET") is topic_of("EVIDENCE_EXPIRED") is Topic.GATE
