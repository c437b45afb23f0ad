"""Who a message is from: dropped, or replaced by what only the holder of a salt can tell."""

from __future__ import annotations

import hashlib
import hmac
import re
from enum import Enum

from policyctl.core.frozen import frozen

_TECHNICAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,199}\Z")
_DIGITS = 32


class Keys(Enum):
    """What becomes of keys and sessions, which may be people."""

    DROP = "drop"
    HASH = "hash"
    KEEP = "keep"


@frozen
class Identities:
    """How identities are written into records.

    Attributes:
        salt: the secret of the hash; only used to hash.
    """

    keys: Keys
    salt: bytes = b""

    def of(self, identity: str) -> str:
        """What stands for a user or a session; empty if nothing may."""
        if not identity or self.keys is Keys.DROP:
            return ""
        if self.keys is Keys.KEEP:
            return identity
        return hmac.new(self.salt, identity.encode(errors="replace"), "sha256").hexdigest()[
            :_DIGITS
        ]


def request_id_of(given: str) -> str:
    """A request's id as it is, or its digest where it looks like anything but an id."""
    if _TECHNICAL.match(given):
        return given
    return "sha256:" + hashlib.sha256(given.encode(errors="replace")).hexdigest()[:_DIGITS]
