"""The ledger as it stands at the commit that is checked out, before something is added to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from policyctl.core import paths
from policyctl.core.catalogue import Catalogue
from policyctl.core.chain import Chain
from policyctl.core.emergency import SAFE_MEANWHILE
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.ledger import Ledger, check_ledger
from policyctl.core.recorded import Recorded
from policyctl.core.snapshot import Snapshot, content_of
from policyctl.core.sshsig import Signature
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import RefusedError, RepositoryError, TamperingError, UsageError
from policyctl.usecases.policy_facts import facts_reader
from policyctl.usecases.ports import Documents, Person, Repository, Signer

_OWED = "TOMBSTONE_THRESHOLD"
_PENDING = frozenset({"APPROVALS_MISSING", "EMERGENCY_PENDING", "EMERGENCY_OVERDUE", _OWED})
_PROPOSED = frozenset({"ROOT_THRESHOLD"})
_UNRECORDED = frozenset({"UNRECORDED_CHANGE", "UNREGISTERED_POLICY"})


class Hands(Protocol):
    """What a recording command works with."""

    @property
    def repository(self) -> Repository:
        """The repository whose ledger grows."""

    @property
    def documents(self) -> Documents:
        """Reads, checks and edits YAML."""

    @property
    def signer(self) -> Signer:
        """Signs with the user's key."""

    @property
    def catalogues(self) -> Mapping[str, Catalogue]:
        """Control frameworks by their id."""

    def verify(self, signature: Signature, message: bytes) -> bool:
        """Whether a signature was made over a message."""


@frozen
class LedgerState:
    """The governed files of a commit, and what verification says of them."""

    snapshot: Snapshot
    ledger: Ledger

    @property
    def root(self) -> TrustRoot:
        """The trust root under which new entries are made."""
        root = self.ledger.roots.latest
        if root is None and self.ledger.roots.pending is not None:
            raise RefusedError(
                "trust root 1 still waits for signatures of its stewards",
                hint="policyctl root sign",
            )
        if root is None:
            raise TamperingError("the trust root does not verify", hint="policyctl verify")
        return root

    def chain(self, policy: str) -> Chain | None:
        """The chain of a policy, or None if it has none."""
        return self.ledger.chains.get(policy)

    def content(self, policy: str) -> bytes | None:
        """The committed bytes of a policy file."""
        return content_of(self.snapshot, paths.policy_path(policy))


def ledger_state(hands: Hands, now: datetime | None = None) -> LedgerState:
    """Read and verify the ledger at the commit that is checked out.

    Args:
        hands: repository and readers.
        now: the present; None if nothing that depends on a clock is judged.

    Raises:
        RepositoryError: the repository is not governed by policyctl.
    """
    snapshot = hands.repository.snapshot()
    if not any(path.startswith(paths.HOME) for path in snapshot):
        raise RepositoryError(
            "this repository is not governed yet: its last commit has no .policyctl/",
            hint="run 'policyctl init'",
        )
    ledger = check_ledger(
        snapshot, verify=hands.verify, read_facts=facts_reader(hands.documents), now=now
    )
    return LedgerState(snapshot=snapshot, ledger=ledger)


def unknown_policy(ledger: Ledger, policy: str) -> UsageError:
    """What to say where a policy is named that the ledger has no entry of."""
    names = ", ".join(sorted(ledger.chains))
    return UsageError(
        f"there is no recorded policy '{policy}'",
        hint=f"recorded here: {names}"
        if names
        else f"policyctl record {policy} --rationale '...', once there is a policies/{policy}.yaml",
    )


def require_intact(state: LedgerState, policy: str, *, unrecorded: bool = False) -> None:
    """Refuse to build on a chain that does not verify.

    Args:
        state: the ledger.
        policy: the policy that is about to change.
        unrecorded: whether an unrecorded change of the policy file is what is being cured.

    Raises:
        RefusedError: the policy has changes that were never recorded.
        TamperingError: anything else is wrong with the policy's chain or the trust root.
    """
    harmless = _PENDING | (_UNRECORDED if unrecorded else frozenset())
    if state.ledger.roots.pending is not None and state.root:
        # Work goes on under the last root that holds, but not on what claims to be under another.
        harmless |= _PROPOSED
        _require_known_roots(state, policy)
    found = [item for item in state.ledger.about(policy) if item.code not in harmless]
    grave = [item for item in found if item.code not in _UNRECORDED]
    if grave:
        codes = ", ".join(sorted({item.code for item in grave}))
        raise TamperingError(
            f"'{policy}' does not verify ({codes}): {grave[0].message}", hint="policyctl verify"
        )
    if found:
        raise RefusedError(found[0].message, hint=found[0].hint)


def _require_known_roots(state: LedgerState, policy: str) -> None:
    chain = state.chain(policy)
    for recorded in chain.entries if chain else ():
        entry = recorded.entry
        if entry.root not in state.ledger.roots.by_version:
            raise TamperingError(
                f"entry {entry.seq} of '{policy}' names trust root {entry.root}, which does not "
                "hold",
                hint="policyctl verify",
            )


def require_settled(state: LedgerState, policy: str, action: ChangeAction) -> Recorded | None:
    """The policy's last entry, or None if it has none.

    Args:
        state: the ledger.
        policy: the policy's id.
        action: what is about to be put on top of it.

    Raises:
        RefusedError: an entry still waits for approval, and this must not go on top of it.
    """
    chain = state.chain(policy)
    if chain is None:
        return None
    for item in chain.entries:
        emergency = item.entry.action is ChangeAction.EMERGENCY_DEMOTE
        if item.missing and not (emergency and action in SAFE_MEANWHILE):
            raise _waiting(item, emergency=emergency)
    owed = owes_stewards(state, policy)
    if owed is not None:
        raise RefusedError(owed.message, hint=owed.hint)
    return chain.last


def owes_stewards(state: LedgerState, policy: str) -> Finding | None:
    """What says that a redaction of the policy waits for signatures of stewards, or None."""
    for finding in state.ledger.findings:
        if finding.code == _OWED and finding.policy == policy:
            return finding
    return None


def _waiting(item: Recorded, *, emergency: bool) -> RefusedError:
    entry = item.entry
    owed = ", ".join(f"{count} x {role}" for role, count in sorted(item.missing.items()))
    hint = f"policyctl approve {entry.policy}"
    if not emergency:
        hint += f", or take it back: policyctl withdraw {entry.policy}"
    return RefusedError(
        f"entry {entry.seq} of '{entry.policy}' ({entry.transition}) still waits for {owed}",
        hint=hint,
    )


def signing_person(root: TrustRoot, signer: Signer) -> str:
    """The person for whom the user's key speaks.

    Raises:
        RefusedError: the trust root does not know the key.
    """
    who = root.holder(signer.key)
    if who is None:
        known = ", ".join(sorted(root.people))
        raise RefusedError(
            f"the key {signer.key.fingerprint} belongs to nobody whom the trust root knows",
            hint=f"sign with the key of one of: {known} (--key or POLICYCTL_KEY)",
        )
    return who


def committer(hands: Hands, root: TrustRoot, who: str) -> Person:
    """Who the commit is by: git's user, or the person as the trust root names them."""
    member = root.people[who]
    named = Person(name=member.name or who, email=member.email or f"{who}@policyctl.invalid")
    return hands.repository.identity() or named
