"""Signs with the user's SSH key."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from policyctl.adapters.ssh_signing import public_key, sign
from policyctl.core.ssh_keys import PublicKey


class KeySigner:
    """Satisfies `ports.Signer`; the key is looked at only when it is needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def key(self) -> PublicKey:
        """The key that signs."""
        return public_key(self._path)

    def sign(self, message: bytes, namespace: str) -> bytes:
        """An armoured SSH signature."""
        return sign(message, namespace=namespace, key=self._path)
