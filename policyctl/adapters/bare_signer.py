"""Signs plain bytes with the user's SSH key, for formats that do not know SSH signatures."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from policyctl.adapters.ssh_agent import Agent, agent_of_one_key
from policyctl.adapters.ssh_signing import Key, public_key
from policyctl.adapters.ssh_verification import verify_bare
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.sshsig import ecdsa_numbers
from policyctl.errors import SignatureError, SigningError


class BareSigner:
    """Satisfies `ports.BareSigner`: signatures as DSSE and X.509 know them, made by an agent."""

    def __init__(self, key: Key) -> None:
        self._key = key

    @cached_property
    def key(self) -> PublicKey:
        """The key that signs."""
        return public_key(self._key)

    def sign(self, message: bytes) -> bytes:
        """The signature over the message: raw for Ed25519, DER for ECDSA, PKCS #1 v1.5 for RSA.

        ECDSA hashes with the curve's SHA-2, RSA with SHA-256. The user's agent signs if it has the
        key, else one of our own that is given the key's file.

        Raises:
            SigningError: no signature was made, or the key is a hardware key.
        """
        if self.key.type.startswith("sk-"):
            raise SigningError(
                f"{self.key.fingerprint} is a hardware key, which signs more than the bytes given",
                hint="sign the envelope with another key of yours (--key)",
            )
        algorithm, body = self._signed(message)
        try:
            if not verify_bare(self.key, algorithm, body, message):
                raise SigningError("the SSH agent made a signature that does not verify")
            if "ecdsa" in algorithm:
                return encode_dss_signature(*ecdsa_numbers(body))
        except SignatureError as error:
            raise SigningError(f"the SSH agent made an unusable signature: {error}") from error
        return body

    def _signed(self, message: bytes) -> tuple[str, bytes]:
        users = Agent(os.environ.get("SSH_AUTH_SOCK", ""))
        if users.holds(self.key):
            return users.sign(self.key, message)
        private = self._private_file()
        if private is None:
            raise SigningError(
                f"no SSH agent holds {self.key.fingerprint}, and its private half is not here",
                hint="load the key into an SSH agent, or name the private key's file",
            )
        with agent_of_one_key(private) as agent:
            return agent.sign(self.key, message)

    def _private_file(self) -> Path | None:
        if isinstance(self._key, PublicKey):
            return None
        private = self._key.with_suffix("") if self._key.suffix == ".pub" else self._key
        return private if private.is_file() else None
