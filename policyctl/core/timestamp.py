"""Time stamps beside checkpoints: what an authority outside said about when a note was there."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from policyctl.core.comparison import KeptNote
from policyctl.core.finding import Finding
from policyctl.core.frozen import fresh, frozen
from policyctl.core.snapshot import violation
from policyctl.errors import SignatureError

_BEGIN = b"-----BEGIN TIMESTAMP RESPONSE-----\n"
_END = b"-----END TIMESTAMP RESPONSE-----\n"
_COLUMNS = 64


class VerifyTimestamp(Protocol):
    """Verifies an RFC 3161 response; raises `SignatureError` where it does not hold."""

    def __call__(self, response: bytes, message: bytes) -> datetime:
        """When the authority saw the message."""


@frozen
class Timestamps:
    """What became of the time stamps.

    Attributes:
        proven: when the authority saw each checkpoint, by number.
        unproven: checkpoints whose time stamps nobody could verify, for want of certificates.
    """

    proven: Mapping[int, datetime] = fresh(default_factory=dict)
    unproven: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


def timestamp_text(response: bytes) -> bytes:
    """A response as text, for the message of a tag."""
    body = base64.b64encode(response)
    lines = (body[at : at + _COLUMNS] + b"\n" for at in range(0, len(body), _COLUMNS))
    return _BEGIN + b"".join(lines) + _END


def timestamp_response(text: bytes) -> bytes:
    """The response that `timestamp_text` spelt.

    Raises:
        SignatureError: it did not spell this.
    """
    try:
        inner = text.removeprefix(_BEGIN).removesuffix(_END).replace(b"\n", b"")
        response = base64.b64decode(inner, validate=True)
    except binascii.Error as error:
        raise SignatureError("the time stamp is not base64") from error
    if not response or timestamp_text(response) != text:
        raise SignatureError("the time stamp is spelt differently than it would be written")
    return response


def check_timestamps(
    notes: Sequence[KeptNote], stamps: Mapping[int, bytes], verify: VerifyTimestamp | None
) -> Timestamps:
    """Verify the time stamps that stand beside checkpoints.

    Args:
        notes: the notes of tags.
        stamps: the texts beside them, by number.
        verify: verifies one with the certificates that the user trusts; None without any.
    """
    kept = {note.number: note.content for note in notes if note.number in stamps}
    alone = tuple(_without_checkpoint(number) for number in sorted(stamps.keys() - kept.keys()))
    if verify is None:
        return Timestamps(unproven=tuple(sorted(kept)), findings=alone)
    proven: dict[int, datetime] = {}
    wrong = tuple(_check(kept, stamps, verify, proven))
    return Timestamps(proven=proven, findings=(*alone, *wrong))


def _without_checkpoint(number: int) -> Finding:
    message = f"a time stamp stands beside checkpoint {number}, which is not there"
    hint = "git fetch origin 'refs/tags/policyctl/*:refs/tags/policyctl/*'"
    return violation("CHECKPOINT_MISSING", message, hint=hint)


def _check(
    notes: Mapping[int, bytes],
    stamps: Mapping[int, bytes],
    verify: VerifyTimestamp,
    proven: dict[int, datetime],
) -> Iterator[Finding]:
    for number, note in sorted(notes.items()):
        try:
            proven[number] = verify(timestamp_response(stamps[number]), note)
        except SignatureError as error:
            message = f"the time stamp of checkpoint {number} does not hold: {error.message}"
            hint = "are these the certificates of the authority that made it?"
            yield violation("TIMESTAMP_INVALID", message, hint=hint)
