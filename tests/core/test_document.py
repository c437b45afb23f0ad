"""A document knows where its values stand, and what to say of those that are absent."""

from __future__ import annotations

from policyctl.core.document import Document
from policyctl.core.finding import Finding, Severity, Span

WHOLE, LIST, ITEM = Span(1, 1, 3, 1), Span(2, 3, 2, 20), Span(2, 5, 2, 18)
VALUE, KEY = Span(2, 15, 2, 18), Span(2, 5, 2, 13)
DOCUMENT = Document(
    file="policies/support.yaml",
    text="guardrails:\n- detector: pii\n",
    data={"guardrails": [{"detector": "pii"}]},
    values={
        (): WHOLE,
        ("guardrails",): LIST,
        ("guardrails", 0): ITEM,
        ("guardrails", 0, "detector"): VALUE,
    },
    keys={("guardrails", 0, "detector"): KEY},
)


def test_a_value_has_a_place():
    assert DOCUMENT.span(("guardrails", 0, "detector")) == VALUE


def test_a_key_has_a_place_of_its_own():
    assert DOCUMENT.span(("guardrails", 0, "detector"), key=True) == KEY


def test_an_absent_value_stands_where_its_nearest_parent_does():
    assert DOCUMENT.span(("guardrails", 0, "reason")) == ITEM
    assert DOCUMENT.span(("guardrails", 0, "topics", 1, "name")) == ITEM
    assert DOCUMENT.span(("guardrails", 5)) == LIST
    assert DOCUMENT.span(("exceptions", 0, "id"), key=True) == WHOLE


def test_a_key_without_a_place_has_its_values():
    assert DOCUMENT.span(("guardrails", 0), key=True) == ITEM


def test_a_document_without_places_has_none():
    assert Document(file="a.yaml", text="", data=None).span(("a",)) is None


def test_a_finding_carries_the_file_and_the_place():
    found = DOCUMENT.finding(
        "unknown-detector",
        "the detector 'pii' is unknown",
        at=("guardrails", 0, "detector"),
        hint="use another",
        severity=Severity.WARNING,
    )

    assert found == Finding(
        code="unknown-detector",
        severity=Severity.WARNING,
        message="the detector 'pii' is unknown",
        hint="use another",
        file="policies/support.yaml",
        span=VALUE,
        at=("guardrails", 0, "detector"),
    )


def test_a_finding_about_a_key_underlines_the_key():
    assert DOCUMENT.finding("c", "m", at=("guardrails", 0, "detector"), key=True).span == KEY


def test_a_finding_about_all_of_it_is_an_error_at_the_top():
    found = DOCUMENT.finding("c", "m")

    assert (found.severity, found.span, found.at, found.hint) == (Severity.ERROR, WHOLE, (), "")
