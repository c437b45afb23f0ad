"""The one spelling of JSON that is hashed and signed.

ASCII, sorted keys, one space of indent, LF, no floats, integers within ±2^53. Readers demand that
the bytes are exactly what writing them again gives, so no canonicaliser is needed to verify them.
"""

from __future__ import annotations

import hashlib
import json

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
    _check(value, 0)
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, indent=1, separators=(",", ": "))
    return text.encode("ascii") + b"\n"


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


def _check(value: object, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"the key {key!r} is not text")
            _check(key, depth + 1)
            _check(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth + 1)
    else:
        _check_scalar(value)


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"{value!r} holds half of a character")
        return
    if isinstance(value, bool) or value is None:
        return
    if not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError(f"{value!r} has no canonical spelling")
