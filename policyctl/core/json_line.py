"""One line of a JSON lines file, decoded so strictly that no two readers differ about it."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections import Counter
from typing import NoReturn

from policyctl.core.unusable import UnusableError


def decode_line(content: bytes) -> dict[str, object]:
    """The object that a line holds.

    Raises:
        UnusableError: it holds none; the message is one sentence.
    """
    try:
        text = content.rstrip(b"\r\n").decode("utf-8")
        # `decode` looks for blanks around the object, which takes as long as a small one itself.
        data, end = _DECODER.raw_decode(text) if text.startswith("{") else (None, -1)
        if end != len(text):
            data = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        if content.startswith(b"{") and not content.endswith(b"\n"):
            raise UnusableError("the last line is cut off") from error
        if content.startswith(BOM_UTF8):
            raise UnusableError("the line begins with a byte order mark") from error
        raise _refusal(error) from error
    if not isinstance(data, dict):
        raise UnusableError("the line is not a JSON object")
    return data


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise UnusableError(
            f"the field {twice!a} stands twice in the record", reason="a field stands twice"
        )
    return found


def _constant(name: str) -> NoReturn:
    raise UnusableError(f"the line is not JSON: {name} is not a number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _refusal(error: ValueError | RecursionError) -> UnusableError:
    match error:
        case UnusableError():
            return error
        case json.JSONDecodeError():
            said = f"the line is not JSON: {error.msg.lower()} at column {error.colno}"
            return UnusableError(said, reason="the line is not JSON")
        case UnicodeDecodeError():
            return UnusableError("the line is not UTF-8")
        case RecursionError():
            return UnusableError("the line is nested too deeply")
        case _:
            return UnusableError("the line holds a number that is too long")
