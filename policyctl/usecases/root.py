"""The trust root that the ledger is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from policyctl.core.trust_root import TrustRoot
from policyctl.errors import UsageError
from policyctl.usecases.ledger_state import Hands, ledger_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """The newest trust root that verifies.

    Attributes:
        pin: sha256 of version 1.
    """

    root: TrustRoot
    pin: str


def trusted(hands: Hands, version: int | None = None) -> Trusted:
    """A trust root of the commit that is checked out: the newest, or the version asked for.

    Raises:
        TamperingError: none verifies.
        UsageError: there is no such version.
    """
    state = ledger_state(hands)
    roots = state.ledger.roots
    if version is None:
        return Trusted(root=state.root, pin=roots.pin)
    if version not in roots.by_version:
        raise UsageError(
            f"there is no trust root {version}", hint=f"the newest is {state.root.version}"
        )
    return Trusted(root=roots.by_version[version], pin=roots.pin)
