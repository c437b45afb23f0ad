"""Signs with the user's SSH key."""

from __future__ import annotations

from functools import cached_property

from policyctl.adapters.ssh_signing import Key, public_key, sign
from policyctl.core.ssh_keys import PublicKey


class KeySigner:
    """Satisfies `ports.Signer`; the key is looked at only when it is needed."""

    def __init__(self, key: Key) -> None:
        self._key = key

    @cached_property
    def key(self) -> PublicKey:
        """The key that signs."""
        return public_key(self._key)

    def sign(self, message: bytes, namespace: str) -> bytes:
        """An armoured SSH signature."""
        return sign(message, namespace=namespace, key=self._key)
