"""Signed notes: text with signature lines below it, as in C2SP's ``signed-note``.

Reading is strict: a note has one spelling, so that writing what was read gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib

from policyctl.core.frozen import frozen
from policyctl.core.ssh_wire import unbase64
from policyctl.errors import SignatureError

MAX_NOTE = 1024 * 1024
"""The most bytes of a note that are looked at."""

_MAX_SIGNATURES = 64
_DASH = "\N{EM DASH} "
_KEY_ID_BYTES = 4


@frozen
class NoteSignature:
    """One signature line.

    Attributes:
        name: the name of the key, without spaces and plus signs.
        key_id: four bytes that tell apart keys of one name.
        body: the signature itself.
    """

    name: str
    key_id: bytes
    body: bytes


@frozen
class Note:
    """A text, which ends in a line break, and the signatures below it."""

    text: str
    signatures: tuple[NoteSignature, ...]


def key_id(name: str, kind: bytes, key: bytes) -> bytes:
    """The id of a key.

    Args:
        name: the key's name.
        kind: the type of signature that it makes: an assigned byte, or 0xff and an identifier.
        key: the public key, as this type encodes it.
    """
    return hashlib.sha256(name.encode() + b"\n" + kind + key).digest()[:_KEY_ID_BYTES]


def note_bytes(note: Note) -> bytes:
    """The bytes of a note."""
    lines = [
        f"{_DASH}{item.name} {base64.b64encode(item.key_id + item.body).decode()}\n"
        for item in note.signatures
    ]
    return f"{note.text}\n{''.join(lines)}".encode()


def parse_note(content: bytes) -> Note:
    """The note that ``content`` holds.

    Raises:
        ValueError: it is no signed note.
    """
    if len(content) > MAX_NOTE:
        raise ValueError(f"larger than {MAX_NOTE} bytes")
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    if any(character < " " and character != "\n" for character in whole):
        raise ValueError("holds control characters")
    text, gap, below = whole.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise ValueError("no signatures below a blank line")
    lines = below[:-1].split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise ValueError(f"more than {_MAX_SIGNATURES} signatures")
    note = Note(text=text + "\n", signatures=tuple(map(_signature, lines)))
    if note_bytes(note) != content:
        raise ValueError("spelt differently than it would be written")
    return note


def split_notes(content: bytes) -> tuple[bytes, ...]:
    """The notes of a file that holds one or several, one after the other."""
    found: list[bytes] = []
    note = b""
    signed = False
    for line in content.splitlines(keepends=True):
        is_signature = line.startswith(_DASH.encode())
        if signed and not is_signature:
            found.append(note)
            note = b""
        note += line
        signed = is_signature
    return (*found, note) if note else tuple(found)


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not name or "+" in name or name.split() != [name]:
        raise ValueError("a line below the text is no signature")
    try:
        blob = unbase64(encoded.encode(), "signature")
    except SignatureError as error:
        raise ValueError(error.message) from error
    if len(blob) <= _KEY_ID_BYTES:
        raise ValueError("a signature is empty")
    return NoteSignature(name=name, key_id=blob[:_KEY_ID_BYTES], body=blob[_KEY_ID_BYTES:])
