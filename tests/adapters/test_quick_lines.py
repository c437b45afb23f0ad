"""Lines that are taken in bulk are the very ones that would have been taken one by one."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.adapters.records.jsonl import JsonLinesFile
from policyctl.adapters.records.prepared_writing import adding_to
from policyctl.adapters.stopping import Stop
from policyctl.core.engine_logs.identities import Identities, Keys
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engine_logs.normalise import PLAIN, Defaults, normaliser
from policyctl.usecases.import_records import import_records

PLAIN_FIELDS = {
    "ts": "2026-10-05T08:00:00Z",
    "request_id": "r1",
    "app": "shop",
    "direction": "input",
    "detector": "secrets",
    "level": "l2_very_likely",
    "status": "ok",
}
TEXTS = (
    *("", "x", "x" * 512, "x" * 513, "é" * 512, "\U0001f926\U0001f3fc" * 256, 'a"b', "a\\b"),
    *("a\tb", "a\x7fb", "a\u2028b", " ", "null", "\ud800", None, 3, True, ["x"], {"x": 1}),
)
TIMES = (
    *("2026-10-05T08:00:00.5Z", "2026-10-05T08:00:00.1234567Z", "2026-10-05T08:00:00+02:00"),
    *("2026-02-30T08:00:00Z", "2026-10-05T24:00:00Z", "2026-10-05T08:00:60Z", "2026-10-05"),
    *(
        "0999-10-05T08:00:00Z",
        "0000-10-05T08:00:00Z",
        "2026-10-05T08:00:00",
        "2026-00-00T00:00:00Z",
    ),
    *("2026-10-05 08:00:00Z", 5, None),
)
VALUES = {
    "ts": TIMES,
    "direction": ("output", "both", "INPUT", None),
    "level": ("none", "l1_confident", "l5_unlikely", "l9", None, 2),
    "status": ("ok", "error", "timeout", "fine", None),
    "label": ("true_positive", "unsure", "maybe", "", None),
    "score": (0, 1, 0.5, 1.0, 1e-7, -0.0, 1.5, -1, True, "0.5", None, 0.1234567890123456789),
    "detected": (True, False, None, "true", 1),
    "would_block": (True, False, None),
    "blocked": (True, False, None, 0),
    "surplus": (1,),
}
FIELDS = (*PLAIN_FIELDS, *VALUES, "session_id", "key", "cohort", "detector_version", "reviewer")


@st.composite
def rows(draw):
    fields = dict(PLAIN_FIELDS, request_id=f"r{draw(st.integers(0, 40))}")
    for name in draw(st.lists(st.sampled_from(FIELDS), max_size=3)):
        fields[name] = draw(st.sampled_from(VALUES.get(name, TEXTS)))
    for name in draw(st.lists(st.sampled_from(tuple(PLAIN_FIELDS)), max_size=1)):
        fields.pop(name)
    text = json.dumps(
        fields,
        ensure_ascii=draw(st.booleans()),
        separators=draw(st.sampled_from(((", ", ": "), (",", ":"), (" , ", " : ")))),
    )
    return draw(st.sampled_from(SPELLINGS))(text.encode("utf-8", "surrogatepass"))


SPELLINGS = (
    *(bytes, bytes, bytes, bytes, bytes),
    lambda line: line + b" ",
    lambda line: b" " + line,
    lambda line: line + b"\r",
    lambda line: line[:-1],
    lambda line: line[:-1] + b',"app":"other"}',
    lambda line: line + line,
    lambda line: b"[" + line + b"]",
    lambda line: line.replace(b"shop", b"sh\xffp"),
    lambda line: line.replace(b"shop", b"sh\\u006fp"),
    lambda line: line.replace(b"shop", b"sh\x00p"),
    lambda line: b"\xef\xbb\xbf" + line,
    lambda line: line.replace(b"}", b',"score":NaN}'),
    lambda line: line.replace(b"}", b',"score":01}'),
    lambda line: b"",
)


def imported(content, *, as_they_are):
    with tempfile.TemporaryDirectory() as place:
        path, folder = Path(place, "log.jsonl"), Path(place, "prepared")
        path.write_bytes(content)
        with adding_to(folder, "prepared", Stop()) as store:
            import_records(
                [JsonLinesFile(path, "log.jsonl")],
                folder="prepared",
                engine=PLAIN,
                settings="0" * 64,
                normalise=normaliser(
                    PLAIN,
                    levels=LevelTable(),
                    identities=Identities(keys=Keys.KEEP),
                    defaults=Defaults(),
                ),
                as_they_are=as_they_are,
                store=store,
                watch=lambda log: None,
                check=lambda: None,
            )
        return {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }


@settings(max_examples=25)
@given(st.lists(rows(), min_size=10, max_size=40))
def test_the_folder_is_the_same_to_the_last_byte(lines):
    good = json.dumps(PLAIN_FIELDS | {"request_id": "first"}).encode()
    content = b"\n".join((good, *lines))

    assert imported(content, as_they_are=True) == imported(content, as_they_are=False)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_every_value_of_a_field_is_taken_or_left_alike(name):
    lines = [
        json.dumps(PLAIN_FIELDS | {"request_id": f"r{number}", name: value}).encode()
        for number, value in enumerate(VALUES[name])
    ]
    content = b"\n".join((json.dumps(PLAIN_FIELDS).encode(), *lines))

    assert imported(content, as_they_are=True) == imported(content, as_they_are=False)


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_every_spelling_of_a_line_is_taken_or_left_alike(separators):
    rows = (PLAIN_FIELDS | {"request_id": f"r{number}"} for number in range(len(SPELLINGS)))
    lines = [
        spelt(json.dumps(row, separators=separators).encode())
        for spelt, row in zip(SPELLINGS, rows, strict=True)
    ]

    found = imported(b"\n".join(lines), as_they_are=True)

    assert found == imported(b"\n".join(lines), as_they_are=False)
    assert any(b'"a field stands twice"' in content for content in found.values())


def test_where_all_lines_are_taken_none_is_asked_for(monkeypatch):
    monkeypatch.setattr("policyctl.adapters.records.quick_sql.LEFT", "SELECT error('asked')")
    lines = [json.dumps(PLAIN_FIELDS | {"request_id": f"r{n}"}).encode() for n in range(3)]

    assert imported(b"\n".join(lines), as_they_are=True)
