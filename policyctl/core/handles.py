"""How a forge calls the people, teams and roles of a trust root."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from policyctl.core.frozen import frozen
from policyctl.core.trust_root import TrustRoot

HANDLE = re.compile(
    r"@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,254}[A-Za-z0-9_])?(?:/[A-Za-z0-9_.-]{1,255}){0,8}"
    r"|[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
"""``@name``, ``@organisation/team``, or an e-mail address."""


@frozen
class Addressed:
    """Handles, and who has none.

    Attributes:
        handles: in the order of the identities, each once.
        missing: the people whom no handle reaches.
    """

    handles: tuple[str, ...]
    missing: tuple[str, ...]


def addressed(root: TrustRoot, identities: Iterable[str], handles: Mapping[str, str]) -> Addressed:
    """How a forge calls some people, teams and roles.

    A team or role without a handle of its own is its members; a person without one is the e-mail
    address that the trust root has.

    Args:
        root: who is who.
        identities: people, teams and roles.
        handles: handles by person, team or role.
    """
    found: list[str] = []
    missing: list[str] = []
    for identity in identities:
        if identity in handles:
            found.append(handles[identity])
            continue
        for who in sorted(root.owners(identity)):
            handle = handles.get(who) or _email(root, who)
            if handle:
                found.append(handle)
            else:
                missing.append(who)
    return Addressed(handles=tuple(dict.fromkeys(found)), missing=tuple(dict.fromkeys(missing)))


def _email(root: TrustRoot, who: str) -> str:
    member = root.people.get(who)
    email = member.email if member else ""
    return email if HANDLE.fullmatch(email) and not email.endswith(".invalid") else ""
