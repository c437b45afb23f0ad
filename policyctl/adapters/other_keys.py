"""Verifies signatures of ECDSA and RSA keys, by `cryptography`; Ed25519 has `ssh_verification`."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from policyctl.core.ssh_keys import read_public_key
from policyctl.core.sshsig import Signature, ecdsa_numbers
from policyctl.errors import SignatureError

_Key = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
_CURVES: dict[bytes, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    b"nistp256": (ec.SECP256R1(), hashes.SHA256()),
    b"nistp384": (ec.SECP384R1(), hashes.SHA384()),
    b"nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    "rsa-sha2-256": hashes.SHA256(),
    "rsa-sha2-512": hashes.SHA512(),
}


def made_by(signature: Signature, data: bytes) -> bool:
    """True if the key that a signature names made it over exactly this data.

    Raises:
        SignatureError: the key or the signature's body is not one.
    """
    try:
        _verify(_load(signature.public_key), signature, data)
    except InvalidSignature:
        return False
    return True


def _verify(key: _Key, signature: Signature, data: bytes) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        # Some agents leave out leading zeros; OpenSSH puts them back too.
        body = signature.signature.rjust((key.key_size + 7) // 8, b"\0")
        key.verify(body, data, padding.PKCS1v15(), _RSA_HASHES[signature.algorithm])
    else:
        body = encode_dss_signature(*ecdsa_numbers(signature.signature))
        _, digest = _CURVES[f"nistp{key.curve.key_size}".encode()]
        key.verify(body, data, ec.ECDSA(digest))


@lru_cache(maxsize=1024)
def _load(blob: bytes) -> _Key:
    """The key that the library works with; a ledger has few keys and many signatures."""
    key = read_public_key(blob)
    try:
        if key.type == "ssh-rsa":
            exponent, modulus = (int.from_bytes(field, "big") for field in key.fields)
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
        curve, point = key.fields[:2]
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve][0], point)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError(f"the public key {key.fingerprint} is not a valid key") from error
