"""The public key of somebody else, from the file that was handed over."""

from __future__ import annotations

from pathlib import Path

from policyctl.adapters.document_bytes import read
from policyctl.adapters.ssh_signing import public_key
from policyctl.core.ssh_keys import PublicKey
from policyctl.errors import UsageError

_PRIVATE = b"PRIVATE KEY-----"


def public_half(file: str) -> PublicKey:
    """The public key in a file; a private key of somebody else is nothing for us to open.

    Raises:
        UsageError: the file is not there, or holds a private key.
        SigningError: it holds no key that signatures may be made with.
    """
    if not Path(file).is_file():
        raise UsageError(
            f"there is no key file {file}", hint="name the public half, as in ID=KEY.pub"
        )
    if _PRIVATE in read(file, file=file):
        raise UsageError(
            f"{file} is a private key, which nobody hands over",
            hint=f"name the public half: {file.removesuffix('.pub')}.pub",
        )
    return public_key(Path(file))
