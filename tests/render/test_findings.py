"""Findings as text: the place, the line with the span underlined, and what would be right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from policyctl.core.finding import Finding, Severity, Span
from policyctl.render.lines import BAD, NAME, WARN, Part, clean, drawn, plain
from policyctl.render.text.findings import finding_lines

FILE = "policies/nasty.yaml"
LONG = "purpose: " + "a very long purpose " * 10 + "with a mistake in its tail"
SOURCE = f"""\
id: support
name: '大きい | 50%, <b>Müller</b> e\u0301'
owner: crm\x1b[31m # \u202eevil
{LONG}
exceptions:
- reason: |
    two
    lines
\tstage: enforce
"""


def finding(message, *, severity=Severity.ERROR, code="a-code", **more):
    return Finding(code=code, severity=severity, message=message, **{"file": FILE} | more)


PAGE = (
    finding("the file is not in the ledger", severity=Severity.NOTE, hint="run 'policyctl record'"),
    finding("the id 'support' differs from the file's name", span=Span(1, 5, 1, 12)),
    finding(
        "the name holds 100%, | and <i>tags</i>\nand a second line",
        span=Span(2, 17, 2, 31),
        hint="write, for example: 'a', 'b' | 'c' %0A",
        code="nasty-name",
    ),
    finding("the owner \x1b[31mcrm\x1b[0m is unknown", span=Span(3, 8, 3, 16)),
    finding("the owner's comment turns the line", span=Span(3, 19, 3, 24), severity=Severity.NOTE),
    finding("the purpose has a mistake", span=Span(4, 217, 4, 224), severity=Severity.WARNING),
    finding("the reason goes over several lines", span=Span(6, 3, 8, 10)),
    finding("a tab stands at the start", span=Span(9, 1, 9, 2)),
    finding("the key 'use_case' is missing", span=Span(10, 1, 10, 1)),
    finding("the line is not there any more", span=Span(99, 1, 99, 5)),
    finding("the file cannot be read", file="policies/other.yaml", span=Span(1, 1, 1, 2)),
    finding("the ledger has a gap", file="", code="LOG_GAP"),
)


def shown(item, width=None, source=SOURCE):
    """The rows of one finding."""
    return plain(finding_lines([item], {FILE: source}, width)).splitlines()


def test_a_page_of_findings_in_a_pipe(golden):
    golden("findings.txt", plain(finding_lines(PAGE, {FILE: SOURCE})))


def test_a_page_of_findings_on_a_narrow_terminal(golden):
    golden("findings-narrow.txt", plain(finding_lines(PAGE, {FILE: SOURCE}, 60)))


def test_a_page_of_findings_in_colours(golden):
    golden("findings.ansi", drawn(finding_lines(PAGE, {FILE: SOURCE}, 100), 100))


def test_nothing_found_is_no_line_at_all():
    assert finding_lines([], {}) == []


def test_findings_are_apart_by_an_empty_line():
    page = plain(finding_lines([finding("one"), finding("two")], {}))

    assert page == f"{FILE}: error: one [a-code]\n\n{FILE}: error: two [a-code]\n"


@pytest.mark.parametrize(
    ("severity", "style"),
    [(Severity.ERROR, BAD), (Severity.WARNING, WARN), (Severity.NOTE, NAME)],
)
def test_the_word_and_the_underline_have_the_colour_of_the_severity(severity, style):
    item = finding("m", severity=severity, span=Span(1, 5, 1, 12))
    parts = [part for row in finding_lines([item], {FILE: SOURCE}) for part in row]

    assert Part(severity.name.lower(), style) in parts
    assert Part("^^^^^^^", style) in parts


def test_a_file_whose_text_is_unknown_has_no_excerpt():
    item = finding("m", span=Span(1, 5, 1, 12))

    assert plain(finding_lines([item], {})) == f"{FILE}:1:5: error: m [a-code]\n"


def test_a_span_over_several_lines_is_underlined_to_the_end_of_its_first():
    assert shown(finding("m", span=Span(6, 3, 8, 10)))[1:] == [
        "    6 | - reason: |",
        "      |   ^^^^^^^^^",
    ]


@pytest.mark.parametrize("span", [Span(1, 12, 1, 12), Span(1, 12, 1, 13), Span(1, 40, 1, 41)])
def test_a_span_of_nothing_is_one_mark_at_the_end(span):
    assert shown(finding("m", span=span))[1:] == [
        "    1 | id: support",
        "      |            ^",
    ]


def test_the_carriage_return_of_a_line_is_not_shown():
    item = finding("m", span=Span(1, 5, 1, 12))

    assert shown(item, source="id: support\r\nname: x\r\n")[1] == "    1 | id: support"


def test_the_end_of_an_empty_file_can_be_pointed_at():
    assert shown(finding("m", span=Span(1, 1, 1, 1)), source="")[1:] == ["    1 |", "      | ^"]


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("column", [1, 50, 120, 217])
def test_of_a_long_line_the_part_around_the_span_is_shown(width, column):
    item = finding("m", span=Span(4, column, 4, column + 7))
    _, excerpt, marks = shown(item, width)
    at = marks.index("^")

    assert max(len(excerpt), len(marks)) <= width
    assert marks[at:] == "^" * 7
    assert excerpt[at : at + 7].rstrip() == LONG[column - 1 : column + 6].rstrip()


@pytest.mark.parametrize("text", ["大" * 100, "\x1b" * 100], ids=["wide", "escaped"])
def test_an_excerpt_of_wide_or_escaped_text_fits_the_terminal(text):
    item = finding("m", span=Span(1, 30, 1, 32))

    assert all(cell_len(row) <= 80 for row in shown(item, 80, source=text))


@given(
    st.text(st.sampled_from("ab: \t\x1b\u202eé大e\u0301|"), min_size=1, max_size=30),
    st.data(),
)
def test_the_marks_stand_under_the_span(row, data):
    start = data.draw(st.integers(0, len(row) - 1))
    end = data.draw(st.integers(start + 1, len(row)))
    item = finding("m", span=Span(1, start + 1, 1, end + 1))
    marks = shown(item, source=row)[2].removeprefix("      | ")

    assert len(marks) - len(marks.lstrip(" ")) == cell_len(clean(row[:start]))
    assert marks.count("^") == max(cell_len(clean(row[start:end])), 1)
