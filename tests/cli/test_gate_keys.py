"""Gates that ask for more, from the policy file to the entry and back, on the demo's records."""

from __future__ import annotations

import json
from fractions import Fraction

import duckdb
import pytest

from policyctl.core.policy import Gate
from policyctl.core.review_sample import planned_size

POLICY = "team-assistant"
FILE = f"policies/{POLICY}.yaml"
GATE = "limited: {records: 2000"
LEVELS = ("l1_confident", "l2_very_likely", "l3_likely", "l4_less_likely")


def edit(world, *changes: tuple[str, str]) -> None:
    content = world.read(FILE).decode()
    for old, new in changes:
        assert old in content
        content = content.replace(old, new)
    world.write(FILE, content)
    done = world.run("record", POLICY, "--rationale", "another gate", by="erin")
    assert done.code == 0, done.err


def report(world, *arguments: str):
    done = world.run("evidence", POLICY, "--format", "json", "--events", *arguments)
    return done.code, json.loads(done.out)["result"]["report"]


def test_what_passes_is_promoted_once_the_scope_names_nothing_else(recorded, events):
    wide, narrow = "apps: [assistant, redteam-lab]\n", "apps: [redteam-lab]\n"
    edit(recorded, (GATE, f"{GATE}, promote: subset"), (narrow, wide))
    code, whole = report(recorded, events)
    assert (code, whole["verdict"]) == (1, "not_met")
    assert whole["alone"] == ["prompt_attack (input) in redteam-lab"]

    edit(recorded, (wide, narrow))
    code, part = report(recorded, events)
    assert (code, part["verdict"]) == (0, "met")
    # It was picked out of three applications, whatever the scope names now.
    assert part["picked"] == whole["picked"] == {"among": 3, "confidence": "0.983333"}

    given = ("--to", "limited", "--rationale", "the laboratory passes", "--events", events)
    assert recorded.run("promote", POLICY, *given, by="erin").code == 0
    assert recorded.run("approve", POLICY, "--yes", by="sam").code == 0
    again = recorded.run("verify", "--records", events)
    assert again.code == 0, again.out
    assert "computed again from the records, and the same" in again.out


def test_a_sample_of_what_may_be_picked_is_as_large_as_the_price_asks(recorded, events):
    given = ("--events", events, "--out", "sheet.csv")
    before = recorded.run("review", "sample", POLICY, *given).out
    edit(recorded, (GATE, f"{GATE}, promote: subset"))

    after = recorded.run("review", "sample", POLICY, *given).out

    for text, confidence in ((before, Fraction(95, 100)), (after, 1 - Fraction(5, 300))):
        gate = Gate(reviewed=131, false_positives=Fraction(5, 100), confidence=confidence)
        assert f"size     {planned_size(gate)} of each" in text


@pytest.fixture
def copies(recorded, events):
    """The shipped sample with fingerprints, scores, versions and what the engine did."""
    labels = " ".join(f"WHEN '{name}' THEN {place}" for place, name in enumerate(LEVELS, start=1))
    path = recorded.folder / "copies.parquet"
    duckdb.sql(
        "COPY (SELECT CAST(ts AS TIMESTAMP) AS ts, request_id, app, direction, detector, '1' AS"
        f" detector_version, CAST(CASE level {labels} END AS TINYINT) AS level, status, label,"
        " 'f' || hash(request_id) % 100 || level AS fingerprint,"
        " CAST(hash(request_id) % 1000 AS DOUBLE) / 999 AS score, false AS blocked"
        f" FROM read_json('{events}', format = 'newline_delimited')) TO '{path}' (FORMAT parquet)"
    )
    return str(path)


EVERYTHING = (
    "promote: subset, repeatable: 90%, exception_hits: 100%, expires: 900w, excepted: 100%,"
    " flag_rate: 50%, harm: 900, weekly_change: 50%, daily_variation: 50%, mix_shift: 50%"
)
EXCEPTION = (
    "exceptions:\n  - {id: EX-1, guardrail: prompt_attack, when: {app: redteam-lab,"
    " key: [r_853a8b64a7d6bf59, r_4de2b6508e183d26]}, reason: r, owner: assistants,"
    " expires: '2026-12-20'}\n"
)


def test_every_engine_writes_the_same_report_whatever_the_gate_asks(recorded, copies):
    edit(recorded, (GATE, f"{GATE}, {EVERYTHING}"), ("thresholds:\n", f"{EXCEPTION}thresholds:\n"))

    _, one = report(recorded, copies, "--engine", "python")
    _, other = report(recorded, copies, "--engine", "duckdb")

    assert (one.pop("engine"), other.pop("engine")) == ("python", "duckdb")
    assert one == other
    outcomes = {item["name"]: item["outcome"] for item in one["criteria"]}
    assert outcomes["repeatability"] == "met"
    assert outcomes["exception hits"] == "undecided"
    assert sum(one["exception_weeks"]["EX-1"]) <= one["exceptions"]["EX-1"] == 2
    assert {item["app"] for item in one["repeats"]} == {
        *("assistant", "bank-support", "redteam-lab"),
    }
    assert all(item["same"] == item["messages"] > 0 for item in one["repeats"])


def test_scores_are_drawn_and_are_no_part_of_the_report(recorded, copies):
    page = recorded.run("evidence", POLICY, "--events", copies, "--format", "html").out
    _, data = report(recorded, copies)

    assert "<title>Detections by score</title>" in page
    assert "score" not in json.dumps(data)
