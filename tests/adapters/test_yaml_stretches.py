"""The quick way to the places of values finds what the careful way finds."""

from __future__ import annotations

import pytest

from policyctl.adapters.yaml_nodes import build
from policyctl.adapters.yaml_stretches import stretches
from policyctl.adapters.yaml_values import UnusualError, values

PIECES = (
    "word",
    '"in quotes, \\u00e9"',
    "'two\n    lines'",
    "folded\n    words",
    "|\n    block\n\n    # no comment\n\n  # a comment",
    ">-\n    folded\n    block\n",
    "[]",
    "{}",
    "[a, {b: c}, [d]]  # flow",
    "{a: 1, b: [2, 3]}",
    "\n    - one\n    - two: 2\n      three:\n        - é\n",
    "\n    a:\n      b: c   # inner\n    # outer\n    d: 日本",
    "",
    "14d",
)


def texts() -> list[str]:
    pairs = [f"a: {one}\nb: {other}\n" for one in PIECES for other in PIECES]
    lists = [f"- {one}\n- {other}" for one in PIECES for other in PIECES]
    return [*pairs, *lists, *(text.replace("\n", "\r\n") for text in pairs)]


def test_values_and_keys_stand_where_the_careful_reader_finds_them():
    compared = 0
    for text in texts():
        content = text.encode()
        try:
            values(content, text)
        except UnusualError:
            continue
        compared += 1
        document, findings = build(content, text, "")
        found = stretches(content, text)

        assert document is not None
        assert findings == ()
        assert dict(found.values) == dict(document.values), text
        assert dict(found.keys) == dict(document.keys), text

    assert compared > len(texts()) / 2


@pytest.mark.parametrize("key", ["a", "'a'", '"a"'])
def test_a_key_stands_where_it_is_written_quotes_included(key):
    text = f"{key}: b"

    (span,) = stretches(text.encode(), text).keys.values()

    assert (span.column, span.end_column) == (1, len(key) + 1)
