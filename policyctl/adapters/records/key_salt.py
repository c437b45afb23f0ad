"""The secret by which users and sessions are hashed."""

from __future__ import annotations

import os
from pathlib import Path

from policyctl.core.engine_logs.identities import Identities, Keys
from policyctl.errors import InputError, UsageError

VARIABLE = "POLICYCTL_KEY_SALT"
_SHORTEST = 16
_LONGEST = 4096


def identities(wish: str, salt_file: str, *, plain: bool) -> Identities:
    """What becomes of users and sessions.

    Args:
        wish: ``drop``, ``hash``, ``keep``, or empty.
        salt_file: the file with the secret; empty for the environment's variable.
        plain: whether the records name only those keys that somebody chose for them.

    Raises:
        UsageError: the options contradict each other, or the secret is missing or too short.
        InputError: the file cannot be read.
    """
    salt = _salt(salt_file)
    keys = Keys(wish) if wish else _default(bool(salt), plain=plain)
    if keys is Keys.HASH and not salt:
        raise UsageError("keys are hashed with a secret", hint=f"--key-salt FILE, or {VARIABLE}")
    if keys is not Keys.HASH and salt_file:
        raise UsageError(f"a secret of hashes means nothing with --keys {keys.value}")
    return Identities(keys=keys, salt=salt if keys is Keys.HASH else b"")


def _default(has_salt: bool, *, plain: bool) -> Keys:
    if has_salt:
        return Keys.HASH
    return Keys.KEEP if plain else Keys.DROP


def _salt(file: str) -> bytes:
    if not file:
        salt = os.environ.get(VARIABLE, "").encode()
        source = VARIABLE
    else:
        source = Path(file).as_posix()
        try:
            with Path(file).open("rb") as stream:
                salt = stream.read(_LONGEST).strip()
        except OSError as error:
            raise InputError(f"cannot read {source}: {error.strerror}") from error
    if (salt or file) and len(salt) < _SHORTEST:
        raise UsageError(
            f"the secret in {source} is shorter than {_SHORTEST} bytes",
            hint="make one with: openssl rand -hex 32",
        )
    return salt
