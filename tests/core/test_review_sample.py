"""The sample that people review: the same for everybody, extendable, one case of each cluster."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from policyctl.core.bucket import bucket
from policyctl.core.canonical import decode
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Gate, Guardrail, Inference, Limited, Policy
from policyctl.core.record import Label, Record, Status
from policyctl.core.review_labels import (
    ReviewLabels,
    Verdict,
    labels_bytes,
    labels_from,
    verdict_from,
)
from policyctl.core.review_sample import Case, Draw, planned_size, review_rank
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.core.statistics import reviews_needed_anytime

SCHEMA = Path(__file__).parents[2] / "schemas/review-labels.v1.json"
START = datetime(2026, 10, 5, tzinfo=UTC)
GUARDRAIL = Guardrail(
    detector="pii", direction=Direction.INPUT, action=Action.BLOCK, sensitivity=Sensitivity.L2
)
OLD = Policy(
    id="support",
    name="Support",
    purpose="Answers questions.",
    use_case="public-facing",
    data_sensitivity="internal",
    owner="team",
    stage=Stage.LOGGING,
    sensitivity=Sensitivity.L2,
    guardrails=(GUARDRAIL,),
    limited=Limited(apps=("chat", "mail")),
)
NEW = replace(OLD, stage=Stage.LIMITED)


def record(number, **more):
    more = {"app": "chat", "level": Level.L1_CONFIDENT, "status": Status.OK, "key": "k"} | more
    fields = {
        "time": START + timedelta(minutes=number),
        "request_id": f"r{number}",
        "direction": Direction.INPUT,
        "detector": "pii/email",
    }
    return Record(**fields | more)


def drawn(records, size=10):
    draw = Draw(OLD, NEW, size)
    for item in records:
        draw.add(item)
    return draw.result()


def ids(stratum):
    return [item.case.request_id for item in stratum.drawn]


def test_the_order_is_the_published_hash():
    assert review_rank("req-000001", "pii/email") == (
        "dc4e6c2d3d1d9bb1e91830e24cb8f928768a4442699c1502abede71cf0601176"
    )


def test_only_what_the_promotion_newly_blocks_can_be_drawn():
    records = [
        record(1),
        record(2, level=Level.L4_LESS_LIKELY),
        record(3, level=None),
        record(4, app="shop"),
        record(5, direction=Direction.OUTPUT),
        record(6, detector="secrets"),
        record(7, level=None, status=Status.ERROR),
        record(8, app="mail"),
    ]

    chat, mail = drawn(records)

    assert (chat.app, ids(chat), chat.detections) == ("chat", ["r1"], 1)
    assert (mail.app, ids(mail)) == ("mail", ["r8"])


def test_copies_of_a_message_and_messages_of_a_session_are_one_case():
    copies = [record(number, fingerprint="f") for number in range(20)]
    session = [record(number, session_id="s") for number in range(20, 40)]
    family = [record(99), record(99, detector="pii/phone")]
    singles = [record(number) for number in range(100, 103)]

    (found,) = drawn([*copies, *session, *family, *singles])

    assert (found.detections, found.clusters, len(found.drawn)) == (45, 6, 6)


clusters = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["", "f1", "f2", "f3"]), st.booleans()),
    max_size=60,
    unique_by=lambda item: item[0],
)


@given(clusters, st.integers(1, 12), st.integers(1, 12), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_sample_is_the_bottom_of_one_order_whatever_came_first(rows, size, more, source):
    records = [
        record(number, fingerprint=fingerprint, app="chat" if chat else "mail")
        for number, fingerprint, chat in rows
    ]
    small = drawn(records, size)
    large = drawn(source.sample(records, len(records)), size + more)

    assert len(small) == len(large)
    for one, other in zip(small, large, strict=True):
        best = {}
        for item in records:
            if item.app == one.app:
                cluster = item.fingerprint or item.request_id
                rank = review_rank(item.request_id, item.detector)
                best[cluster] = min(
                    best.get(cluster, (rank, item.request_id)), (rank, item.request_id)
                )
        assert ids(one) == [name for _, name in sorted(best.values())][:size]
        assert ids(other)[: len(one.drawn)] == ids(one)
        assert (one.clusters, other.clusters) == (len(best), len(best))


def test_the_order_of_reviews_has_nothing_to_do_with_the_share_of_keys():
    records = [record(number, key=f"r{number}") for number in range(2000)]
    (found,) = drawn(records, 200)
    low = sum(bucket("policyctl/v1:support", name) < "80000000" for name in ids(found))

    assert 70 < low < 130


@pytest.mark.parametrize("inference", Inference)
def test_the_planner_asks_for_enough_to_show_a_good_detector(inference):
    gate = Gate(reviewed=10, false_positives=Fraction(5, 100), inference=inference)
    size = planned_size(gate)

    assert size >= (124 if inference is Inference.FIXED else reviews_needed_anytime(2, 0.05, 0.05))
    assert planned_size(replace(gate, reviewed=5000)) == 5000
    assert planned_size(replace(gate, false_positives=Fraction(0))) == 10


VERDICT = {
    "request_id": "r1",
    "detector": "pii/email",
    "direction": "input",
    "verdict": "true_positive",
    "reviewer": "ada",
    "reviewed_at": "2026-11-20",
}


def labels(*verdicts):
    return ReviewLabels(
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="0" * 64,
        size=10,
        verdicts=verdicts,
    )


def test_a_file_of_verdicts_has_one_spelling_and_is_read_back():
    one = verdict_from(VERDICT)
    two = verdict_from(VERDICT | {"reviewer": "sam", "verdict": "unsure"})

    assert labels_from(labels_bytes(labels(one, two))) == labels(one, two)
    assert labels_bytes(labels(two, one)) == labels_bytes(labels(one, two))
    content = decode(labels_bytes(labels(one, two)))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(content)) == []
    assert one == Verdict(
        case=Case("r1", "pii/email", Direction.INPUT),
        reviewer="ada",
        label=Label.TRUE_POSITIVE,
        reviewed_at="2026-11-20",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reviewer": ""}, "the verdict has no 'reviewer'"),
        ({"reviewer": None}, "the verdict has no 'reviewer'"),
        ({"reviewer": "Ada L"}, "the reviewer 'Ada L' is not a person's id"),
        ({"direction": "up"}, "the direction 'up' is neither input nor output"),
        ({"request_id": "r\n"}, "'request_id' is too long, or holds control characters"),
        ({"request_id": "r" * 513}, "'request_id' is too long, or holds control characters"),
        (
            {"verdict": "yes"},
            "the verdict 'yes' is not one of true_positive, false_positive, unsure",
        ),
        (
            {"reviewed_at": "20.11.2026"},
            "reviewed_at '20.11.2026' is not written as 2026-11-20 or 2026-11-20T08:00:00Z",
        ),
    ],
)
def test_a_verdict_that_is_none_says_why(change, message):
    with pytest.raises(ValueError) as raised:
        verdict_from(VERDICT | change)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"type":"policyctl/review-labels/v1"}',
        labels_bytes(labels()).replace(b'"size": 10', b'"size": 0'),
        labels_bytes(labels()).replace(b'"size": 10', b'"size": true'),
        labels_bytes(labels()).replace(b'"from": "logging"', b'"from": "resting"'),
        labels_bytes(labels(verdict_from(VERDICT), verdict_from(VERDICT))),
    ],
)
def test_what_is_no_file_of_verdicts_is_refused(content):
    with pytest.raises(ValueError):
        labels_from(content)
