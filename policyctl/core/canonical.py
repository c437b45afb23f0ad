"""The one spelling of JSON that is hashed and signed.

ASCII, sorted keys, one space of indent, LF, no floats, integers within ±2^53. Readers demand that
the bytes are exactly what writing them again gives, so no canonicaliser is needed to verify them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii

_LARGEST = 2**53
_MAX_DEPTH = 40


class NonCanonicalError(ValueError):
    """The bytes are not the one spelling of the value that they hold."""


class DuplicateKeyError(NonCanonicalError):
    """An object names a key twice, so that readers may disagree about its value."""


def encode(value: object) -> bytes:
    """The bytes of ``value``, made of dicts with text keys, lists, text, integers, bools and None.

    Raises:
        ValueError: the value holds something that has no canonical spelling.
    """
    parts: list[str] = []
    _write(value, 0, parts)
    parts.append("\n")
    return "".join(parts).encode("ascii")


def decode(content: bytes) -> object:
    """The value that canonical bytes hold.

    Raises:
        DuplicateKeyError: an object names a key twice.
        NonCanonicalError: the bytes are not canonical JSON.
    """
    try:
        value = json.loads(content.decode("ascii"), object_pairs_hook=_object)
        canonical = encode(value)
    except DuplicateKeyError:
        raise
    except (ValueError, RecursionError) as error:
        raise NonCanonicalError(f"not canonical JSON: {error}") from error
    if canonical != content:
        raise NonCanonicalError("not canonical JSON: spelt differently than it would be written")
    return value


def sha256(content: bytes) -> str:
    """The lower-case hex digest by which files are bound to each other."""
    return hashlib.sha256(content).hexdigest()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise DuplicateKeyError(f"the key {key!r} stands twice in one object")
        found[key] = value
    return found


def _write(value: object, depth: int, parts: list[str]) -> None:
    """Add the text of a value: what Python's own encoder writes, slowly where it indents."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        parts.append(_quoted(value))
    elif isinstance(value, dict):
        _write_object(value, depth + 1, parts)
    elif isinstance(value, list | tuple):
        before = "[\n" + " " * (depth + 1)
        for item in value:
            parts.append(before)
            _write(item, depth + 1, parts)
            before = ",\n" + " " * (depth + 1)
        parts.append("\n" + " " * depth + "]" if value else "[]")
    else:
        parts.append(_scalar(value))


def _write_object(value: Mapping[object, object], depth: int, parts: list[str]) -> None:
    for key in value:
        if not isinstance(key, str):
            raise ValueError(f"the key {key!r} is not text")
    before = "{\n" + " " * depth
    for key in sorted(value, key=str):
        parts.append(f"{before}{_quoted(str(key))}: ")
        _write(value[key], depth, parts)
        before = ",\n" + " " * depth
    parts.append("\n" + " " * (depth - 1) + "}" if value else "{}")


def _quoted(text: str) -> str:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"{text!r} holds half of a character")
    return encode_basestring_ascii(text)


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError(f"{value!r} has no canonical spelling")
    return int.__repr__(value)
