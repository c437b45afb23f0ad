"""Changing one scalar: that one, not a byte besides, and two readers agree; or nothing."""

from __future__ import annotations

import io
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policyctl.adapters.yaml_edit import agree, replace_scalar
from policyctl.adapters.yaml_files import parse
from policyctl.errors import InputError

STAGE = ("stage",)
HINT = "nothing was changed; edit the file by hand"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("stage: logging\n", "stage: limited\n"),
        ("stage: logging", "stage: limited"),
        ("stage: 'logging'\n", "stage: 'limited'\n"),
        ('stage: "logging"\n', 'stage: "limited"\n'),
        ('"stage" :   logging   # why\n', '"stage" :   limited   # why\n'),
        ("a: b\r\nstage: logging\r\nc: d\r\n", "a: b\r\nstage: limited\r\nc: d\r\n"),
        ("---\nstage: logging\n...\n", "---\nstage: limited\n...\n"),
        ("{a: [x,z],  stage: logging,b: c}", "{a: [x,z],  stage: limited,b: c}"),
        ("ä: ü€𝄞  # ß\nö: {stage: x}\nstage: logging  # ß\n",) * 2,
        ("a: |-\n  x  \n\n  # no comment\nstage: logging\n",) * 2,
        ("stage:\n    # above\n    logging\n",) * 2,
        ("a:\n- b\n-   c\nstage: logging\nd: ~\ne: TRUE\nf: \"\\u00e9\"\n",) * 2,
        ("? stage\n: logging\n",) * 2,
    ],
)  # fmt: skip
def test_only_the_scalar_changes_and_keeps_its_style(before, after):
    expected = after.replace("logging", "limited")

    assert replace_scalar(before.encode(), STAGE, "limited") == expected.encode()


def test_the_value_at_the_path_changes_and_not_its_twin():
    content = b"x: {stage: logging}\nstage: logging\nz: [logging, logging]\n"

    assert replace_scalar(content, ("z", 1), "on hold") == (
        b"x: {stage: logging}\nstage: logging\nz: [logging, on hold]\n"
    )


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("stage: 'a'", "it's", "stage: 'it''s'"),
        ('stage: "a"', 'say "no" \\ é', 'stage: "say \\"no\\" \\\\ é"'),
        ('stage: "a"', "two\nlines\t", 'stage: "two\\nlines\\t"'),
        ('stage: "a"', "\ufeff\u2028\x85", 'stage: "\\ufeff\\u2028\\u0085"'),
        ("stage: 'a'", "no", "stage: 'no'"),
        ("stage: 'a'", "", "stage: ''"),
        ("stage: 'a'", "# x", "stage: '# x'"),
    ],
)
def test_a_quoted_scalar_takes_what_a_plain_one_could_not(before, value, after):
    assert replace_scalar(before.encode(), STAGE, value) == after.encode()


def test_the_same_value_again_changes_nothing():
    assert replace_scalar(b"stage: logging\n", STAGE, "logging") == b"stage: logging\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: b", "the file has no such value"),
        ("stage: {a: b}", "it is not text"),
        ("stage: 3", "it is not text"),
        ("stage:", "it is not text"),
        ("stage: |\n  logging\n", "it spans several lines"),
        ("stage: >- # one line only\n  logging", "it spans several lines"),
        ("stage: lo\n  gging", "it spans several lines"),
        ("stage: 'lo\n  gging'", "it spans several lines"),
        ("stage: &a logging", "it carries an anchor or a tag"),
        ("stage: !!str logging", "it carries an anchor or a tag"),
        ("a: &a logging\nstage: *a", "it is an alias"),
        ("a: 1\na: 2", "the file has errors (line 2: the key 'a' stands twice, first on line 1)"),
        ("", "the file has errors (the file holds no YAML document)"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused_with_the_reason(content, reason):
    with pytest.raises(InputError) as caught:
        replace_scalar(content.encode(), STAGE, "limited")

    assert caught.value.message == f"cannot change 'stage': {reason}"
    assert caught.value.hint == HINT


@pytest.mark.parametrize("content", [b"stage:\tlogging\n", b"stage: logging\t# why\n"])
def test_a_file_that_the_second_reader_does_not_take_is_refused_as_such(content):
    with pytest.raises(InputError, match="two YAML readers do not agree about the file") as caught:
        replace_scalar(content, STAGE, "limited")

    assert caught.value.hint == "nothing was changed; replace the file's tabs by spaces"


def test_a_value_inside_an_alias_is_refused():
    with pytest.raises(InputError, match="it is the value of an alias"):
        replace_scalar(b"a: &a {stage: logging}\nb: *a\n", ("b", "stage"), "limited")


def test_a_value_that_an_alias_repeats_is_refused_because_both_would_change():
    with pytest.raises(InputError, match="would be read as something else"):
        replace_scalar(b"a: &a {stage: logging}\nb: *a\n", ("a", "stage"), "limited")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("stage: logging", "no"),
        ("stage: logging", "12"),
        ("stage: logging", ""),
        ("stage: logging", "a: b"),
        ("stage: logging", "a # b"),
        ("stage: logging", " limited"),
        ("stage: logging", "limited "),
        ("stage: logging", "'limited'"),
        ("stage: logging", "*limited"),
        ("stage: logging", "limited\nowner: me"),
        ("stage: 'logging'", "limited\n"),
        ("stage: 'logging'", "\u2028"),
        ("{stage: logging}", "limited, owner: me"),
        ("[{stage: logging}]", "limited]"),
        ("stage: 'logging'", "\ud800"),
    ],
)
def test_a_value_that_would_not_be_read_back_is_refused(content, value):
    at = (0, "stage") if content.startswith("[") else STAGE

    with pytest.raises(InputError) as caught:
        replace_scalar(content.encode(), at, value)

    assert caught.value.hint == HINT


# The second reader


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 0x1F, 1.5, true, ~, '', text, '12', 14d]\n",
        "a: &x {b: [c]}\nd: *x\n",
        "# c\r\na: |\r\n  x\r\nb: >-\r\n  y\r\n",
        "é: ü€𝄞",
        "!!map {a: !!str 12}",
        '"stage": "\\u00e9\\/"',
    ],
)
def test_two_readers_agree_about_a_sound_document(text):
    document, findings = parse(text.encode(), "a.yaml")

    assert findings == ()
    assert agree(text.encode(), document)


@pytest.mark.parametrize("other", ["a: 2", "a: 1.0", "a: true", "b: 1", "a: [", "a: 1\na: 1", ""])
def test_other_content_is_not_the_document(other):
    document, _ = parse(b"a: 1", "a.yaml")

    assert not agree(other.encode(), document)


# Laws

words = st.text(string.ascii_lowercase, min_size=3, max_size=8).map(lambda text: text + "x")
AMBIGUOUS = {"y", "n", "no", "on", "yes", "off", "true", "false", "null"}
plain = st.text(string.ascii_letters + " :#,'\"[]{}-éß€𝄞", min_size=1, max_size=12)


@st.composite
def files(draw):
    """A mapping of scalars in mixed styles, with comments, blank lines and odd spacing."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    lines = draw(st.sampled_from([[], ["---"], ["# héad €"], ["--- # 𝄞"]]))
    keys = draw(st.lists(words, min_size=1, max_size=6, unique=True))
    for key in keys:
        value = draw(words)
        quoted = draw(st.sampled_from([value, f"'{value}é'", f'"{value}€"', f'"\\u00e9{value}"']))
        space = draw(st.sampled_from(["", " ", "  "]))
        comment = draw(st.sampled_from(["", " # ü: [", "   # 'x"]))
        lines = [*lines, f"{key}: {space}{quoted}{comment or space}"]
        lines += draw(
            st.sampled_from([[], [""], ["  "], ["# between: é"], [f"{key}s:", "- a", "-  b"]])
        )
    return newline.join(lines) + draw(st.sampled_from(["", newline])), draw(st.sampled_from(keys))


@given(files(), plain | words)
def test_an_edit_changes_one_line_and_that_only_between_the_ends_of_the_scalar(file, value):
    text, key = file
    content = text.encode()
    document, findings = parse(content, "a.yaml")
    assert findings == ()
    span = document.values[(key,)]
    try:
        edited = replace_scalar(content, (key,), value)
    except InputError:
        assert not value.isalpha() or value.lower() in AMBIGUOUS
        return

    before, after = text.split("\n"), edited.decode().split("\n")
    line = span.line - 1
    assert [*before[:line], *before[line + 1 :]] == [*after[:line], *after[line + 1 :]]
    assert after[line].startswith(before[line][: span.column - 1])
    assert after[line].endswith(before[line][span.end_column - 1 :])
    expected = {**document.data, key: value}
    assert parse(edited, "a.yaml")[0].data == expected
    assert YAML(typ="safe", pure=True).load(edited.decode()) == expected


@given(st.dictionaries(words, plain | st.lists(plain, max_size=3), min_size=1), st.data())
def test_a_word_can_take_the_place_of_any_text_that_ruamel_wrote_on_one_line(value, data):
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_unicode, yaml.width, yaml.default_flow_style = True, 1000, data.draw(st.booleans())
    stream = io.StringIO()
    yaml.dump(value, stream)
    content = stream.getvalue().encode()
    document, findings = parse(content, "a.yaml")
    assume(not findings)
    at = data.draw(
        st.sampled_from([at for at in document.values if isinstance(_at(value, at), str)] or [()])
    )
    assume(at)

    edited = replace_scalar(content, at, "limited")

    assert len(edited.splitlines()) == len(content.splitlines())
    assert _at(parse(edited, "a.yaml")[0].data, at) == "limited"


def _at(value, at):
    for step in at:
        value = value[step]
    return value
