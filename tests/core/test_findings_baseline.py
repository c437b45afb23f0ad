"""Findings that were there when the rules were adopted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.findings_baseline import (
    FindingsBaseline,
    Fingerprint,
    baseline_bytes,
    fingerprint,
    parse_baseline,
    stale,
    unknown,
)

ONE = Fingerprint("support", "rule-a", "stage")
TWO = Fingerprint("support", "rule-a", "exceptions[EX-1].reason")
TEXT = b"""\
{
 "type": "policyctl/findings-baseline/v1",
 "findings": [
  {"policy": "support", "code": "rule-a", "at": "exceptions[EX-1].reason", "count": 1},
  {"policy": "support", "code": "rule-a", "at": "stage", "count": 2}
 ]
}
"""


def finding(message="it is wrong", line=1, **more):
    return Finding(
        code="rule-a",
        severity=Severity.WARNING,
        message=message,
        span=Span(line, 1, line, 2),
        policy="support",
        **more,
    )


def test_each_finding_has_a_line_of_its_own_in_a_fixed_order():
    assert baseline_bytes({ONE: 2, TWO: 1}) == TEXT
    assert baseline_bytes({TWO: 1, ONE: 2}) == TEXT


def test_an_empty_baseline_is_a_file_too():
    assert parse_baseline(baseline_bytes({})).counts == {}


@given(
    st.dictionaries(
        st.builds(Fingerprint, st.text(), st.text(), st.text()), st.integers(min_value=1)
    )
)
def test_what_is_written_is_read_again(counts):
    content = baseline_bytes(counts)

    read = parse_baseline(content)

    assert read.counts == counts
    assert baseline_bytes(read.counts) == content
    for one, line in read.lines.items():
        assert json.dumps(one.at) in content.decode().split("\n")[line - 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "its type is not policyctl/findings-baseline/v1"),
        (TEXT.replace(b"v1", b"v2"), "its type is not policyctl/findings-baseline/v1"),
        (TEXT.replace(b'"findings"', b'"finds"'), "it has other fields"),
        (TEXT.replace(b'"code": "rule-a", ', b""), "finding 1 has other fields"),
        (TEXT.replace(b'"count": 1', b'"count": true'), "finding 1 has a 'count'"),
        (TEXT.replace(b'"count": 2', b'"count": 0'), "finding 2 has a count below 1"),
        (TEXT.replace(b"exceptions[EX-1].reason", b"stage"), "finding 2 stands there twice"),
    ],
)
def test_anything_else_is_refused_with_a_reason(content, said):
    with pytest.raises(ValueError) as refused:
        parse_baseline(content)

    assert str(refused.value).startswith(said)


def test_a_fingerprint_knows_neither_words_nor_lines_nor_indexes():
    one = finding(at=("guardrails", 1, "sensitivity"))
    other = finding("it is very wrong", 7, at=("guardrails", 0, "sensitivity"))
    attack = {"detector": "prompt_attack", "direction": "input"}
    before = {"guardrails": [{"detector": "secrets"}, attack]}
    after = {"guardrails": [attack, {"detector": "secrets"}]}

    assert fingerprint(one, before) == fingerprint(other, after)
    assert fingerprint(one, before).at == "guardrails[prompt_attack input].sensitivity"


@pytest.mark.parametrize(
    ("at", "place"),
    [
        ((), ""),
        (("exceptions", 0, "reason"), "exceptions[EX-1].reason"),
        (("escalation", 0, "do"), "escalation[flag rate above 5% for 3d].do"),
        (("limited", "apps", 1), "limited.apps[voice]"),
        (("others", 0), "others[0]"),
        (("missing", "owner"), "missing.owner"),
        (("exceptions", 9), "exceptions[9]"),
    ],
)
def test_items_go_by_their_identity_where_they_have_one(at, place):
    data = {
        "exceptions": [{"id": "EX-1"}],
        "escalation": [{"when": "flag rate above 5% for 3d"}],
        "limited": {"apps": ["chat", "voice"]},
        "others": [{"x": 1}],
    }

    assert fingerprint(finding(at=at), data).at == place


def test_known_findings_are_taken_out_as_often_as_they_are_known():
    findings = [finding(line=line) for line in (1, 2, 3)]

    new, left = unknown([(one, ONE) for one in findings], FindingsBaseline(counts={ONE: 2, TWO: 4}))

    assert new == (findings[2],)
    assert left == {TWO: 4}


def test_what_does_not_occur_any_more_is_noted_with_its_line():
    baseline = parse_baseline(TEXT, "known.json")

    notes = list(stale({TWO: 1, ONE: 1}, baseline))

    assert [(note.code, note.severity, note.file) for note in notes] == [
        ("baseline-stale", Severity.NOTE, "known.json")
    ] * 2
    assert [(note.span.line, note.message) for note in notes] == [
        (4, "the known finding 'rule-a' of 'support' is gone"),
        (5, "the known finding 'rule-a' of 'support' occurs 1 of 2 times"),
    ]
    assert notes[0].hint == "shrink the file: policyctl lint --write-baseline known.json"


def test_a_baseline_that_somebody_reformatted_has_no_lines():
    assert parse_baseline(json.dumps(json.loads(TEXT)).encode()).lines == {}
