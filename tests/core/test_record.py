"""A detection record: what is read, what is refused, and that the schema says the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from policyctl.core.decision import Detection
from policyctl.core.levels import Level
from policyctl.core.record import Label, Record, Status, record_from
from policyctl.core.sides import Direction

SCHEMA = Path(__file__).parents[2] / "schemas" / "record.v1.json"
MINIMAL = {
    "ts": "2026-10-05T00:00:00Z",
    "request_id": "r1",
    "app": "shop-chat",
    "direction": "input",
    "detector": "prompt_attack",
    "level": "l2_very_likely",
    "status": "ok",
}
WHOLE = MINIMAL | {
    "session_id": "s1",
    "key": "user-7",
    "cohort": "beta",
    "detector_version": "1.4.0",
    "score": 0.97,
    "detected": True,
    "would_block": False,
    "blocked": False,
    "label": "false_positive",
    "reviewer": "ada",
    "engine": "litellm",
    "policy_digest": "ab" * 32,
    "fingerprint": "f1",
}
GOOD = [
    MINIMAL,
    WHOLE,
    MINIMAL | {"ts": "2026-10-05T02:00:00.123456+02:00"},
    MINIMAL | {"level": "none", "label": None, "score": None, "detected": None, "key": None},
    MINIMAL | {"level": "l5_unlikely", "direction": "output", "label": "unsure"},
    MINIMAL | {"status": "timeout", "level": "none"},
    MINIMAL | {"request_id": "Zürich-é-☃-𝄞"},
]
BAD = [
    (
        {},
        (
            "the record has no 'ts', 'request_id', 'app', 'direction', 'detector', 'level'"
            " and 'status'"
        ),
    ),
    ({k: v for k, v in MINIMAL.items() if k != "level"}, "the record has no 'level'"),
    (
        MINIMAL | {"ts": "2026-10-05T00:00:00"},
        "time '2026-10-05T00:00:00' has no time zone: write 2026-10-05T00:00:00Z",
    ),
    (MINIMAL | {"ts": "yesterday"}, "time 'yesterday' is not written as 2026-10-05T00:00:00Z"),
    (MINIMAL | {"ts": "2026-10-05"}, "time '2026-10-05' is not written as 2026-10-05T00:00:00Z"),
    (MINIMAL | {"ts": 1759622400}, "'ts' is a number, not text"),
    (
        MINIMAL | {"label": "false_postive"},
        (
            "the label 'false_postive' is unknown: did you mean 'false_positive'?"
            " (allowed: true_positive, false_positive, unsure)"
        ),
    ),
    (
        MINIMAL | {"label": "benign"},
        "the label 'benign' is unknown (allowed: true_positive, false_positive, unsure)",
    ),
    (
        MINIMAL | {"level": "l2_likely"},
        (
            "the level 'l2_likely' is unknown: did you mean 'l3_likely'? (allowed: l1_confident,"
            " l2_very_likely, l3_likely, l4_less_likely, l5_unlikely, none)"
        ),
    ),
    (MINIMAL | {"level": 2}, "'level' is a number, not text"),
    (
        MINIMAL | {"direction": "inbound"},
        "the direction 'inbound' is unknown (allowed: input, output)",
    ),
    (
        MINIMAL | {"status": "Ok"},
        "the status 'Ok' is unknown: did you mean 'ok'? (allowed: ok, error, timeout)",
    ),
    (
        MINIMAL | {"status": "error"},
        "a record with status 'error' has level 'none', not 'l2_very_likely'",
    ),
    (MINIMAL | {"request_id": ""}, "'request_id' is empty"),
    (MINIMAL | {"request_id": 7}, "'request_id' is a number, not text"),
    (MINIMAL | {"request_id": None}, "'request_id' is null, not text"),
    (MINIMAL | {"app": ["a"]}, "'app' is a list, not text"),
    (MINIMAL | {"app": {"name": "a"}}, "'app' is an object, not text"),
    (MINIMAL | {"app": "a\nb"}, "'app' holds control characters or half of a character"),
    (MINIMAL | {"key": "k" * 513}, "'key' is longer than 512 characters"),
    (MINIMAL | {"detected": "yes"}, "'detected' is text, not true or false"),
    (MINIMAL | {"blocked": 1}, "'blocked' is a number, not true or false"),
    (MINIMAL | {"score": "0.9"}, "'score' is text, not a number"),
    (MINIMAL | {"score": True}, "'score' is true or false, not a number"),
    (MINIMAL | {"score": 1.5}, "the score 1.5 is not between 0 and 1"),
    (
        MINIMAL | {"requestid": "r1"},
        "the field 'requestid' is unknown: did you mean 'request_id'?",
    ),
    (MINIMAL | {"text": "hello"}, "the field 'text' is unknown"),
    (MINIMAL | {"new\nline": 1}, "the field 'new\\nline' is unknown"),
]


@pytest.fixture(scope="module")
def schema():
    loaded = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)


@pytest.mark.parametrize("data", GOOD)
def test_a_good_record_is_read_and_the_schema_accepts_it(data, schema):
    assert isinstance(record_from(data), Record)
    assert schema.is_valid(data)


@pytest.mark.parametrize(("data", "message"), BAD, ids=[message for _, message in BAD])
def test_a_bad_record_is_refused_in_one_sentence_and_the_schema_refuses_it(data, message, schema):
    with pytest.raises(ValueError) as raised:
        record_from(data)

    assert str(raised.value) == message
    assert not schema.is_valid(data)


@pytest.mark.parametrize(
    ("ts", "message"),
    [
        ("2026-02-30T00:00:00Z", "time '2026-02-30T00:00:00Z' does not exist"),
        ("2026-10-05T24:01:00Z", "time '2026-10-05T24:01:00Z' does not exist"),
        ("0001-01-01T00:00:00+14:00", "time '0001-01-01T00:00:00+14:00' does not exist in UTC"),
    ],
)
def test_a_time_that_does_not_exist_is_refused(ts, message):
    with pytest.raises(ValueError) as raised:
        record_from(MINIMAL | {"ts": ts})

    assert str(raised.value) == message


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(ValueError, match="is not between 0 and 1"):
        record_from(MINIMAL | {"score": score})


def test_half_of_a_character_is_refused_because_it_cannot_be_hashed():
    with pytest.raises(ValueError, match="half of a character"):
        record_from(MINIMAL | {"key": "\ud800"})


def test_every_field_arrives():
    assert record_from(WHOLE) == Record(
        time=datetime(2026, 10, 5, tzinfo=UTC),
        request_id="r1",
        app="shop-chat",
        direction=Direction.INPUT,
        detector="prompt_attack",
        level=Level.L2_VERY_LIKELY,
        status=Status.OK,
        key="user-7",
        session_id="s1",
        cohort="beta",
        detector_version="1.4.0",
        score=0.97,
        detected=True,
        would_block=False,
        blocked=False,
        label=Label.FALSE_POSITIVE,
        reviewer="ada",
        engine="litellm",
        policy_digest="ab" * 32,
        fingerprint="f1",
    )


def test_every_time_is_turned_into_utc():
    record = record_from(MINIMAL | {"ts": "2026-10-05T01:30:00+02:00"})

    assert record.time == datetime(2026, 10, 4, 23, 30, tzinfo=UTC)
    assert record.time.tzinfo is UTC


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({}, "r1"),
        ({"session_id": "s1"}, "s1"),
        ({"session_id": "s1", "key": "u1"}, "u1"),
        ({"session_id": None, "key": None}, "r1"),
    ],
)
def test_the_sticky_key_is_the_key_else_the_session_else_the_request(more, key):
    assert record_from(MINIMAL | more).key == key


def test_an_unknown_fact_is_not_a_no():
    record = record_from(MINIMAL)

    assert (record.detected, record.would_block, record.blocked) == (None, None, None)


def test_the_detection_is_what_a_policy_decides_about():
    assert record_from(WHOLE).detection == Detection(
        detector="prompt_attack",
        direction=Direction.INPUT,
        level=Level.L2_VERY_LIKELY,
        app="shop-chat",
        time=datetime(2026, 10, 5, tzinfo=UTC),
        key="user-7",
        cohort="beta",
    )
