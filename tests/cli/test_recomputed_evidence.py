"""verify --records computes the evidence of promotions again, and compares it."""

from __future__ import annotations

import gzip
import json

import pytest

POLICY = "team-assistant"
PATH = f".policyctl/evidence/{POLICY}/000002.json"


@pytest.fixture
def promoted(recorded, events):
    done = recorded.run(
        *("promote", POLICY, "--to", "limited", "--rationale", "measured", "--events", events),
        by="erin",
    )
    assert done.code == 0, done.err
    assert recorded.run("approve", POLICY, "--yes", by="sam").code == 0
    return recorded


def test_the_same_records_give_the_same_evidence(promoted, events):
    done = promoted.run("verify", "--records", events)
    data = json.loads(promoted.run("verify", "--records", events, "--format", "json").out)

    assert done.code == 0, done.out
    assert f"evidence: {POLICY} entry 2: computed again from the records, and the same" in done.out
    assert data["result"]["recomputed"] == [
        {
            "policy": POLICY,
            "entry": 2,
            "evidence": PATH,
            "agreement": "same",
            "differing": [],
            "reason": "",
        }
    ]


def test_evidence_that_the_records_do_not_bear_out_is_found(recorded, events, monkeypatch):
    from policyctl.core import evidence

    real = evidence.evidence_bytes

    def forged(report):
        return real(report).replace(b'"false_positives": 0', b'"false_positives": 1')

    monkeypatch.setattr("policyctl.usecases.promote.evidence_bytes", forged)
    moved = recorded.run(
        *("promote", POLICY, "--to", "limited", "--rationale", "measured", "--events", events),
        by="erin",
    )
    assert moved.code == 0, moved.err
    assert recorded.run("approve", POLICY, "--yes", by="sam").code == 0
    assert recorded.run("verify").code == 0

    done = recorded.run("verify", "--records", events)

    assert done.code == 4
    assert "EVIDENCE_NOT_REPRODUCED" in done.out
    assert f"{PATH} is not what the records say: strata differ" in done.out


def test_other_records_cannot_judge_it(promoted, events, tmp_path):
    with gzip.open(events) as lines:
        first = next(lines)
    (tmp_path / "one.jsonl").write_bytes(first)

    done = promoted.run("verify", "--records", str(tmp_path / "one.jsonl"))

    assert done.code == 3
    assert "not computed again: it was computed from other records" in done.out


def test_what_belongs_to_records_is_refused_without_them(promoted):
    done = promoted.run("verify", "--labels", "labels.json")

    assert done.code == 2
    assert done.err.startswith("policyctl: verdicts and counts are compared with records")


def test_another_commit_is_not_computed_again(promoted, events):
    done = promoted.run("verify", "--rev", "HEAD~1", "--records", events)

    assert done.code in (2, 4)
    assert "at the commit that is checked out" in done.err
