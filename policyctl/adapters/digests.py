"""The digest by which contents are told apart: BLAKE2b with 160 bits."""

from __future__ import annotations

try:
    # What `hashlib` offers under this name; it would load OpenSSL, a third of a cached run.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

SIZE = 20
"""Bytes of a digest."""


def digest_of(*parts: bytes) -> bytes:
    """The digest of parts, in hexadecimal; each counts with its length."""
    found = blake2b(digest_size=SIZE)
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest().encode()
