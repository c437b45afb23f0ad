"""Verifies signatures over plain bytes, as `bare_signer` makes them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from policyctl.adapters.ssh_verification import verify_bare
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.ssh_wire import mpint, string
from policyctl.errors import SignatureError


def verify_plain(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """True if the key made the signature over exactly the message.

    Raw for Ed25519, DER for ECDSA, PKCS #1 v1.5 with SHA-256 for RSA. Hardware keys sign more than
    the bytes given, and make none.
    """
    if key.type.startswith("sk-"):
        return False
    algorithm, body = key.type, signature
    try:
        if key.type == "ssh-rsa":
            algorithm = "rsa-sha2-256"
        elif "ecdsa" in key.type:
            first, second = decode_dss_signature(signature)
            body = string(mpint(first)) + string(mpint(second))
        return verify_bare(key, algorithm, body, message)
    except (SignatureError, ValueError):
        return False
