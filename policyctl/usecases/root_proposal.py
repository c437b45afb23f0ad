"""A version of the trust root that waits for signatures: what it changes, and who owes what."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.frozen import frozen
from policyctl.core.root_difference import RootChange, root_changes
from policyctl.core.root_effects import lonely_emergencies, out_of_reach, stranded
from policyctl.core.root_signing import Owed, owed
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import TamperingError
from policyctl.usecases.ledger_state import LedgerState


@frozen
class RootProposal:
    """The next version, before or after somebody put their name to it.

    Attributes:
        before: the version that holds; None for the first.
        digest: sha256 of the next version's bytes.
        who: the person who proposes or signs.
        changes: what differs from the version before.
        warnings: what it would do to policies that stand, and to emergencies.
        owed: what the stewards of both versions owe once ``who`` has signed.
        is_new: False if ``who`` had signed before, so that nothing was done.
        commit: the commit's id; empty where there is none.
    """

    root: TrustRoot
    before: TrustRoot | None
    digest: str
    who: str
    changes: tuple[RootChange, ...]
    warnings: tuple[str, ...]
    owed: tuple[Owed, ...]
    is_new: bool = True
    commit: str = ""

    @property
    def holds(self) -> bool:
        """True if no signature is owed."""
        return not any(one.missing for one in self.owed)


def proposal_of(
    state: LedgerState,
    root: TrustRoot,
    content: bytes,
    *,
    who: str,
    signed: Mapping[str, bytes],
    is_new: bool = True,
) -> RootProposal:
    """What people see of the next version before they sign it.

    Args:
        state: the ledger that it would govern.
        root: the next version.
        content: its exact bytes.
        who: who is about to sign.
        signed: the key of each signature by the person, that of ``who`` included.
        is_new: whether ``who`` signs now.
    """
    before = state.ledger.roots.by_version.get(root.version - 1)
    chains = state.ledger.chains
    known = {*lonely_emergencies(before)} if before else set()
    warnings = tuple(said for said in lonely_emergencies(root) if said not in known)
    if before is not None:
        warnings = (
            *stranded(chains, state.ledger.roots, root),
            *out_of_reach(chains, before, root),
            *warnings,
        )
    return RootProposal(
        root=root,
        before=before,
        digest=sha256(content),
        who=who,
        changes=root_changes(before, root) if before else (),
        warnings=warnings,
        owed=owed(root, before, signed),
        is_new=is_new,
    )


def dropped_baselines(proposal: RootProposal) -> dict[str, bytes | None]:
    """The files that go in the commit with which the version starts to hold."""
    if not proposal.holds or proposal.before is None:
        return {}
    gone = set(proposal.before.baselines) - set(proposal.root.baselines)
    return {paths.baseline_path(name): None for name in sorted(gone)}


def require_sound_roots(state: LedgerState) -> None:
    """Raise `TamperingError` if the trust roots have findings other than missing signatures."""
    roots = state.ledger.roots
    grave = [one for one in roots.findings if one.code != "ROOT_THRESHOLD" or not roots.pending]
    if grave:
        raise TamperingError(
            f"the trust root does not verify ({grave[0].code}): {grave[0].message}",
            hint="policyctl verify",
        )
