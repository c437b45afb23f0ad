"""The one spelling of JSON that is hashed and signed: everything else is refused."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.core.canonical import (
    DuplicateKeyError,
    NonCanonicalError,
    decode,
    encode,
    sha256,
)

LARGEST = 2**53
VALUE = {"b": [1, None, True, "é☃𝄞"], "a": {"empty": [], "none": {}}, "c": -LARGEST}
CONTENT = rb"""{
 "a": {
  "empty": [],
  "none": {}
 },
 "b": [
  1,
  null,
  true,
  "\u00e9\u2603\ud834\udd1e"
 ],
 "c": -9007199254740992
}
"""

scalars = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=15
)


@st.composite
def mutated(draw):
    """Canonical bytes with a few of them changed, left out, doubled or added."""
    content = bytearray(encode(draw(values)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        until = at + draw(st.integers(0, 3))
        content[at:until] = draw(
            st.binary(max_size=2)
            | st.sampled_from((b" ", b"\r", b"\n", b",", b"0", b"-", b"[", b"\\u0041", b"null"))
            | st.just(bytes(content[at:until]) * 2)
        )
    return bytes(content)


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def refused(content):
    """The class and the message of the refusal."""
    with pytest.raises(NonCanonicalError) as caught:
        decode(content)
    return type(caught.value), str(caught.value)


def test_a_value_has_one_spelling():
    assert encode(VALUE) == CONTENT
    assert decode(CONTENT) == VALUE


def test_a_tuple_is_spelt_as_a_list():
    assert encode((1, (2,))) == encode([1, [2]])


@given(values)
def test_what_is_written_is_read_back(value):
    content = encode(value)

    assert content.isascii()
    assert decode(content) == value


@given(st.dictionaries(st.text(), scalars), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value, random):
    items = list(value.items())
    random.shuffle(items)

    assert encode(dict(items)) == encode(value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"a": 1}\n', id="no indent"),
        pytest.param(b'{\n  "a": 1\n}\n', id="wider indent"),
        pytest.param(b'{\n\t"a": 1\n}\n', id="a tab"),
        pytest.param(b'{\n "a":1\n}\n', id="no space after the colon"),
        pytest.param(b'{\n "a" : 1\n}\n', id="a space before the colon"),
        pytest.param(b'{\n "a": 1 \n}\n', id="a space at the end of a line"),
        pytest.param(b'{\n "a": 1\n}', id="no newline at the end"),
        pytest.param(b'{\n "a": 1\n}\n\n', id="two newlines at the end"),
        pytest.param(b'\n{\n "a": 1\n}\n', id="a newline at the start"),
        pytest.param(b' {\n "a": 1\n}\n', id="a space at the start"),
        pytest.param(b'{\r\n "a": 1\r\n}\r\n', id="CRLF"),
        pytest.param(b'{\r "a": 1\r}\r', id="CR"),
        pytest.param(b'{\n "b": 1,\n "a": 1\n}\n', id="keys out of order"),
        pytest.param(b"[ ]\n", id="a space in an empty list"),
        pytest.param(b"{\n}\n", id="an empty object over two lines"),
        pytest.param(b"[\n 1 ,\n 2\n]\n", id="a space before the comma"),
        pytest.param(b'"\\u0041"\n', id="an escape that is not needed"),
        pytest.param(b'"\\/"\n', id="an escaped slash"),
        pytest.param(b'"\\u000a"\n', id="a long escape where a short one exists"),
        pytest.param(b'"\\u00E9"\n', id="an escape in capitals"),
        pytest.param(b'"\x7f"\n', id="a raw DEL"),
        pytest.param(b"-0\n", id="minus zero"),
    ],
)
def test_another_spelling_is_refused(content):
    assert refused(content) == (
        NonCanonicalError,
        "not canonical JSON: spelt differently than it would be written",
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n", id="an empty line"),
        pytest.param(b"\xef\xbb\xbf1\n", id="a BOM"),
        pytest.param(b"\xff\xfe1\x00\n\x00", id="UTF-16"),
        pytest.param('"é"\n'.encode(), id="raw UTF-8"),
        pytest.param(b'"\xc3"\n', id="broken UTF-8"),
        pytest.param(b"\x00", id="NUL"),
        pytest.param(b'"a\nb"\n', id="a raw newline in text"),
        pytest.param(b'"a\x1b"\n', id="a raw control character in text"),
        pytest.param(b"1.0\n", id="a float"),
        pytest.param(b"1e2\n", id="an exponent"),
        pytest.param(b"1e999\n", id="a float beyond every limit"),
        pytest.param(b"NaN\n", id="NaN"),
        pytest.param(b"Infinity\n", id="infinity"),
        pytest.param(b"-Infinity\n", id="minus infinity"),
        pytest.param(b"9007199254740993\n", id="an integer beyond 2^53"),
        pytest.param(b"-9007199254740993\n", id="an integer below -2^53"),
        pytest.param(b"9" * 5000 + b"\n", id="an integer of 5000 digits"),
        pytest.param(b"01\n", id="a leading zero"),
        pytest.param(b"+1\n", id="a plus sign"),
        pytest.param(b"0x1\n", id="hex"),
        pytest.param(b"[\n 1,\n]\n", id="a comma too much"),
        pytest.param(b"1\n2\n", id="two values"),
        pytest.param(b"// no\n1\n", id="a comment"),
        pytest.param(b"'a'\n", id="single quotes"),
        pytest.param(b"{\n a: 1\n}\n", id="a key without quotes"),
        pytest.param(b"True\n", id="Python's spelling"),
        pytest.param(b"[" * 100_000, id="100,000 open lists"),
        pytest.param(b'{"a":' * 100_000, id="100,000 open objects"),
        pytest.param(b"[" * 500 + b"]" * 500 + b"\n", id="500 lists in each other"),
        pytest.param(CONTENT[:-5], id="a truncated file"),
    ],
)
def test_what_is_not_canonical_json_at_all_is_refused(content):
    kind, message = refused(content)

    assert kind is NonCanonicalError
    assert message.startswith("not canonical JSON: ")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{\n "a": 1,\n "a": 1\n}\n', "a"),
        (b'{\n "a": 1,\n "a": 2\n}\n', "a"),
        (b'[\n {\n  "x": {\n   "b": 1,\n   "b": 2\n  }\n }\n]\n', "b"),
        (b'{\n "a": 1,\n "\\u0061": 2\n}\n', "a"),
        (b'{"":1,"":1.5}', ""),
    ],
)
def test_a_key_that_stands_twice_is_refused_by_name(content, key):
    assert refused(content) == (DuplicateKeyError, f"the key '{key}' stands twice in one object")


@pytest.mark.parametrize("half", [0xD834, 0xDD1E])
def test_half_of_a_character_has_no_spelling(half):
    text = "a" + chr(half)
    for value in (text, [text], {text: 1}):
        with pytest.raises(ValueError):
            encode(value)
        written = json.dumps(value, indent=1).encode() + b"\n"
        assert refused(written)[0] is NonCanonicalError


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, "1.0 has no canonical spelling"),
        (float("nan"), "nan has no canonical spelling"),
        ([LARGEST + 1], "9007199254740993 has no canonical spelling"),
        (-LARGEST - 1, "-9007199254740993 has no canonical spelling"),
        ({1: 2}, "the key 1 is not text"),
        ({None: 2}, "the key None is not text"),
        ({"a": {True: 2}}, "the key True is not text"),
        (b"bytes", "b'bytes' has no canonical spelling"),
        ({"a": {1}}, "{1} has no canonical spelling"),
        (nested(41), "nested too deeply"),
    ],
)
def test_a_value_without_a_spelling_is_a_value_error(value, message):
    with pytest.raises(ValueError) as caught:
        encode(value)

    assert str(caught.value) == message


def test_a_value_that_holds_itself_is_a_value_error():
    circle = []
    circle.append(circle)

    with pytest.raises(ValueError, match="nested too deeply"):
        encode(circle)


def test_forty_levels_are_read_and_one_more_is_refused():
    deepest = encode(nested(40))
    deeper = json.dumps(nested(41), indent=1).encode() + b"\n"

    assert decode(deepest) == nested(40)
    assert refused(deeper) == (NonCanonicalError, "not canonical JSON: nested too deeply")


@given(st.binary() | mutated())
@settings(max_examples=500)
def test_bytes_are_canonical_or_refused_and_nothing_else(content):
    try:
        value = decode(content)
    except NonCanonicalError:
        return
    assert encode(value) == content


@given(
    values,
    st.sampled_from((None, 0, 2, "\t")),
    st.sampled_from(((",", ":"), (", ", ": "), (" ,", " : "))),
    st.booleans(),
)
def test_another_writer_agrees_to_the_byte_or_is_refused(value, indent, separators, ascii_only):
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only)
    content = text.encode() + b"\n"

    if content == encode(value):
        assert decode(content) == value
    else:
        assert refused(content)[0] is NonCanonicalError


def test_the_digest_is_lower_case_hex():
    assert sha256(b"abc\n") == hashlib.sha256(b"abc\n").hexdigest()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_it_is_what_pythons_own_encoder_writes(value):
    try:
        written = encode(value)
    except ValueError:
        return  # half of a character, or nested too deeply

    text = json.dumps(value, ensure_ascii=True, sort_keys=True, indent=1, separators=(",", ": "))
    assert written == text.encode() + b"\n"
