"""Reading YAML: one meaning for every reader, or a finding that says where and why not."""

from __future__ import annotations

import gc
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policyctl.adapters import yaml_events
from policyctl.adapters.document_bytes import read
from policyctl.adapters.yaml_edit import same
from policyctl.adapters.yaml_files import parse
from policyctl.core.finding import Span
from policyctl.errors import InputError

LIMIT = 2**20


def data(text):
    document, findings = parse(text.encode(), "a.yaml")
    assert findings == ()
    assert document is not None
    return document.data


def findings(content):
    return parse(content.encode() if isinstance(content, str) else content, "a.yaml")[1]


def codes(content):
    return [finding.code for finding in findings(content)]


def place(finding):
    return finding.span.line, finding.span.column, finding.span.end_line, finding.span.end_column


@pytest.fixture(params=["libyaml", "pure Python"])
def either_parser(request, monkeypatch):
    if request.param == "pure Python":
        monkeypatch.setattr(yaml_events, "new_parser", yaml_events.PurePythonParser)


# What is read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("text", "text"),
        ("'no'", "no"),
        ('"\\u00e9\\n"', "é\n"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">-\n  one\n  line\n", "one line"),
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("0x1F", 31),
        ("9007199254740992", 2**53),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.0e+3", 1000.0),
        ("14d", "14d"),
        ("10%", "10%"),
        ("-x", "-x"),
        ("1.2.3", "1.2.3"),
        ("nope", "nope"),
        ("yES", "yES"),
        ("!!str 12", "12"),
        ("!!int 12", 12),
        ("!!float 3", 3.0),
        ("!!bool true", True),
        ("!!null ~", None),
        ("!!seq [a]", ["a"]),
        ("!!map {a: b}", {"a": "b"}),
        ("[]", []),
        ("{}", {}),
        ("{a: [1, {b: c}]}", {"a": [1, {"b": "c"}]}),
    ],
)
def test_a_value_is_what_the_core_schema_of_yaml_1_2_says(either_parser, text, value):
    assert same(data(f"key: {text}"), {"key": value})


@pytest.mark.parametrize(
    "text",
    ["a: 1\n", "a: 1", "a: 1\r\n", "---\na: 1\n", "--- # c\na: 1\n...\n", "# c\n\na: 1 # c\n"],
)
def test_line_ends_comments_and_a_document_start_do_not_matter(either_parser, text):
    assert data(text) == {"a": 1}


def test_an_alias_repeats_a_value_and_has_a_place_of_its_own():
    document, _ = parse(b"a: &x {b: 1}\nc: *x\n", "a.yaml")

    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.span(("c", "b")) == Span(2, 4, 2, 6)


SPANS = """\
# a comment
é: "ü"   # two letters, three bytes
list:
- [a, 'b c']
- text: |
    one
    two

# below the text
  last: {x: 1,
    y2: 2}

end:
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("at", "span"),
    [
        (("é",), Span(2, 4, 2, 7)),
        (("list",), Span(4, 1, 11, 11)),
        (("list", 0), Span(4, 3, 4, 13)),
        (("list", 0, 1), Span(4, 7, 4, 12)),
        (("list", 1), Span(5, 3, 11, 11)),
        (("list", 1, "text"), Span(5, 9, 7, 8)),
        (("list", 1, "last"), Span(10, 9, 11, 11)),
        (("list", 1, "last", "y2"), Span(11, 9, 11, 10)),
        (("end",), Span(13, 5, 13, 5)),
        ((), Span(2, 1, 13, 5)),
    ],
)
def test_every_value_has_a_span_in_characters(either_parser, newline, at, span):
    document, _ = parse(SPANS.replace("\n", newline).encode(), "a.yaml")

    assert document.values[at] == span


def test_every_key_has_a_span():
    document, _ = parse(SPANS.encode(), "a.yaml")

    assert dict(document.keys) == {
        ("é",): Span(2, 1, 2, 2),
        ("list",): Span(3, 1, 3, 5),
        ("list", 1, "text"): Span(5, 3, 5, 7),
        ("list", 1, "last"): Span(10, 3, 10, 7),
        ("list", 1, "last", "x"): Span(10, 10, 10, 11),
        ("list", 1, "last", "y2"): Span(11, 5, 11, 7),
        ("end",): Span(13, 1, 13, 4),
    }


# What is a finding


@pytest.mark.parametrize(
    ("text", "here", "older"),
    [
        *[(word, "text", "true") for word in ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON")],
        *[(word, "text", "false") for word in ("n", "N", "no", "No", "NO", "off", "Off", "OFF")],
        ("0o17", "the number 15", "text"),
        ("017", "the number 17", "the number 15"),
        ("08", "the number 8", "text"),
        ("0b101", "text", "the number 5"),
        ("1_000", "text", "the number 1000"),
        ("0x_1F", "text", "the number 31"),
        ("-0x1F", "text", "the number -31"),
        ("12:30", "text", "the number 750"),
        ("1:30:00", "text", "the number 5400"),
        ("1:30.5", "text", "the number 90.5"),
        ("0:30", "text", "a time"),
        ("2027-02-01", "text", "a date"),
        ("2027-2-1", "text", "a date"),
        ("2027-13-45", "text", "a date"),
        ("2001-12-14t21:59:43.10-05:00", "text", "a date"),
        ("2001-12-14 21:59:43", "text", "a date"),
        ("1e3", "the number 1000.0", "text"),
        ("1.5e3", "the number 1500.0", "text"),
        ("12e+3", "the number 12000.0", "text"),
        ("-.5", "the number -0.5", "text"),
        ("0b_", "text", "a broken number"),
        ("=", "text", "the default value's key"),
        ("<<", "text", "the merge key"),
    ],
)
def test_a_scalar_that_older_readers_take_for_something_else_is_ambiguous(
    either_parser, text, here, older
):
    (finding,) = findings(f"- {text}\n- '{text}'\n")

    assert finding.code == "ambiguous-scalar"
    assert finding.message == f"'{text}' is {here} here, and {older} for an older YAML reader"
    assert finding.hint.startswith("put it in quotes")
    assert place(finding) == (1, 3, 1, 3 + len(text))
    assert finding.at == (0,)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("no", "put it in quotes, or write false"),
        ("2027-02-01", "put it in quotes"),
        ("1_000", "put it in quotes, or write 1000"),
        ("0o17", "put it in quotes if it is meant as text, or write 15"),
    ],
)
def test_the_hint_of_an_ambiguous_scalar_says_what_to_write(text, hint):
    assert findings(f"a: {text}")[0].hint == hint


@pytest.mark.parametrize("key", ["no", "On", "017", "2027-02-01", "12:30"])
def test_an_ambiguous_key_is_a_finding_too(key):
    assert codes(f"{key}: x") == ["ambiguous-scalar"]


TWICE = "the key 'a' stands twice, first on line 1"
LARGE = "is larger than numbers that every reader keeps exactly (2^53)"
SECOND = "a second document starts here, and a file holds one"
CYCLE = "the alias '*x' stands inside the value that it repeats"


@pytest.mark.parametrize(
    ("text", "code", "message", "span"),
    [
        ("a: 1\na: 2\n", "duplicate-key", TWICE, (2, 1, 2)),
        ("{a: 1, 'a': 2}", "duplicate-key", TWICE, (1, 8, 11)),
        ("a: &x {}\n<<: *x", "merge-key", "the merge key '<<' is not part of YAML 1.2", (2, 1, 3)),
        ("a: .nan", "not-a-number", "'.nan' is not a number that can be compared", (1, 4, 8)),
        ("a: -.INF", "not-a-number", "'-.INF' is not a number that can be compared", (1, 4, 9)),
        ("a: !x b", "unknown-tag", "the tag '!x' is not one of YAML's core tags", (1, 4, 8)),
        ("a: ! 12", "unknown-tag", "the tag '!' is not one of YAML's core tags", (1, 4, 8)),
        ("a: &b ! 12", "unknown-tag", "the tag '!' is not one of YAML's core tags", (1, 4, 11)),
        ("!!set {b}", "unknown-tag", "the tag '!!set' is not one of YAML's core tags", (1, 1, 8)),
        ("a: !!int x", "unknown-tag", "the tag '!!int' does not fit 'x'", (1, 4, 11)),
        ("a: !!bool no1", "unknown-tag", "the tag '!!bool' does not fit 'no1'", (1, 4, 14)),
        ("a: !!map []", "unknown-tag", "the tag '!!map' does not fit a list", (1, 4, 11)),
        ("a: !!seq b", "unknown-tag", "the tag '!!seq' does not fit 'b'", (1, 4, 11)),
        ("a: 1\n---\nb: 1", "second-document", SECOND, (2, 1, 4)),
        ("1: b", "key-not-text", "the key 1 is not text", (1, 1, 2)),
        ("null: b", "key-not-text", "the key null is not text", (1, 1, 5)),
        ("true: b", "key-not-text", "the key true is not text", (1, 1, 5)),
        ("[a]: b", "key-not-text", "the key is a list, not text", (1, 1, 2)),
        ("a: {{ b }}", "key-not-text", "the key is a mapping, not text", (1, 5, 6)),
        ("a: 9007199254740993", "number-too-large", f"'9007199254740993' {LARGE}", (1, 4, 20)),
        ("a: 1.0e+999", "number-too-large", f"'1.0e+999' {LARGE}", (1, 4, 12)),
        ("a: &x 1\nb: &x 2", "duplicate-anchor", "the anchor '&x' is set twice", (2, 4, 8)),
        ("a: &x [*x]", "alias-cycle", CYCLE, (1, 8, 10)),
        ("a: *x", "yaml-syntax", "the alias '*x' has no anchor before it", (1, 4, 6)),
        ("*x", "yaml-syntax", "the alias '*x' has no anchor before it", (1, 1, 3)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_located(either_parser, text, code, message, span):
    (finding,) = findings(text)

    line, column, end_column = span
    assert (finding.code, finding.message) == (code, message)
    assert place(finding) == (line, column, line, end_column)
    assert finding.file == "a.yaml"


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "---\n...\n"])
def test_an_empty_file_is_one_finding(either_parser, text):
    document, found = parse(text.encode(), "a.yaml")

    assert document is None
    assert [finding.code for finding in found] == ["empty-document"]


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"a: 1\nb: \xc3\xa9\xff\n", "not-utf-8", 2, 5),
        (b"\xff\xfea\x00:\x00", "not-utf-8", 1, 1),
        (b"\xef\xbb\xbfa: 1\n", "byte-order-mark", 1, 1),
        (b"a: x\xef\xbb\xbf\n", "byte-order-mark", 1, 5),
        (b"a: 1\nb: \x00\n", "control-character", 2, 4),
        (b"a: '\x1b[2K'\n", "control-character", 1, 5),
        (b"a: \x7f\n", "control-character", 1, 4),
        (b"# c\rstage: enforce\n", "control-character", 1, 4),
        ("# c\u2028stage: enforce\n".encode(), "control-character", 1, 4),
        ("# c\x85stage: enforce\n".encode(), "control-character", 1, 4),
        (b"%YAML 1.1\n---\na: 1\n", "directive", 1, 1),
    ],
)
def test_bytes_that_mislead_are_refused_before_anything_is_parsed(content, code, line, column):
    document, (finding,) = parse(content, "a.yaml")

    assert document is None
    assert (finding.code, finding.span.line, finding.span.column) == (code, line, column)


@pytest.mark.parametrize("text", ["\ta: 1", "a:\n\tb: 1", "a: x\n\tb: 1", "a:\n  - b\n\t- c"])
def test_a_tab_as_indentation_is_told_as_such(either_parser, text):
    (finding,) = findings(text)

    assert finding.code == "tab-indentation"
    assert finding.message == "a tab indents this line, and YAML indents with spaces"
    assert text.splitlines()[finding.span.line - 1][finding.span.column - 1] == "\t"


@pytest.mark.parametrize("text", ["a:\t1", "a: |\n  b\n  \tc", "a: 'b\tc'\t# d"])
def test_a_tab_elsewhere_is_fine(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: b: c", 1, 5),
        ("a: 1\nb\n", 2, 1),
        ("a: [1, 2", 1, 4),
        ("a: 'b", 1, 4),
        ("a: @b", 1, 4),
        ("a:\n  b: 1\n c: 2", 3, 2),
        ("- a\nb: 1", 2, 1),
    ],
)
def test_broken_syntax_is_one_finding_with_a_place_and_a_hint(either_parser, text, line, column):
    document, (finding,) = parse(text.encode(), "a.yaml")

    assert document is None
    assert finding.code == "yaml-syntax"
    assert (finding.span.line, finding.span.column) == (line, column)


def test_all_problems_are_reported_and_the_document_is_built_as_far_as_it_goes():
    document, found = parse(b"a: no\n2: x\nb: [.nan, 017]\na: 3\n", "a.yaml")

    assert [finding.code for finding in found] == [
        "ambiguous-scalar",
        "key-not-text",
        "not-a-number",
        "ambiguous-scalar",
        "duplicate-key",
    ]
    assert document.data == {"a": "no", "b": [".nan", 17]}


def test_problems_before_broken_syntax_are_reported_with_it():
    assert codes("a: no\nb: [") == ["ambiguous-scalar", "yaml-syntax"]


# Limits


def test_a_file_of_a_mebibyte_is_read_and_one_byte_more_is_not():
    fits = b"a: " + b"x" * (LIMIT - 3)

    assert codes(fits) == []
    assert codes(fits + b"x") == ["file-too-large"]


def test_forty_levels_are_read_and_one_more_is_not(either_parser):
    assert codes("[" * 40 + "]" * 40) == []
    assert codes("[" * 41 + "]" * 41) == ["too-deep"]


def test_aliases_do_not_add_levels_beyond_the_limit():
    half = "[" * 20 + "]" * 20

    assert codes(f"- &a {half}\n- {'[' * 19}*a{']' * 19}\n") == []
    assert codes(f"- &a {half}\n- {'[' * 20}*a{']' * 20}\n") == ["too-deep"]


def test_a_hundred_aliases_are_read_and_one_more_is_not():
    assert codes("- &a x\n" + "- *a\n" * 100) == []
    assert codes("- &a x\n" + "- *a\n" * 101) == ["too-many-aliases"]


def test_a_long_list_without_aliases_is_no_alias_bomb():
    assert codes("- x\n" * 30_000) == []


def test_after_a_thousand_problems_the_rest_is_not_listed():
    assert codes("- y\n" * 5_000) == ["ambiguous-scalar"] * 1_000 + ["too-many-findings"]


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "too-many-aliases"),
        ("a: &a [*a]", "alias-cycle"),
        ("a: &a {b: [{c: *a}]}", "alias-cycle"),
        ("[" * 5_000, "too-deep"),
        ("[" * 300_000 + "]" * 300_000, "too-deep"),
        ("[\n" * 300_000, "too-deep"),
        ("{a: " * 200_000, "too-deep"),
        ("- " * 500_000, "too-deep"),
        ("? " * 500_000, "key-not-text"),
        ("%TAG !a! tag:b\n" * 60_000 + "--- a", "directive"),
        ("a: " + "1:" * 500_000 + "1", "ambiguous-scalar"),
        ("a: " + "9" * 1_000_000, "number-too-large"),
        ("a: 1." + "9" * 1_000_000, "number-too-large"),
        ("[" + "1," * 500_000 + "]", "too-many-values"),
        ("- &a x\n" * 100_000, "duplicate-anchor"),
        ("\x01" * 1_000_000, "control-character"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_hostile_input_is_refused_in_little_time(text, code):
    started = time.process_time()

    assert codes(text)[0] == code
    assert time.process_time() - started < 10


def test_hostile_nesting_is_refused_by_the_slower_parser_too(monkeypatch):
    monkeypatch.setattr(yaml_events, "new_parser", yaml_events.PurePythonParser)

    assert codes("[" * 5_000) == ["too-deep"]
    assert codes("- " * 5_000) == ["too-deep"]


# Files


def test_a_file_is_read_as_it_is(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"a: 1\r\n")

    assert read(tmp_path / "a.yaml", file="a.yaml") == b"a: 1\r\n"


def test_a_file_that_is_not_there_is_an_error_with_the_reason(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path / "nope.yaml", file="nope.yaml")

    assert caught.value.message == "cannot read nope.yaml: No such file or directory"
    assert isinstance(caught.value.__cause__, OSError)


def test_a_folder_is_an_error_with_the_reason(tmp_path):
    with pytest.raises(InputError, match=r"^cannot read policies: Is a directory$"):
        read(tmp_path, file="policies")


def test_a_file_over_the_limit_is_not_read(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"x" * (LIMIT + 1))

    with pytest.raises(InputError, match=r"^cannot read a.yaml: it is larger than 1 MiB$"):
        read(tmp_path / "a.yaml", file="a.yaml")


# Laws

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scalars = (
    texts
    | st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["no", "0o17", "1e3", "12:30", "~", "", " x", "a: b", "- c", "#", "é\n"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values, st.sampled_from([None, True, False]), st.booleans())
def test_what_ruamel_writes_is_read_as_ruamel_reads_it(value, flow, starts):
    yaml = YAML(typ="safe", pure=True)
    yaml.version = None
    yaml.default_flow_style = flow
    yaml.explicit_start = starts
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(value, stream)

    document, found = parse(stream.getvalue().encode(), "a.yaml")

    # A character or a word that readers disagree about may be in there; nothing else is wrong.
    refused = {"control-character", "byte-order-mark"}
    if refused & {finding.code for finding in found}:
        return
    assert {finding.code for finding in found} <= {"ambiguous-scalar", "number-too-large"}
    assert same(document.data, YAML(typ="safe", pure=True).load(stream.getvalue()))


@given(st.binary(max_size=60) | st.text(":-[]{}&*!|>'\"#%@,? \n\tab01.", max_size=60))
def test_whatever_the_bytes_there_is_a_document_or_a_finding(content):
    content = content if isinstance(content, bytes) else content.encode()

    document, found = parse(content, "a.yaml")

    assert document is not None or found


def test_a_document_that_is_let_go_of_is_gone_at_once():
    def read():
        document, findings = parse(b"a: {b: [1, two]}\n", "p.yaml")
        assert document is not None
        assert not findings
        return document.span(("a", "b", 1))

    assert read() == Span(1, 12, 1, 15)
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            read()
        assert gc.collect() == 0  # thousands are read one after the other, and GC seldom comes
    finally:
        gc.enable()
