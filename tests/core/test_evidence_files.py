"""The evidence in the repository: there, unaltered, about this change, and good enough."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from policyctl.core import paths
from policyctl.core.canonical import encode, sha256
from policyctl.core.chain import Chain, Recorded
from policyctl.core.entry import ChangeAction, Entry, EvidenceReference
from policyctl.core.evidence_files import check_evidence, check_stray_evidence
from policyctl.core.root_chain import Roots
from policyctl.core.snapshot import File
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot

NOW = datetime(2026, 11, 22, tzinfo=UTC)
AUTHORS: frozenset[str] = frozenset()
BEFORE = "b" * 64
FLOOR = {
    "window": "7d",
    "records": 1000,
    "reviewed": 100,
    "false_positives": "5%",
    "confidence": "95%",
    "inference": "anytime",
}
GATE = {
    "window_hours": 14 * 24,
    "records": 2000,
    "reviewed": 131,
    "false_positives": "0.050000",
    "confidence": "0.950000",
    "inference": "anytime",
}
REPORT = {
    "type": "policyctl/evidence/v1",
    "criteria": [{"name": "window", "outcome": "met"}],
    "policy": "shop",
    "from": "logging",
    "to": "limited",
    "policy_digest": BEFORE,
    "verdict": "met",
    "gate": GATE,
}
PLACE = paths.HOME + paths.evidence_name("shop", 2)


def root() -> TrustRoot:
    return TrustRoot(
        log="a" * 64,
        version=1,
        prev=None,
        created_at=NOW,
        people={},
        roles={},
        stewards=(),
        threshold=1,
        approvals=(),
        gates={"limited": FLOOR},
    )


def chain(*references: EvidenceReference) -> Chain:
    entry = Entry(
        log="a" * 64,
        policy="shop",
        path=paths.policy_path("shop"),
        seq=2,
        prev="c" * 64,
        change="c1",
        action=ChangeAction.PROMOTE,
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        before=BEFORE,
        after="d" * 64,
        owner="team",
        use_case="public-facing",
        rationale="measured",
        root=1,
        requested_at=NOW,
        evidence=references,
    )
    recorded = Recorded(entry=entry, content=b"", approvals={}, missing={}, authors=AUTHORS)
    return Chain(policy="shop", entries=(recorded,), findings=())


def codes(report: object, *, digest: str = "", name: str = "") -> list[str]:
    content = report if isinstance(report, bytes) else encode(report)
    reference = EvidenceReference(
        name=name or paths.evidence_name("shop", 2), sha256=digest or sha256(content)
    )
    roots = Roots(by_version={1: root()}, findings=())
    snapshot = {PLACE: File(mode="100644", content=content)}
    return [item.code for item in check_evidence(snapshot, chain(reference), roots)]


def test_a_report_that_met_a_strict_enough_gate_is_accepted():
    assert codes(REPORT) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"policy": "other"}, "EVIDENCE_MISMATCH"),
        ({"to": "enforce"}, "EVIDENCE_MISMATCH"),
        ({"policy_digest": "e" * 64}, "EVIDENCE_MISMATCH"),
        ({"verdict": "undecided"}, "GATE_NOT_MET"),
        ({"verdict": None}, "GATE_NOT_MET"),
        ({"criteria": []}, "GATE_NOT_MET"),
        ({"criteria": None}, "GATE_NOT_MET"),
        ({"criteria": [{"outcome": "met"}, {"outcome": "undecided"}]}, "GATE_NOT_MET"),
        ({"type": "policyctl/evidence/v2"}, "EVIDENCE_MISMATCH"),
    ],
)
def test_a_report_about_something_else_is_found(changes, code):
    assert codes({**REPORT, **changes}) == [code]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("window_hours", 6 * 24),
        ("records", 999),
        ("reviewed", 99),
        ("false_positives", "0.050001"),
        ("confidence", "0.949999"),
        ("inference", "fixed"),
        ("records", "many"),
        ("records", True),
        ("confidence", "1/0"),
        ("reviewed", None),
    ],
)
def test_a_gate_that_asks_for_less_than_governance_is_found(field, value):
    assert codes({**REPORT, "gate": {**GATE, field: value}}) == ["GATE_BELOW_FLOOR"]


@pytest.mark.parametrize("gate", [None, [], "lax"])
def test_a_report_without_a_gate_is_found(gate):
    assert codes({**REPORT, "gate": gate}) == ["GATE_BELOW_FLOOR"]


@pytest.mark.parametrize(
    ("reviewers", "expected"),
    [(["erin"], ["GATE_NOT_MET"]), (["ada"], []), (["ada", "erin"], []), (None, ["GATE_NOT_MET"])],
)
def test_reviews_by_the_author_of_the_change_alone_are_found(reviewers, expected, monkeypatch):
    monkeypatch.setitem(globals(), "AUTHORS", frozenset({"erin"}))

    assert codes({**REPORT, "reviews": {"reviewers": reviewers}}) == expected


@pytest.mark.parametrize(
    ("field", "floor", "strict", "lax"),
    [
        ("harm", 20, 20, 21),
        ("completeness", "99%", "0.995000", "0.980000"),
        ("weekly_change", "25%", "0.200000", "0.300000"),
        ("exceptions_frozen", "7d", 168, 167),
        ("reviewers", 2, 3, 1),
    ],
)
def test_what_governance_asks_for_besides_is_no_less_in_the_report(
    field, floor, strict, lax, monkeypatch
):
    monkeypatch.setitem(FLOOR, field, floor)
    name = "exceptions_frozen_hours" if field == "exceptions_frozen" else field

    assert codes({**REPORT, "gate": {**GATE, name: strict}}) == []
    assert codes({**REPORT, "gate": {**GATE, name: lax}}) == ["GATE_BELOW_FLOOR"]
    assert codes(REPORT) == ["GATE_BELOW_FLOOR"]


def test_a_report_that_was_altered_moved_or_never_canonical_is_found():
    assert codes(REPORT, digest="f" * 64) == ["EVIDENCE_MISMATCH"]
    assert codes(REPORT, name="evidence/shop/000003.json") == ["EVIDENCE_MISSING"]
    assert codes(b"{}") == ["EVIDENCE_MISMATCH"]
    assert codes(encode([])) == ["EVIDENCE_MISMATCH"]


def test_a_promotion_without_evidence_is_found():
    found = check_evidence({}, chain(), Roots(by_version={1: root()}, findings=()))

    assert [item.code for item in found] == ["EVIDENCE_MISSING"]


def test_a_report_that_no_entry_names_is_found():
    snapshot = MappingProxyType({PLACE: File(mode="100644", content=b"")})

    [found] = check_stray_evidence(snapshot, {"shop": chain()})

    assert (found.code, found.file) == ("PATH_UNEXPECTED", PLACE)


@pytest.mark.parametrize(
    ("floor", "promote", "expected"),
    [
        ("subset", "subset", []),
        ("subset", "all", ["GATE_BELOW_FLOOR"]),
        ("subset", None, ["GATE_BELOW_FLOOR"]),
        ("all", "subset", []),
        ("all", None, []),
        ("all", "most", ["GATE_BELOW_FLOOR"]),
    ],
)
def test_the_price_of_picking_that_governance_asks_is_paid(floor, promote, expected, monkeypatch):
    monkeypatch.setitem(FLOOR, "promote", floor)
    gate = {**GATE, "promote": promote} if promote else GATE

    assert codes({**REPORT, "gate": gate}) == expected


def aged(hours, last):
    return {**REPORT, "gate": {**GATE, "expires_hours": hours}, "traffic": {"last": last}}


@pytest.mark.parametrize(
    ("hours", "last", "expected"),
    [
        (14 * 24, "2026-11-08T00:00:00Z", []),
        (14 * 24, "2026-11-07T23:59:59.999999Z", ["EVIDENCE_EXPIRED"]),
        (14 * 24, "2026-11-23T12:00:00Z", ["EVIDENCE_EXPIRED"]),
        (14 * 24, None, ["EVIDENCE_EXPIRED"]),
        ("336", "2026-11-08T00:00:00Z", ["EVIDENCE_EXPIRED"]),
    ],
)
def test_records_that_were_too_old_at_the_time_of_the_entry_are_found(hours, last, expected):
    assert codes(aged(hours, last)) == expected


def test_evidence_does_not_last_longer_than_governance_lets_it(monkeypatch):
    monkeypatch.setitem(FLOOR, "expires", "14d")

    assert codes(aged(14 * 24, "2026-11-20T00:00:00Z")) == []
    assert codes(aged(14 * 24 + 1, "2026-11-20T00:00:00Z")) == ["GATE_BELOW_FLOOR"]
    assert codes(REPORT) == ["GATE_BELOW_FLOOR"]
