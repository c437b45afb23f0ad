"""Lines of styled text: nothing in them steers a terminal, and columns stay columns."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from policyctl.render.lines import BAD, BOLD, DIM, Part, cells, clean, drawn, line, plain, table

SGR = re.compile(r"\x1b\[[0-9;]*m")
HEADERS = ("detector", "dial", "origin")
ROWS = (
    (Part("prompt_attack"), Part("L3", BAD), Part("policy")),
    (Part("pii"), Part("L2"), Part("baseline house@3")),
)
words = st.text(st.sampled_from("ab-:.[]|%<大é\u0301"), min_size=1, max_size=12)


def rows(lines):
    return plain(lines).splitlines()


# Cleaning


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[2J\x1b[H", r"\x1b[2J\x1b[H", id="clearing the screen"),
        pytest.param("\x1b]0;title\x07", r"\x1b]0;title\x07", id="changing the title"),
        pytest.param("\x1b]8;;http://x\x1b\\", r"\x1b]8;;http://x\x1b" + "\\", id="a hidden link"),
        pytest.param("\x9b31m", r"\x9b31m", id="an escape sequence of one byte"),
        pytest.param("good\rbad", r"good\rbad", id="writing over the line"),
        pytest.param("bad\b\b\bgood", r"bad\x08\x08\x08good", id="backspaces"),
        pytest.param("one\ntwo", r"one\ntwo", id="a line break"),
        pytest.param("one\ttwo", r"one\ttwo", id="a tab"),
        pytest.param("one\v\ftwo", r"one\x0b\x0ctwo", id="vertical tab and form feed"),
        pytest.param("\x00\x7f\x85", r"\x00\x7f\x85", id="NUL, DEL, NEL"),
        pytest.param("a\u2028b\u2029c", r"a\u2028b\u2029c", id="Unicode's line breaks"),
        pytest.param("a\u202eb\u202c", r"a\u202eb\u202c", id="turning the direction"),
        pytest.param("\u2066a\u2069\u200f", r"\u2066a\u2069\u200f", id="isolating a direction"),
        pytest.param("a\u200bb\u2060\ufeff", r"a\u200bb\u2060\ufeff", id="invisible spaces"),
        pytest.param("a\u00adb", r"a\xadb", id="a soft hyphen"),
        pytest.param("a\u00a0b\u3000", r"a\xa0b\u3000", id="spaces that are not spaces"),
        pytest.param("\U000e0041", r"\U000e0041", id="a tag character"),
        pytest.param("\ue000", r"\ue000", id="a private character"),
        pytest.param("\ud834", r"\ud834", id="half of a character"),
        pytest.param("\U0001f9ff\U000fffff", "\U0001f9ff\\U000fffff", id="not assigned"),
    ],
)
def test_what_could_steer_a_terminal_is_written_as_its_escape(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize(
    "text", ["", "plain ASCII ~!%|<>[]", "größer", "e\u0301", "大きい", "👍", "[red]a[/red]", "\\n"]
)
def test_what_can_be_read_stays(text):
    assert clean(text) == text


@given(st.text(st.characters()))
def test_cleaned_text_is_one_line_of_visible_characters(text):
    shown = clean(text)

    assert shown.isprintable()
    assert not {unicodedata.category(character)[0] for character in shown} & {"C"}
    assert len(shown.splitlines()) <= 1
    assert clean(shown) == shown


@given(st.lists(st.text(st.characters()), max_size=4))
def test_a_plain_page_has_as_many_lines_as_were_given(texts):
    page = plain([line(text) for text in texts])

    assert page.split("\n")[:-1] == [clean(text).rstrip() for text in texts]


# Width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("e\u0301\u0302\u0303", 1),
        ("大", 2),
        ("ｗ", 2),  # noqa: RUF001 - a wide letter
        ("ｱ", 1),
        ("👍", 2),
        ("±", 1),
    ],
)
def test_wide_characters_take_two_columns_and_accents_none(text, columns):
    assert cells(text) == columns == cell_len(text)


@pytest.mark.parametrize(
    "text", ["\u0e01\u0e31", "\u0915\u0941", "1\u20e3", "\u2764\ufe0f"], ids=ascii
)
def test_marks_without_a_combining_class_take_no_column_of_their_own(text):
    assert cells(text) == cells(text[0])


# Tables


def test_a_table_lines_up_its_columns():
    assert rows(table(HEADERS, ROWS, None)) == [
        "detector       dial  origin",
        "prompt_attack  L3    policy",
        "pii            L2    baseline house@3",
    ]


def test_a_table_keeps_the_styles_of_its_parts():
    lines = table(HEADERS, ROWS, 80)

    assert {part.style for part in lines[0] if part.text.strip()} == {DIM}
    assert Part("L3", BAD) in lines[1]


def test_a_table_that_fits_to_the_column_stays_a_table():
    widest = len("prompt_attack  L3    baseline house@3")

    assert rows(table(HEADERS, ROWS, widest)) == rows(table(HEADERS, ROWS, None))


def test_a_table_that_does_not_fit_is_stacked():
    widest = len("prompt_attack  L3    baseline house@3")

    assert rows(table(HEADERS, ROWS, widest - 1)) == [
        "detector  prompt_attack",
        "dial      L3",
        "origin    policy",
        "",
        "detector  pii",
        "dial      L2",
        "origin    baseline house@3",
    ]


def test_a_stacked_row_leaves_out_what_is_empty():
    stacked = table(("name", "reason"), [(Part("a" * 30), Part("")), (Part("b"), Part("c"))], 20)

    assert rows(stacked) == [f"name    {'a' * 30}", "", "name    b", "reason  c"]


def test_a_table_without_rows_shows_its_headers():
    assert rows(table(HEADERS, [], 80)) == ["detector  dial  origin"]


def test_wide_accented_and_escaped_text_does_not_shift_the_next_column():
    texts = ("大大", "e\u0301", "\x1b[0m", "\u202e", "ascii")
    lines = table(("name", "x"), [(Part(text), Part("|")) for text in texts], None)

    ends = {cell_len(row.rpartition("|")[0]) for row in rows(lines)[1:]}

    assert ends == {len(r"\x1b[0m") + 2}


def test_a_wide_header_does_not_shift_a_stacked_value():
    stacked = rows(table(("大大", "wide"), [(Part("a" * 20), Part("a" * 20))], 30))

    assert {cell_len(row.partition("a")[0]) for row in stacked} == {len("wide") + 2}


@given(st.lists(st.tuples(words, words, words), max_size=4), st.integers(1, 60))
def test_a_table_fits_or_is_stacked(texts, width):
    lines = table(HEADERS, [tuple(Part(text) for text in row) for row in texts], width)
    stacked = [row for row in rows(lines) if row.startswith("dial  ")]

    assert all(cell_len(row) <= width for row in rows(lines)) or len(stacked) == len(texts)


# Drawing


def test_a_line_is_drawn_in_colours():
    page = drawn([line(Part("error", BAD), ": ", Part("here", BOLD))], 80)

    assert page == "\x1b[1;31merror\x1b[0m: \x1b[1mhere\x1b[0m\n"


def test_a_long_line_goes_on_below_two_columns_further_in():
    page = drawn([line("    = say why this guardrail is milder than the baseline's own")], 40)

    assert page == "    = say why this guardrail is milder\n      than the baseline's own\n"


def test_a_line_that_fits_to_the_column_is_not_wrapped():
    assert drawn([line("a" * 20, " ", "b" * 19)], 40) == "a" * 20 + " " + "b" * 19 + "\n"


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("NO_COLOR", "1")])
def test_a_page_is_drawn_the_same_in_every_environment(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    assert drawn([line(Part("error", BAD))], 80) == "\x1b[1;31merror\x1b[0m\n"


def test_an_empty_line_stays_empty():
    assert drawn([line("a"), (), line("b")], 40) == "a\n\nb\n"


def test_markup_emoji_names_and_links_are_nothing_special():
    text = "[red]:smile:[/red] https://example.com 127.0.0.1 True"

    assert drawn([line(text)], 80) == text + "\n"


@given(st.lists(st.text(st.characters()), max_size=3))
def test_no_text_brings_an_escape_sequence_of_its_own(texts):
    page = drawn([line(Part(text, BOLD)) for text in texts], 80)

    assert set(SGR.findall(page)) <= {"\x1b[1m", "\x1b[0m"}
    assert "\x1b" not in SGR.sub("", page)


@given(st.lists(words, max_size=20).map(" ".join), st.integers(40, 100))
def test_a_drawn_page_fits_the_terminal_and_loses_nothing(text, width):
    page = SGR.sub("", drawn([line("  = ", text)], width))

    assert all(cell_len(row) <= width for row in page.splitlines())
    assert "".join(page.split()) == "".join(f"={text}".split())
