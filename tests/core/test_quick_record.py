"""Records that are made quickly are those that `record_from` makes, with its refusals."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policyctl.core import quick_record as module
from policyctl.core.json_line import decode_line
from policyctl.core.quick_record import quick_record
from policyctl.core.record import FIELDS, Record, record_from
from policyctl.core.unusable import UnusableError

USUAL = {
    "ts": "2026-10-05T00:00:00.123456Z",
    "request_id": "r1",
    "app": "shop-chat",
    "direction": "input",
    "detector": "prompt_attack",
    "level": "l2_very_likely",
    "status": "ok",
    "session_id": "s1",
    "key": "user-7",
    "cohort": None,
    "score": 0.97,
    "blocked": False,
    "label": "false_positive",
    "fingerprint": "f1",
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["\ud800", "a\nb", "\x7f", "\u00a0", "\u200d", "x" * 512, "x" * 513]),
    st.just([]),
    st.just({}),
)
FITTING = {
    "ts": st.sampled_from(
        ["2026-10-05T02:00:00+02:00", "2026-02-30T00:00:00Z", "2026-10-05", "2026-10-05T00:00:00"]
    ),
    "direction": st.sampled_from(["input", "output", "Input"]),
    "level": st.sampled_from(["none", "l1_confident", "l5_unlikely", "L1"]),
    "status": st.sampled_from(["ok", "error", "timeout", "okay"]),
    "label": st.sampled_from(["true_positive", "false_positive", "unsure", "maybe"]),
}
CHANGES = st.dictionaries(
    st.sampled_from([*FIELDS, "text", ""]), st.none(), min_size=0, max_size=4
).flatmap(
    lambda names: st.fixed_dictionaries({name: FITTING.get(name, ODD) | ODD for name in names})
)


def outcome(make, data):
    """The record, each field with its type, or what is said of it here and where it may be read."""
    try:
        record = make(data)
    except UnusableError as error:
        return str(error), error.reason
    fields = [getattr(record, name) for name in Record.__slots__]
    return [(type(value), value) for value in fields]


@given(CHANGES, st.sets(st.sampled_from(sorted(USUAL)), max_size=2), st.randoms())
@example({"score": 0}, set(), None)
@example({"score": True}, set(), None)
@example({"blocked": 1}, set(), None)
@example({"key": 0}, set(), None)
@example({"key": ""}, set(), None)
@example({"status": "error"}, set(), None)
@example({"request_id": "x" * 300, "app": "y" * 300}, set(), None)
def test_it_is_the_same_record_or_the_same_refusal(changes, missing, order):
    data = {name: value for name, value in (USUAL | changes).items() if name not in missing}
    if order is not None:
        names = list(data)
        order.shuffle(names)
        data = {name: data[name] for name in names}

    assert outcome(quick_record, data) == outcome(record_from, data)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"level": "none", "label": None, "score": None},
        {"status": "timeout", "level": "none", "score": 1},
        {"request_id": "Zürich-é-☃-𝄞", "detected": True, "would_block": False},
        {"ts": "2026-10-05T02:00:00+02:00", "key": None, "session_id": None},
    ],
)
def test_what_is_usual_is_not_asked_field_by_field(change, monkeypatch):
    wanted = record_from(USUAL | change)
    monkeypatch.setattr(module, "record_from", None)

    found = quick_record(USUAL | change)

    assert found == wanted
    assert hash(found) == hash(wanted)
    with pytest.raises(AttributeError):
        found.app = "another"


@given(
    st.sampled_from(["", " ", "\t", "\ufeff", "x", "{}", "1", "\x00"]),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.floats(), max_size=3),
    st.sampled_from(["", " ", "\t ", "\r", "}", ",", " {}", "\n ", '"']),
)
def test_a_line_holds_an_object_and_at_most_blanks_beside_it(before, data, after):
    text = before + json.dumps(data) + after
    try:
        wanted = json.loads(text, parse_constant=int)
    except ValueError:
        wanted = None

    if isinstance(wanted, dict):
        assert decode_line(text.encode()) == wanted
    else:
        with pytest.raises(UnusableError):
            decode_line(text.encode())


@pytest.mark.parametrize("content", [b"", b"\n", b"null", b"[]", b"-1"])
def test_a_line_without_an_object_is_none(content):
    with pytest.raises(UnusableError):
        decode_line(content)
