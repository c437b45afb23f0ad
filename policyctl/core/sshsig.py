"""SSH signatures (SSHSIG): from text to values and back, byte for byte.

The formats are OpenSSH's ``PROTOCOL.sshsig`` and ``PROTOCOL.u2f``, and RFC 8332.
Reading is stricter than ``ssh-keygen``: every value has one spelling, so a signature file cannot be
altered without becoming another signature.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from policyctl.core.frozen import frozen, replace
from policyctl.core.ssh_keys import ALGORITHMS, PublicKey, read_public_key
from policyctl.core.ssh_wire import Reader, string, unbase64
from policyctl.errors import SignatureError

MAX_ARMOR = 16 * 1024
"""The most bytes of armor that are looked at."""

_MAGIC = b"SSHSIG"
_VERSION = 1
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_ED25519_SIGNATURE_BYTES = 64
_USER_PRESENT = 0x01


@frozen
class Signature:
    """What the armor of an SSH signature holds.

    Attributes:
        public_key: the signer's key in wire form.
        namespace: what the signature is for; the same bytes signed for something else differ.
        hash_algorithm: ``sha256`` or ``sha512``, by which the message was hashed.
        algorithm: such as ``ssh-ed25519`` or ``rsa-sha2-512``.
        signature: the body: raw bytes, or for ECDSA the two mpints.
        flags: what a security key says about itself; 0 for other keys.
        counter: how often a security key has signed; 0 for other keys.
    """

    public_key: bytes
    namespace: str
    hash_algorithm: str
    algorithm: str
    signature: bytes
    flags: int = 0
    counter: int = 0

    @property
    def key(self) -> PublicKey:
        """The signer's key.

        Raises:
            SignatureError: the wire form is not a supported key.
        """
        return read_public_key(self.public_key)

    @property
    def touched(self) -> bool:
        """True if a security key vouches that a person touched it for this signature."""
        return self.algorithm.startswith("sk-") and bool(self.flags & _USER_PRESENT)


@lru_cache(maxsize=512)
def dearmor(text: bytes) -> Signature:
    """The signature that ``text``, the bytes of a ``.sig`` file, holds.

    Raises:
        SignatureError: it holds none, or is spelt differently than ``ssh-keygen`` spells it.
    """
    if len(text) > MAX_ARMOR:
        raise SignatureError(f"the signature is larger than {MAX_ARMOR} bytes")
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        raise SignatureError("the signature is not framed as an SSH signature")
    blob = unbase64(text[len(_BEGIN) : -len(_END)].replace(b"\n", b""), "signature")
    if armor(blob) != text:
        raise SignatureError("the signature is spelt differently than ssh-keygen writes it")
    alike = _alike(blob[:-_ED25519_SIGNATURE_BYTES])
    if alike is None:
        return _parse(blob)
    return replace(alike, signature=blob[-_ED25519_SIGNATURE_BYTES:])


@lru_cache(maxsize=256)
def _alike(head: bytes) -> Signature | None:
    """A signature that begins like this, if the rest is the body of an Ed25519 signature.

    All signatures of one key for one purpose begin alike, and this is most of the work.
    """
    try:
        found = _parse(head + bytes(_ED25519_SIGNATURE_BYTES))
    except SignatureError:
        return None  # reading all of it says what is wrong
    return found if found.algorithm == "ssh-ed25519" else None


def armor(blob: bytes) -> bytes:
    """The text that ``ssh-keygen`` writes for a signature's wire form."""
    body = base64.b64encode(blob)
    lines = (body[at : at + _COLUMNS] + b"\n" for at in range(0, len(body), _COLUMNS))
    return _BEGIN + b"".join(lines) + _END


def encode(signature: Signature) -> bytes:
    """The wire form of a signature: ``armor(encode(dearmor(text))) == text``."""
    inner = string(signature.algorithm.encode()) + string(signature.signature)
    if signature.algorithm.startswith("sk-"):
        inner += bytes([signature.flags]) + signature.counter.to_bytes(4, "big")
    return b"".join(
        (
            _MAGIC,
            _VERSION.to_bytes(4, "big"),
            string(signature.public_key),
            string(signature.namespace.encode()),
            string(b""),
            string(signature.hash_algorithm.encode()),
            string(inner),
        )
    )


def signed_data(namespace: str, hash_algorithm: str, message: bytes) -> bytes:
    """The bytes that the key signs in place of ``message``.

    Raises:
        SignatureError: the hash algorithm is not one that SSH signatures use.
    """
    if hash_algorithm not in _HASHES:
        raise SignatureError(f"the hash algorithm '{hash_algorithm}' is not sha256 or sha512")
    digest = _HASHES[hash_algorithm](message).digest()
    return _purpose(namespace, hash_algorithm) + string(digest)


@lru_cache(maxsize=256)
def _purpose(namespace: str, hash_algorithm: str) -> bytes:
    parts = (namespace.encode(), b"", hash_algorithm.encode())
    return _MAGIC + b"".join(string(part) for part in parts)


def _parse(blob: bytes) -> Signature:
    reader = Reader(blob, "signature")
    if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != _VERSION:
        raise SignatureError("the signature is not an SSH signature of version 1")
    key = read_public_key(reader.string())
    namespace = reader.text()
    if not namespace:
        raise SignatureError("the signature names no namespace")
    if reader.string():
        raise SignatureError("the signature fills a field that is reserved")
    hash_algorithm = reader.text()
    if hash_algorithm not in _HASHES:
        raise SignatureError(f"the hash algorithm '{hash_algorithm}' is not sha256 or sha512")
    inner = Reader(reader.string(), "signature")
    reader.end()
    algorithm = inner.text()
    if algorithm not in ALGORITHMS[key.type]:
        raise SignatureError(f"a key of type '{key.type}' cannot sign with '{algorithm}'")
    body = inner.string()
    _check_body(body, algorithm)
    security_key = algorithm.startswith("sk-")
    flags, counter = (inner.take(1)[0], inner.number()) if security_key else (0, 0)
    inner.end()
    return Signature(
        public_key=key.blob,
        namespace=namespace,
        hash_algorithm=hash_algorithm,
        algorithm=algorithm,
        signature=body,
        flags=flags,
        counter=counter,
    )


def ecdsa_numbers(body: bytes) -> tuple[int, int]:
    """The numbers r and s of an ECDSA signature's body.

    Raises:
        SignatureError: the body is not two canonical numbers.
    """
    reader = Reader(body, "signature")
    numbers = reader.mpint(), reader.mpint()
    reader.end()
    return numbers


def _check_body(body: bytes, algorithm: str) -> None:
    if "ecdsa" in algorithm:
        ecdsa_numbers(body)
    elif "ed25519" in algorithm and len(body) != _ED25519_SIGNATURE_BYTES:
        raise SignatureError("the signature has the wrong length")
    elif not body:
        raise SignatureError("the signature is empty")
