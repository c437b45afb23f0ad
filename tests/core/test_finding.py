"""Findings: their order is the same for everybody, and a place reads as people say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.finding import Finding, Severity, Span, in_order, pointer

FINDING = Finding(code="a-code", severity=Severity.ERROR, message="something is wrong")
spans = st.none() | st.builds(
    lambda line, column: Span(line, column, line, column + 1),
    st.integers(1, 12),
    st.integers(1, 12),
)
findings = st.builds(
    Finding,
    code=st.sampled_from(("a", "b")),
    severity=st.sampled_from(Severity),
    message=st.sampled_from(("one", "two")),
    file=st.sampled_from(("", "a.yaml", "b.yaml")),
    span=spans,
)


def test_severities_are_ordered():
    assert Severity.NOTE < Severity.WARNING < Severity.ERROR


def test_findings_are_ordered_by_file_place_code_and_message():
    expected = (
        replace(FINDING, file=""),
        replace(FINDING, file="a.yaml"),
        replace(FINDING, file="a.yaml", span=Span(2, 9, 2, 10)),
        replace(FINDING, file="a.yaml", span=Span(10, 1, 10, 2), message="z"),
        replace(FINDING, file="a.yaml", span=Span(10, 1, 10, 2), code="b-code", message="a"),
        replace(FINDING, file="a.yaml", span=Span(10, 1, 10, 2), code="b-code", message="b"),
        replace(FINDING, file="a.yaml", span=Span(10, 2, 10, 3)),
        replace(FINDING, file="b.yaml", span=Span(1, 1, 1, 2)),
    )

    assert in_order(reversed(expected)) == expected


def test_a_finding_that_was_made_twice_is_shown_once():
    assert in_order([FINDING, replace(FINDING)]) == (FINDING,)


def test_nothing_found_is_nothing_shown():
    assert in_order([]) == ()


@given(st.lists(findings))
def test_every_finding_is_kept_and_the_places_go_down_the_page(items):
    ordered = in_order(items)
    places = [
        (item.file, (item.span.line, item.span.column) if item.span else (0, 0)) for item in ordered
    ]

    assert set(ordered) == set(items)
    assert len(ordered) == len(set(items))
    assert places == sorted(places)


def test_findings_that_differ_elsewhere_have_one_order_too():
    by_entry = [replace(FINDING, policy="support", entry=number) for number in range(1, 21)]
    by_policy = [replace(FINDING, policy=f"p{number:02}") for number in range(20)]
    by_hint = [replace(FINDING, hint=f"hint {number:02}") for number in range(20)]

    for expected in (by_entry, by_policy, by_hint):
        assert in_order(expected) == in_order(reversed(expected)) == tuple(expected)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ((), ""),
        (("stage",), "stage"),
        (("guardrails", 0, "sensitivity"), "guardrails[0].sensitivity"),
        (("a", 1, 2, "b"), "a[1][2].b"),
        ((0, "a"), "[0].a"),
        (("controls", "nist-csf-2.0", 3), "controls.nist-csf-2.0[3]"),
    ],
)
def test_a_place_reads_as_people_write_it(at, text):
    assert pointer(at) == text
