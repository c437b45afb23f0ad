"""Verifies SSH signatures in process, as ``ssh-keygen -Y verify`` does in a process each.

Ed25519 is libsodium's, twice as quick as OpenSSL's and stricter: it refuses keys of small order and
values that are not canonical. `cryptography` is loaded where a key of another type comes along.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from policyctl.core.ssh_keys import ALGORITHMS, PublicKey, read_public_key
from policyctl.core.sshsig import Signature, signed_data


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
    return _made_by(key, signature, data)


def verify_bare(key: PublicKey, algorithm: str, body: bytes, data: bytes) -> bool:
    """True if ``body`` is the key's signature over the data itself, without SSHSIG around it.

    Raises:
        SignatureError: the key or the body is not one.
    """
    bare = Signature(
        public_key=key.blob, namespace="", hash_algorithm="", algorithm=algorithm, signature=body
    )
    return _made_by(key, bare, data)


def _made_by(key: PublicKey, signature: Signature, data: bytes) -> bool:
    if "ed25519" in key.type:
        return _is_ed25519(_point(key), signature.signature, data)
    from policyctl.adapters.other_keys import made_by

    return made_by(signature, data)


def _is_ed25519(point: bytes, body: bytes, data: bytes) -> bool:
    if len(body) != _ED25519_BYTES:
        return False
    try:
        crypto_sign_open(body + data, point)
    except BadSignatureError:
        return False
    return True


_ED25519_BYTES = 64


@lru_cache(maxsize=1024)
def _point(key: PublicKey) -> bytes:
    """The bytes of an Ed25519 key that the library works with."""
    return key.fields[0]


def _device_data(application: bytes, signature: Signature, data: bytes) -> bytes:
    """What a security key signs: its own statements around the hash of the data."""
    return (
        hashlib.sha256(application).digest()
        + bytes([signature.flags])
        + signature.counter.to_bytes(4, "big")
        + hashlib.sha256(data).digest()
    )
