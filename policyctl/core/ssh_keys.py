"""SSH public keys: from text to values and back (RFC 4253, 5656, 8709 and PROTOCOL.u2f)."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from policyctl.core.frozen import frozen
from policyctl.core.ssh_wire import Reader, unbase64
from policyctl.errors import SignatureError

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

_LONGEST_LINE = 16 * 1024
_POINT_BYTES = {b"nistp256": 65, b"nistp384": 97, b"nistp521": 133}
_ED25519_KEY_BYTES = 32
_UNCOMPRESSED = 4
_LINE = re.compile(r"[ \t]*([!-~]+)[ \t]+([!-~]+)(?:[ \t][^\r\n]*)?\r?\n?\Z")


@frozen
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
        reader = Reader(self.blob, "public key")
        fields = []
        while reader.remaining:
            fields.append(reader.string())
        return tuple(fields[1:])


def parse_public_key(line: str) -> PublicKey:
    """The key of a line ``type base64 [comment]``, as ``.pub`` files hold it.

    Raises:
        SignatureError: it is not one key of a supported type, or a weak one.
    """
    match = _LINE.match(line) if len(line) <= _LONGEST_LINE else None
    if match is None:
        raise SignatureError("the public key is not one line of type and base64")
    name, text = match.groups()
    _demand_type(name)
    key = read_public_key(unbase64(text.encode("ascii"), "public key"))
    if key.type != name:
        raise SignatureError(f"the public key says '{name}' but holds '{key.type}'")
    if key.line != f"{name} {text}":
        raise SignatureError("the public key is not canonical base64")
    return key


# A ledger's signatures are made with few keys.
@lru_cache(maxsize=4096)
def read_public_key(blob: bytes) -> PublicKey:
    """The key of a wire form.

    Raises:
        SignatureError: it is not a key of a supported type, or a weak one.
    """
    reader = Reader(blob, "public key")
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


def _check_rsa(reader: Reader) -> None:
    exponent, modulus = reader.mpint(), reader.mpint()
    bits = modulus.bit_length()
    if bits < MIN_RSA_BITS:
        raise SignatureError(f"the RSA key has {bits} bits, fewer than {MIN_RSA_BITS}")
    if bits > MAX_RSA_BITS:
        raise SignatureError(f"the RSA key has {bits} bits, more than {MAX_RSA_BITS}")
    if not exponent & 1 or not modulus & 1:
        raise SignatureError("the RSA key has an even number where only odd ones work")


def _check_point(reader: Reader, name: str) -> None:
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
