"""What git calls objects, and which texts may stand where it expects a name."""

from __future__ import annotations

import hashlib
import re

OBJECT_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_SHA256_DIGITS = 64


def is_object_id(text: str) -> bool:
    """True if the text has the form of an object's id."""
    return bool(OBJECT_ID.match(text))


def blob_id(content: bytes, digits: int) -> str:
    """What git calls these bytes: ids of 40 ``digits`` are SHA-1, of 64 SHA-256."""
    return object_id(content, digits, "blob")


def object_id(content: bytes, digits: int, kind: str) -> str:
    """What git calls an object of this kind with these bytes; see ``blob_id``."""
    data = f"{kind} {len(content)}\0".encode() + content
    if digits == _SHA256_DIGITS:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def is_plain(rev: str) -> bool:
    """True if git cannot take the text for an option."""
    return bool(rev) and not rev.startswith("-") and rev.isprintable()
