"""The trust root that the ledger is judged by."""

from __future__ import annotations

from policyctl.core.canonical import sha256
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.ledger import Ledger
from policyctl.core.root_difference import RootChange, root_changes
from policyctl.core.root_signing import Owed, owed
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import TamperingError, UsageError
from policyctl.usecases.ledger_state import Hands, ledger_state


@frozen
class Trusted:
    """A trust root that verifies: the newest, or the one that was asked for.

    Attributes:
        pin: sha256 of version 1.
        latest: the newest version that verifies.
        pending: the version that waits for signatures, or 0.
        wrong: findings about later versions, or about files beside them.
    """

    root: TrustRoot
    pin: str
    latest: int
    pending: int = 0
    wrong: tuple[Finding, ...] = ()

    @property
    def exit_code(self) -> int:
        """As of every command that reads a ledger which does not verify."""
        return TamperingError.exit_code if self.wrong else 0


def trusted(hands: Hands, version: int | None = None) -> Trusted:
    """A trust root of the commit that is checked out: the newest, or the version asked for.

    Raises:
        TamperingError: none verifies.
        UsageError: there is no such version.
    """
    state = ledger_state(hands)
    roots = state.ledger.roots
    latest = state.root.version
    asked = latest if version is None else version
    if asked not in roots.by_version:
        raise UsageError(f"there is no trust root {asked}", hint=f"the newest is {latest}")
    return Trusted(
        root=roots.by_version[asked],
        pin=roots.pin,
        latest=latest,
        pending=roots.pending.root.version if roots.pending else 0,
        wrong=broken_roots(state.ledger),
    )


def broken_roots(ledger: Ledger) -> tuple[Finding, ...]:
    """The findings about trust roots, without the signatures that a proposal still waits for.

    A version that an entry names held once: it lost its signatures, and is no proposal.
    """
    roots, pending = ledger.roots, ledger.roots.pending
    if pending is None or any(
        item.entry.root >= pending.root.version
        for chain in ledger.chains.values()
        for item in chain.entries
    ):
        return roots.findings
    return tuple(one for one in roots.findings if one.code != "ROOT_THRESHOLD")


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
    """The versions of the trust root, oldest first, and what is wrong with them.

    Attributes:
        latest: the newest version that verifies, or 0.
        findings: what `verify` says of them, the signatures that a proposal waits for included.
        wrong: the same without these.
    """

    versions: tuple[RootVersion, ...]
    latest: int
    findings: tuple[Finding, ...]
    wrong: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """As of every command that reads a ledger which does not verify."""
        return TamperingError.exit_code if self.wrong else 0


def root_log(hands: Hands) -> RootLog:
    """The chain of trust roots of the commit that is checked out, with a pending one at its end."""
    ledger = ledger_state(hands).ledger
    roots = ledger.roots
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
    return RootLog(
        versions=tuple(versions),
        latest=roots.latest.version if roots.latest else 0,
        findings=roots.findings,
        wrong=broken_roots(ledger),
    )
