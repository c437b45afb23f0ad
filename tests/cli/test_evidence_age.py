"""Evidence that is too old carries no promotion, and promote and verify agree on when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

POLICY = "team-assistant"
FILE = f"policies/{POLICY}.yaml"
GATE = b"gates:\n  limited: {records: 2000"


def asked(world, events, more: int):
    """Ask for evidence that is as old as today's, and some days more or less; its last day."""
    code, report = evidence(world, events)
    assert code == 0
    last = date.fromisoformat(report["traffic"]["last"][:10])
    age = (datetime.now(UTC).date() - last).days + more
    content = world.read(FILE)
    assert GATE in content
    world.write(FILE, content.replace(GATE, GATE + b", expires: %dd" % age))
    done = world.run("record", POLICY, "--rationale", "evidence expires", by="erin")
    assert done.code == 0, done.err
    return last


def evidence(world, events):
    done = world.run("evidence", POLICY, "--events", events, "--format", "json")
    return done.code, json.loads(done.out)["result"]["report"]


def promote(world, events):
    given = ("--to", "limited", "--rationale", "measured", "--events", events)
    return world.run("promote", POLICY, *given, by="erin")


def test_evidence_that_has_not_expired_is_promoted_and_verified(recorded, events):
    asked(recorded, events, 1)

    told = recorded.run("evidence", POLICY, "--events", events)
    assert f"carries a promotion until {_tomorrow()} (UTC)" in told.out
    done = promote(recorded, events)

    assert done.code == 0, done.err
    assert recorded.run("approve", POLICY, "--yes", by="sam").code == 0
    assert recorded.run("verify", "--records", events).code == 0


def test_expired_evidence_is_refused_and_nothing_changes(recorded, events):
    last = asked(recorded, events, -1)
    before = recorded.state()

    done = promote(recorded, events)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"policyctl: this evidence rests on records until {last}, which")
    assert "= --events FILE with records of the last days" in done.err
    assert recorded.state() == before


def test_who_promotes_on_expired_evidence_anyway_is_found(recorded, events, monkeypatch):
    last = asked(recorded, events, -1)
    monkeypatch.setattr("policyctl.usecases.promote.age_problem", lambda *_: "")
    base = recorded.git("rev-parse", "HEAD").strip()
    assert promote(recorded, events).code == 0

    checked = recorded.run("promote", "--check", "--base", base)
    assert checked.code == 1
    assert f"rests on records until {last}" in checked.out
    approval = recorded.run("approve", POLICY, "--yes", by="sam")
    done = recorded.run("verify", "--format", "json")
    found = {item["code"]: item["message"] for item in json.loads(done.out)["findings"]}

    assert (approval.code, done.code) == (4, 4)
    assert "EVIDENCE_EXPIRED" in approval.err
    assert set(found) == {"EVIDENCE_EXPIRED", "APPROVALS_MISSING"}
    assert f"rests on records until {last}" in found["EVIDENCE_EXPIRED"]
    # Tomorrow's look at it says the same: the entry's time counts, and no clock.
    assert recorded.run("verify", "--now", "2031-01-01").code == 4


def _tomorrow() -> str:
    return str(date.fromordinal(datetime.now(UTC).date().toordinal() + 1))
