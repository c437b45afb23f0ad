"""A tombstone: what is left of an entry whose rationale was redacted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from policyctl.core.canonical import decode, encode, sha256
from policyctl.core.entry import (
    ENTRY_FIELDS,
    Entry,
    EvidenceReference,
    Fields,
    entry_bytes,
    entry_from,
    is_digest,
    is_reference_list,
    with_fields,
)
from policyctl.core.frozen import frozen, replace

TYPE = "policyctl/tombstone/v1"


@frozen
class Tombstone:
    """An entry without its rationale, and what binds it to the entry that it replaces.

    Attributes:
        entry: every other field as it was; the rationale is empty.
        sha256: of the original bytes, which the next entry names.
        signatures: the entry's signature files by name. They cover the original bytes, so nobody
            can check them any more; those who sign the tombstone vouch for exactly these.
    """

    entry: Entry
    sha256: str
    signatures: tuple[EvidenceReference, ...]


def tombstone_of(entry: Entry, signatures: Mapping[str, str]) -> Tombstone:
    """The tombstone that takes an entry's place.

    Args:
        entry: the entry as it was signed.
        signatures: sha256 of each of its signature files, by path.
    """
    return Tombstone(
        entry=replace(entry, rationale=""),
        sha256=sha256(entry_bytes(entry)),
        signatures=tuple(
            EvidenceReference(name=path.rpartition("/")[2], sha256=digest)
            for path, digest in sorted(signatures.items())
        ),
    )


def tombstone_bytes(tombstone: Tombstone) -> bytes:
    """The exact bytes that are stored and signed."""
    data = decode(entry_bytes(tombstone.entry))
    assert isinstance(data, dict)
    del data["rationale"]
    signatures = [{"name": item.name, "sha256": item.sha256} for item in tombstone.signatures]
    return encode({**data, "type": TYPE, "sha256": tombstone.sha256, "signatures": signatures})


@lru_cache(maxsize=512)
def read_record(content: bytes) -> tuple[Entry, Tombstone | None]:
    """The entry that a file of the log holds, and the tombstone if it is one.

    Raises:
        DuplicateKeyError: an object names a key twice.
        NonCanonicalError: the bytes are not the one spelling of their value.
        ValueError: the value is neither an entry nor a tombstone.
    """
    data = decode(content)
    if not isinstance(data, dict) or data.get("type") != TYPE:
        return entry_from(with_fields(data, ENTRY_FIELDS)), None
    entry = entry_from(with_fields(data, _FIELDS))
    signatures = tuple(
        EvidenceReference(name=item["name"], sha256=item["sha256"]) for item in data["signatures"]
    )
    return entry, Tombstone(entry=entry, sha256=data["sha256"], signatures=signatures)


_FIELDS: Fields = {
    **{name: fits for name, fits in ENTRY_FIELDS.items() if name != "rationale"},
    "type": lambda value: value == TYPE,
    "sha256": is_digest,
    "signatures": is_reference_list,
}
