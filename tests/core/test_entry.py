"""An entry of the ledger: its exact bytes, and everything that is not one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.core.canonical import DuplicateKeyError, NonCanonicalError, decode, encode, sha256
from policyctl.core.entry import (
    ChangeAction,
    Entry,
    EvidenceReference,
    brief,
    entry_bytes,
    entry_digest,
    parse_entry,
    rationale_problem,
)
from policyctl.core.stages import Stage

DIGEST, OTHER = "a" * 64, "0123456789abcdef" * 4
ENTRY = Entry(
    log=DIGEST,
    policy="support",
    path="policies/support.yaml",
    seq=2,
    prev=OTHER,
    change="support-2",
    action=ChangeAction.PROMOTE,
    source=Stage.LOGGING,
    target=Stage.LIMITED,
    before=DIGEST,
    after=OTHER,
    owner="crm",
    use_case="public-facing",
    rationale="two weeks without a false positive – é",  # noqa: RUF001 - text of a person
    root=1,
    requested_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    evidence=(EvidenceReference(name="evidence/support/000002.json", sha256=DIGEST),),
)
CONTENT = rb"""{
 "action": "promote",
 "after": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
 "before": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
 "change": "support-2",
 "evidence": [
  {
   "name": "evidence/support/000002.json",
   "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }
 ],
 "from": "logging",
 "log": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
 "owner": "crm",
 "path": "policies/support.yaml",
 "policy": "support",
 "prev": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
 "rationale": "two weeks without a false positive \u2013 \u00e9",
 "requested_at": "2026-11-01T12:00:00Z",
 "root": 1,
 "seq": 2,
 "to": "limited",
 "type": "policyctl/entry/v1",
 "use_case": "public-facing"
}
"""
DATA = decode(CONTENT)

digests = st.integers(0, 16**64 - 1).map(lambda number: format(number, "064x"))
slugs = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,3}){0,2}", fullmatch=True)
stages = st.none() | st.sampled_from(Stage)
moments = st.datetimes(
    datetime(1000, 1, 2),
    datetime(9999, 12, 30),
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
).map(lambda moment: moment.replace(microsecond=0))
entries = st.builds(
    Entry,
    log=digests,
    policy=slugs,
    path=st.text(max_size=20),
    seq=st.integers(1, 2**53),
    prev=st.none() | digests,
    change=slugs,
    action=st.sampled_from(ChangeAction),
    source=stages,
    target=stages,
    before=st.none() | digests,
    after=st.none() | digests,
    owner=slugs,
    use_case=slugs,
    rationale=st.text(min_size=1, max_size=50).filter(lambda text: not rationale_problem(text)),
    root=st.integers(1, 2**53),
    requested_at=moments,
    evidence=st.lists(
        st.builds(EvidenceReference, name=st.text(max_size=20), sha256=digests), max_size=2
    ).map(tuple),
)

NOT_TEXT = (None, 1, True, [], {}, ["a"], {"a": "b"})
NOT_SLUGS = (*NOT_TEXT, "", "A", "a_b", "-a", "a-", "a--b", "1a", "a\n", "é", "а", "a b", "a/b")  # noqa: RUF001 - Cyrillic
NOT_DIGESTS = ("", "a" * 63, "a" * 65, "A" * 64, "g" * 64, DIGEST + "\n", 1, True, [], {}, [DIGEST])
NOT_COUNTS = (None, 0, -1, True, False, "1", [], {}, [1])
NOT_STAGES = ("", "LOGGING", "none", "done", 0, False, [], {}, ["logging"], {"logging": 1})
WRONG = {
    "type": (*NOT_TEXT, "", "policyctl/entry/v2", "policyctl/entry/v1\n"),
    "log": (None, *NOT_DIGESTS),
    "policy": NOT_SLUGS,
    "path": NOT_TEXT,
    "seq": NOT_COUNTS,
    "prev": NOT_DIGESTS,
    "change": NOT_SLUGS,
    "action": (*NOT_TEXT, "", "PROMOTE", "approve", ["promote"], {"promote": 1}),
    "from": NOT_STAGES,
    "to": NOT_STAGES,
    "before": NOT_DIGESTS,
    "after": NOT_DIGESTS,
    "owner": NOT_SLUGS,
    "use_case": NOT_SLUGS,
    "rationale": (*NOT_TEXT, "", "  ", "a\nb", "a\tb", "\x1b[2J", "\u202eb", "\x00", "a" * 2001),
    "evidence": (
        None, 1, True, "", {}, [None], [[]], ["a"], [{}], [{"name": "a"}], [{"sha256": DIGEST}],
        [{"name": 1, "sha256": DIGEST}], [{"name": [], "sha256": DIGEST}],
        [{"name": "a", "sha256": "b"}], [{"name": "a", "sha256": None}],
        [{"name": "a", "sha256": []}], [{"name": "a", "sha256": DIGEST, "size": 1}],
        [{"name": "a", "sha256": DIGEST}, {}],
    ),
    "root": NOT_COUNTS,
    "requested_at": (
        *NOT_TEXT, "", "2026-11-01", "2026-11-01T12:00:00", "2026-11-01T12:00:00+00:00",
        "2026-11-01T12:00:00.5Z", "2026-11-01 12:00:00Z", "2026-11-01T12:00:00z",
        "2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-01T24:00:00Z",
        "2026-11-01T12:60:00Z", "2026-11-01T12:00:60Z", "2026-11-01T12:00:61Z",
        "0000-01-01T00:00:00Z", "12026-11-01T12:00:00Z", "2026-11-01T12:00:00Z\n",
    ),
}  # fmt: skip
CASES = [(name, value) for name, wrong in WRONG.items() for value in wrong]


@st.composite
def mutated(draw):
    """An entry's bytes with a few of them changed, or with one of its values replaced."""
    content = bytearray(CONTENT)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        until = at + draw(st.integers(0, 6))
        content[at:until] = draw(st.binary(max_size=3) | st.just(bytes(content[at:until]) * 2))
    return bytes(content)


def test_an_entry_has_exact_bytes():
    assert entry_bytes(ENTRY) == CONTENT
    assert parse_entry(CONTENT) == ENTRY
    assert entry_digest(ENTRY) == sha256(CONTENT)


@given(entries)
def test_what_is_written_is_read_back(entry):
    assert parse_entry(entry_bytes(entry)) == entry


def test_the_time_zone_of_the_request_leaves_no_trace():
    elsewhere = ENTRY.requested_at.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert entry_bytes(replace(ENTRY, requested_at=elsewhere)) == CONTENT


@pytest.mark.parametrize("year", ["0001", "0999"])
def test_what_is_read_is_written_with_the_same_bytes(year):
    content = CONTENT.replace(b'"2026-', f'"{year}-'.encode())

    assert entry_bytes(parse_entry(content)) == content


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(name, value):
    with pytest.raises(ValueError) as caught:
        parse_entry(encode(DATA | {name: value}))

    assert str(caught.value) == f"'{name}' is {brief(value)}"


@pytest.mark.parametrize("name", DATA)
def test_a_missing_field_is_refused_by_name(name):
    with pytest.raises(ValueError) as caught:
        parse_entry(encode({key: value for key, value in DATA.items() if key != name}))

    assert str(caught.value) == f"wrong fields: {name}"


def test_surplus_fields_are_refused_by_name():
    with pytest.raises(ValueError) as caught:
        parse_entry(encode(DATA | {"signature": "x", "Type": 1}))

    assert str(caught.value) == "wrong fields: Type, signature"


@pytest.mark.parametrize("value", [None, True, 1, "entry", [], [DATA], {}])
def test_what_is_not_an_object_of_an_entry_is_refused(value):
    with pytest.raises(ValueError):
        parse_entry(encode(value))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CONTENT.replace(b"\n", b"\r\n"), NonCanonicalError),
        (b"\xef\xbb\xbf" + CONTENT, NonCanonicalError),
        (CONTENT[:-1], NonCanonicalError),
        (CONTENT.replace(b"{\n", b'{\n "action": "promote",\n', 1), DuplicateKeyError),
        (CONTENT.replace(b" 2,", b" 2.0,"), NonCanonicalError),
    ],
)
def test_another_spelling_of_an_entry_is_refused(content, kind):
    with pytest.raises(kind):
        parse_entry(content)


@given(st.binary() | mutated())
@settings(max_examples=500)
def test_bytes_are_an_entry_or_a_value_error_and_nothing_else(content):
    try:
        entry = parse_entry(content)
    except ValueError:
        return
    # Years before 1000 have a test of their own above.
    assert entry_bytes(entry) == content or entry.requested_at.year < 1000


@given(
    st.sampled_from(sorted(DATA)),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)
def test_any_value_in_any_field_is_an_entry_or_a_value_error(name, value):
    content = encode(DATA | {name: value})
    try:
        entry = parse_entry(content)
    except ValueError:
        return
    assert entry_bytes(entry) == content


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fine", ""),
        ("ein Grund: größer, 大", ""),
        ("a" * 2000, ""),
        ("", "the rationale is empty"),
        (" \t\n", "the rationale is empty"),
        ("a" * 2001, "the rationale is longer than 2000 characters"),
        ("a\nPolicy-Approved-By: mallory", "the rationale holds line breaks or control characters"),
        ("a\u2028b", "the rationale holds line breaks or control characters"),
        ("a\x1b[31m", "the rationale holds line breaks or control characters"),
        ("a\u202eb", "the rationale holds line breaks or control characters"),
        ("a\u200bb", "the rationale holds line breaks or control characters"),
        ("a\ud834", "the rationale holds line breaks or control characters"),
    ],
)
def test_a_rationale_is_one_line_that_can_be_read(text, problem):
    assert rationale_problem(text) == problem


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        (None, Stage.LOGGING, "none -> logging"),
        (Stage.LOGGING, Stage.LIMITED, "logging -> limited"),
        (Stage.ENFORCE, None, "enforce -> none"),
    ],
)
def test_the_transition_is_told_by_its_stages(source, target, words):
    assert replace(ENTRY, source=source, target=target).transition == words
