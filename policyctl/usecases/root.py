"""The trust root that the ledger is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from policyctl.core.trust_root import TrustRoot
from policyctl.usecases.ledger_state import Hands, ledger_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """The newest trust root that verifies.

    Attributes:
        pin: sha256 of version 1.
    """

    root: TrustRoot
    pin: str


def trusted(hands: Hands) -> Trusted:
    """The newest trust root of the commit that is checked out.

    Raises:
        TamperingError: none verifies.
    """
    state = ledger_state(hands)
    return Trusted(root=state.root, pin=state.ledger.roots.pin)
