"""SSH signatures (SSHSIG) and public keys: from text to values and back, byte for byte.

The formats are OpenSSH's ``PROTOCOL.sshsig``, ``PROTOCOL.u2f`` and RFC 4253, 5656, 8332, 8709.
Reading is stricter than ``ssh-keygen``: every value has one spelling, so a signature file cannot be
altered without becoming another signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from policyctl.errors import SignatureError

MAX_ARMOR = 16 * 1024
"""The most bytes of armor that are looked at."""

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 16384

ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-256", "rsa-sha2-512"),
    "sk-ssh-ed25519@openssh.com": ("sk-ssh-ed25519@openssh.com",),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("sk-ecdsa-sha2-nistp256@openssh.com",),
}
"""The types of keys, and the signature algorithms that each may use."""

_MAGIC = b"SSHSIG"
_VERSION = 1
_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70
_HASHES = ("sha256", "sha512")
_POINT_BYTES = {b"nistp256": 65, b"nistp384": 97, b"nistp521": 133}
_ED25519_KEY_BYTES = 32
_ED25519_SIGNATURE_BYTES = 64
_UNCOMPRESSED = 4
_NEGATIVE = 0x80
_USER_PRESENT = 0x01
_LINE = re.compile(r"[ \t]*([!-~]+)[ \t]+([!-~]+)(?:[ \t][^\r\n]*)?\r?\n?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key of a supported type.

    Attributes:
        type: such as ``ssh-ed25519``.
        blob: the wire form, which the fingerprint is taken of.
    """

    type: str
    blob: bytes

    @property
    def line(self) -> str:
        """The key as files spell it, without a comment: ``type base64``."""
        return f"{self.type} {base64.b64encode(self.blob).decode('ascii')}"

    @property
    def fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest())
        return f"SHA256:{digest.decode('ascii').rstrip('=')}"

    @property
    def fields(self) -> tuple[bytes, ...]:
        """The wire fields after the type: curve, point and application; numbers as mpints."""
        reader = _Reader(self.blob, "public key")
        fields = []
        while reader.remaining:
            fields.append(reader.string())
        return tuple(fields[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
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


def dearmor(text: bytes) -> Signature:
    """The signature that ``text``, the bytes of a ``.sig`` file, holds.

    Raises:
        SignatureError: it holds none, or is spelt differently than ``ssh-keygen`` spells it.
    """
    if len(text) > MAX_ARMOR:
        raise SignatureError(f"the signature is larger than {MAX_ARMOR} bytes")
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        raise SignatureError("the signature is not framed as an SSH signature")
    blob = _base64(text[len(_BEGIN) : -len(_END)].replace(b"\n", b""), "signature")
    if armor(blob) != text:
        raise SignatureError("the signature is spelt differently than ssh-keygen writes it")
    return _parse(blob)


def armor(blob: bytes) -> bytes:
    """The text that ``ssh-keygen`` writes for a signature's wire form."""
    body = base64.b64encode(blob)
    lines = (body[at : at + _COLUMNS] + b"\n" for at in range(0, len(body), _COLUMNS))
    return _BEGIN + b"".join(lines) + _END


def encode(signature: Signature) -> bytes:
    """The wire form of a signature: ``armor(encode(dearmor(text))) == text``."""
    inner = _string(signature.algorithm.encode()) + _string(signature.signature)
    if signature.algorithm.startswith("sk-"):
        inner += bytes([signature.flags]) + signature.counter.to_bytes(4, "big")
    return b"".join(
        (
            _MAGIC,
            _VERSION.to_bytes(4, "big"),
            _string(signature.public_key),
            _string(signature.namespace.encode()),
            _string(b""),
            _string(signature.hash_algorithm.encode()),
            _string(inner),
        )
    )


def signed_data(namespace: str, hash_algorithm: str, message: bytes) -> bytes:
    """The bytes that the key signs in place of ``message``.

    Raises:
        SignatureError: the hash algorithm is not one that SSH signatures use.
    """
    if hash_algorithm not in _HASHES:
        raise SignatureError(f"the hash algorithm '{hash_algorithm}' is not sha256 or sha512")
    digest = hashlib.new(hash_algorithm, message).digest()
    parts = (namespace.encode(), b"", hash_algorithm.encode(), digest)
    return _MAGIC + b"".join(_string(part) for part in parts)


def parse_public_key(line: str) -> PublicKey:
    """The key of a line ``type base64 [comment]``, as ``.pub`` files hold it.

    Raises:
        SignatureError: it is not one key of a supported type, or a weak one.
    """
    match = _LINE.match(line) if len(line) <= MAX_ARMOR else None
    if match is None:
        raise SignatureError("the public key is not one line of type and base64")
    name, text = match.groups()
    _demand_type(name)
    key = read_public_key(_base64(text.encode("ascii"), "public key"))
    if key.type != name:
        raise SignatureError(f"the public key says '{name}' but holds '{key.type}'")
    if key.line != f"{name} {text}":
        raise SignatureError("the public key is not canonical base64")
    return key


def read_public_key(blob: bytes) -> PublicKey:
    """The key of a wire form.

    Raises:
        SignatureError: it is not a key of a supported type, or a weak one.
    """
    reader = _Reader(blob, "public key")
    name = reader.text()
    _demand_type(name)
    if name == "ssh-rsa":
        _check_rsa(reader)
    elif "ecdsa" in name:
        _check_point(reader, name)
    elif len(reader.string()) != _ED25519_KEY_BYTES:
        raise SignatureError("the public key has the wrong length")
    if name.startswith("sk-") and not reader.text():
        raise SignatureError("the public key names no application")
    reader.end()
    return PublicKey(type=name, blob=blob)


class _Reader:
    """Takes the fields of a wire form one after the other."""

    def __init__(self, blob: bytes, what: str) -> None:
        self._rest = memoryview(blob)
        self._what = what

    @property
    def remaining(self) -> int:
        return len(self._rest)

    def take(self, count: int) -> bytes:
        if count > len(self._rest):
            raise SignatureError(f"the {self._what} is cut short")
        taken, self._rest = bytes(self._rest[:count]), self._rest[count:]
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            text = self.string().decode("ascii")
        except UnicodeDecodeError as error:
            raise SignatureError(f"the {self._what} holds a name that is not ASCII") from error
        if not text.isprintable():
            raise SignatureError(f"the {self._what} holds a name that is not printable")
        return text

    def mpint(self) -> int:
        """A positive number, spelt with as few bytes as possible."""
        content = self.string()
        number = int.from_bytes(content, "big")
        if not number or content != mpint(number):
            raise SignatureError(f"the {self._what} holds a number that is not canonical")
        return number

    def end(self) -> None:
        if self._rest:
            raise SignatureError(f"the {self._what} has bytes after its end")


def mpint(number: int) -> bytes:
    """The content of the wire form of a positive number: big-endian, the top bit clear."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _parse(blob: bytes) -> Signature:
    reader = _Reader(blob, "signature")
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
    inner = _Reader(reader.string(), "signature")
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
    reader = _Reader(body, "signature")
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


def _check_rsa(reader: _Reader) -> None:
    exponent, modulus = reader.mpint(), reader.mpint()
    bits = modulus.bit_length()
    if bits < MIN_RSA_BITS:
        raise SignatureError(f"the RSA key has {bits} bits, fewer than {MIN_RSA_BITS}")
    if bits > MAX_RSA_BITS:
        raise SignatureError(f"the RSA key has {bits} bits, more than {MAX_RSA_BITS}")
    if not exponent & 1 or not modulus & 1:
        raise SignatureError("the RSA key has an even number where only odd ones work")


def _check_point(reader: _Reader, name: str) -> None:
    curve, point = reader.string(), reader.string()
    if (
        name.removeprefix("sk-").removesuffix("@openssh.com")
        != f"ecdsa-sha2-{curve.decode('latin-1')}"
    ):
        raise SignatureError("the public key names another curve than its type")
    if len(point) != _POINT_BYTES[curve] or point[0] != _UNCOMPRESSED:
        raise SignatureError("the public key does not hold an uncompressed point")


def _demand_type(name: str) -> None:
    if "-cert-v" in name:
        raise SignatureError(f"the public key is a certificate ('{name}')")
    if name not in ALGORITHMS:
        raise SignatureError(f"the public key has the type '{name}', which is not supported")


def _base64(text: bytes, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SignatureError(f"the {what} is not base64") from error


def _string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content
