"""RFC 3161 time stamps: asked for over HTTP, and verified with certificates that a user trusts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from cryptography import x509

from policyctl.core.timestamp import VerifyTimestamp, timestamp_text
from policyctl.errors import InputError, NotJudgedError, SignatureError, UsageError
from policyctl.usecases.checkpoint import Stamp

try:
    from rfc3161_client import (
        TimestampRequestBuilder,
        TimeStampResponse,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )
except ImportError as error:
    raise UsageError(
        "time stamps need the package rfc3161-client",
        hint="pip install 'policyctl[timestamp]'",
    ) from error

_MOST_BYTES = 64 * 1024
_PATIENCE = 30.0  # seconds
_GRANTED = (0, 1)


def authority(url: str) -> Stamp:
    """Asks an authority to attest when it saw a note.

    Raises:
        UsageError: the address is not one of HTTP.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"--timestamp {url!r} is no address", hint="http://… or https://…")

    def stamp(note: bytes) -> bytes:
        asked = TimestampRequestBuilder().data(note).build()
        headers = {"Content-Type": "application/timestamp-query"}
        request = Request(url, data=asked.as_bytes(), headers=headers)  # noqa: S310 - scheme above
        try:
            with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
                content = answer.read(_MOST_BYTES + 1)
        except (OSError, URLError) as error:
            raise NotJudgedError(f"{url} attested nothing: {error}") from error
        response = _response(content)
        if response.tst_info.nonce != asked.nonce:
            raise SignatureError(f"{url} answered another question")
        _require_about(response, asked.message_imprint.message)
        return timestamp_text(content)

    return stamp


def response_in(file: Path) -> bytes:
    """The text of the response that a file holds in DER, as ``openssl ts -reply`` writes it.

    Raises:
        InputError: the file cannot be read.
        SignatureError: it holds no response that grants anything.
    """
    content = _read(file)
    _response(content)
    return timestamp_text(content)


def verifier(file: Path) -> VerifyTimestamp:
    """Verifies responses with the root certificates in a PEM file.

    Raises:
        InputError: the file holds no certificate.
    """
    try:
        certificates = x509.load_pem_x509_certificates(_read(file))
    except ValueError as error:
        raise InputError(f"{file} holds no certificate: {error}") from error

    def verify(response: bytes, message: bytes) -> datetime:
        found = _response(response)
        for certificate in certificates:
            builder = VerifierBuilder(roots=[certificate])
            try:
                builder.build().verify_message(found, message)
            except (VerificationError, ValueError) as error:
                reason = str(error)
                continue
            return found.tst_info.gen_time.astimezone(UTC)
        raise SignatureError(reason[:200])

    return verify


def _response(content: bytes) -> TimeStampResponse:
    if len(content) > _MOST_BYTES:
        raise SignatureError(f"the time stamp is larger than {_MOST_BYTES} bytes")
    try:
        response = decode_timestamp_response(content)
        granted = response.status in _GRANTED
        words = ", ".join(response.status_string)
    except (ValueError, VerificationError) as error:
        said = str(error)[:200]
        raise SignatureError(f"the time stamp is no RFC 3161 response in DER: {said}") from error
    if not granted:
        raise SignatureError(f"the authority refused: {words or response.status}")
    return response


def _require_about(response: TimeStampResponse, digest: bytes) -> None:
    if response.tst_info.message_imprint.message != digest:
        raise SignatureError("the authority answered about something else")


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(1 << 24)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
