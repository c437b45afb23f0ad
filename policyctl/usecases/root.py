"""The trust root that the ledger is judged by."""

from __future__ import annotations

from policyctl.core.canonical import sha256
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.root_difference import RootChange, root_changes
from policyctl.core.root_signing import Owed, owed
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import UsageError
from policyctl.usecases.ledger_state import Hands, ledger_state


@frozen
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


@frozen
class RootVersion:
    """One version in the chain of trust roots.

    Attributes:
        digest: sha256 of its bytes.
        changes: what differs from the version before; empty for the first.
        signers: who signed it.
        owed: what is owed to a version that does not hold yet.
    """

    root: TrustRoot
    digest: str
    changes: tuple[RootChange, ...]
    signers: tuple[str, ...]
    owed: tuple[Owed, ...] = ()


@frozen
class RootLog:
    """The versions of the trust root, oldest first, and what is wrong with them."""

    versions: tuple[RootVersion, ...]
    findings: tuple[Finding, ...]


def root_log(hands: Hands) -> RootLog:
    """The chain of trust roots of the commit that is checked out, with a pending one at its end."""
    roots = ledger_state(hands).ledger.roots
    versions = []
    for number, root in sorted(roots.by_version.items()):
        before = roots.by_version.get(number - 1)
        versions.append(
            RootVersion(
                root=root,
                digest=roots.digests[number],
                changes=root_changes(before, root) if before else (),
                signers=roots.signers[number],
            )
        )
    if roots.pending is not None:
        root, before = roots.pending.root, roots.latest
        versions.append(
            RootVersion(
                root=root,
                digest=sha256(roots.pending.content),
                changes=root_changes(before, root) if before else (),
                signers=tuple(sorted(roots.pending.signed)),
                owed=owed(root, before, roots.pending.signed),
            )
        )
    return RootLog(versions=tuple(versions), findings=roots.findings)
