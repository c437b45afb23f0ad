"""Verifies SSH signatures in process, as ``ssh-keygen -Y verify`` does in a process each."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from policyctl.core.ssh_keys import ALGORITHMS, PublicKey, read_public_key
from policyctl.core.sshsig import Signature, ecdsa_numbers, signed_data
from policyctl.errors import SignatureError

_Key = Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_CURVES: dict[bytes, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    b"nistp256": (ec.SECP256R1(), hashes.SHA256()),
    b"nistp384": (ec.SECP384R1(), hashes.SHA384()),
    b"nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    "rsa-sha2-256": hashes.SHA256(),
    "rsa-sha2-512": hashes.SHA512(),
}


def verify(signature: Signature, message: bytes) -> bool:
    """True if the key that ``signature`` names signed ``message`` for the signature's namespace.

    Who the key belongs to, and whether the namespace fits, is the caller's question.

    Raises:
        SignatureError: the key or the signature's body is not one.
    """
    key = read_public_key(signature.public_key)
    if signature.algorithm not in ALGORITHMS[key.type]:
        return False
    data = signed_data(signature.namespace, signature.hash_algorithm, message)
    if key.type.startswith("sk-"):
        data = _device_data(key.fields[-1], signature, data)
    try:
        _verify(_load(key.blob), signature, data)
    except InvalidSignature:
        return False
    return True


def verify_bare(key: PublicKey, algorithm: str, body: bytes, data: bytes) -> bool:
    """True if ``body`` is the key's signature over the data itself, without SSHSIG around it.

    Raises:
        SignatureError: the key or the body is not one.
    """
    bare = Signature(
        public_key=key.blob, namespace="", hash_algorithm="", algorithm=algorithm, signature=body
    )
    try:
        _verify(_load(key.blob), bare, data)
    except InvalidSignature:
        return False
    return True


def _device_data(application: bytes, signature: Signature, data: bytes) -> bytes:
    """What a security key signs: its own statements around the hash of the data."""
    return (
        hashlib.sha256(application).digest()
        + bytes([signature.flags])
        + signature.counter.to_bytes(4, "big")
        + hashlib.sha256(data).digest()
    )


def _verify(key: _Key, signature: Signature, data: bytes) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        # Some agents leave out leading zeros; OpenSSH puts them back too.
        body = signature.signature.rjust((key.key_size + 7) // 8, b"\0")
        key.verify(body, data, padding.PKCS1v15(), _RSA_HASHES[signature.algorithm])
    elif isinstance(key, ec.EllipticCurvePublicKey):
        body = encode_dss_signature(*ecdsa_numbers(signature.signature))
        _, digest = _CURVES[_curve_name(key)]
        key.verify(body, data, ec.ECDSA(digest))
    else:
        key.verify(signature.signature, data)


def _curve_name(key: ec.EllipticCurvePublicKey) -> bytes:
    return f"nistp{key.curve.key_size}".encode()


@lru_cache(maxsize=1024)
def _load(blob: bytes) -> _Key:
    """The key that the library works with; a ledger has few keys and many signatures."""
    key = read_public_key(blob)
    try:
        if key.type == "ssh-rsa":
            exponent, modulus = (int.from_bytes(field, "big") for field in key.fields)
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
        if "ecdsa" in key.type:
            curve, point = key.fields[:2]
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve][0], point)
        return Ed25519PublicKey.from_public_bytes(key.fields[0])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError(f"the public key {key.fingerprint} is not a valid key") from error
