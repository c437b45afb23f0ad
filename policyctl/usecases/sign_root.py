"""Show what a pending version of the trust root changes, and sign it; or take it back."""

from __future__ import annotations

from datetime import datetime

from policyctl.core import paths
from policyctl.core.frozen import frozen, replace
from policyctl.core.root_signing import may_sign
from policyctl.core.snapshot import content_of
from policyctl.core.trailers import commit_message
from policyctl.core.trust_root import ROOT_NAMESPACE, TrustRoot
from policyctl.errors import RefusedError
from policyctl.usecases.ledger_state import Hands, LedgerState, committer, ledger_state
from policyctl.usecases.root_proposal import (
    RootProposal,
    dropped_baselines,
    proposal_of,
    require_sound_roots,
)


@frozen
class Withdrawn:
    """A proposal that was taken back.

    Attributes:
        files: what was removed.
    """

    version: int
    commit: str
    files: tuple[str, ...]


def prepare_root_signature(hands: Hands) -> RootProposal:
    """What the user would sign; ``is_new`` is False if they signed it already.

    Raises:
        RefusedError: no version waits for signatures, or the user is no steward.
    """
    state = ledger_state(hands)
    require_sound_roots(state)
    pending = state.ledger.roots.pending
    if pending is None:
        return _signed_already(state, hands)
    root = pending.root
    before = state.ledger.roots.by_version.get(root.version - 1)
    who = _steward(root, before, hands)
    signed = dict(pending.signed)
    is_new = who not in signed
    if is_new:
        signed[who] = hands.signer.key.blob
        hands.repository.require_ready([paths.root_signature_path(root.version, who)])
    return proposal_of(state, root, pending.content, who=who, signed=signed, is_new=is_new)


def sign_root(proposal: RootProposal, *, now: datetime, hands: Hands) -> RootProposal:
    """Sign the version's exact bytes and commit the signature; nothing if that was done before.

    Raises:
        RefusedError: the proposal changed since it was shown.
    """
    if not proposal.is_new:
        return proposal
    shown = prepare_root_signature(hands)
    if shown.digest != proposal.digest or not shown.is_new:
        raise RefusedError(
            "the proposal changed meanwhile, so nothing was signed",
            hint="look at it again with 'policyctl root sign'",
        )
    pending = ledger_state(hands).ledger.roots.pending
    if pending is None:
        raise RefusedError("the proposal is gone, so nothing was signed")
    version, who = proposal.root.version, proposal.who
    signature = hands.signer.sign(pending.content, ROOT_NAMESPACE)
    files: dict[str, bytes | None] = {
        paths.root_signature_path(version, who): signature,
        **dropped_baselines(shown),
    }
    hands.repository.require_ready(sorted(files))
    trailers = [("Policy-Root", f"{version} sha256:{proposal.digest}")]
    message = commit_message(f"policyctl: sign trust root {version}", trailers)
    by = committer(hands, _naming(proposal.root, proposal.before, who), who)
    commit = hands.repository.commit(files, message=message, by=by, now=now)
    return replace(shown, commit=commit)


def withdraw_root(*, now: datetime, hands: Hands) -> Withdrawn:
    """Remove a version that does not hold yet, with its signatures and baselines, as one commit.

    Raises:
        RefusedError: nothing waits, the user is no steward, or an entry names the version.
    """
    state = ledger_state(hands)
    require_sound_roots(state)
    pending = state.ledger.roots.pending
    if pending is None:
        raise RefusedError("no trust root waits for signatures", hint="policyctl root log")
    root, before = pending.root, state.ledger.roots.by_version.get(pending.root.version - 1)
    if before is None:
        raise RefusedError(
            "trust root 1 is where the ledger starts, and cannot be withdrawn",
            hint="policyctl root sign, or remove .policyctl/ and run 'policyctl init' again",
        )
    who = _steward(root, before, hands)
    for policy, chain in sorted(state.ledger.chains.items()):
        if any(item.entry.root >= root.version for item in chain.entries):
            raise RefusedError(
                f"an entry of '{policy}' names trust root {root.version}, so it held once",
                hint="policyctl verify, and restore the signatures that are gone",
            )
    files: dict[str, bytes | None] = {
        path: None
        for path in sorted(state.snapshot)
        if path.startswith(paths.root_path(root.version))
    }
    for name in sorted(set(root.baselines) - set(before.baselines)):
        if content_of(state.snapshot, paths.baseline_path(name)) is not None:
            files[paths.baseline_path(name)] = None
    hands.repository.require_ready(sorted(files))
    trailers = [("Policy-Root", f"{root.version} withdrawn")]
    message = commit_message(f"policyctl: withdraw trust root {root.version}", trailers)
    by = committer(hands, _naming(root, before, who), who)
    commit = hands.repository.commit(files, message=message, by=by, now=now)
    return Withdrawn(version=root.version, commit=commit, files=tuple(files))


def _signed_already(state: LedgerState, hands: Hands) -> RootProposal:
    """The newest version for somebody who signed it; nothing is left to do."""
    root = state.root
    roots = state.ledger.roots
    who = root.holder(hands.signer.key)
    signers = roots.signers[root.version]
    if who is None or who not in signers:
        raise RefusedError(
            f"no trust root waits for signatures; {root.version} holds, signed by "
            f"{', '.join(signers)}",
            hint="policyctl root log",
        )
    content = content_of(state.snapshot, paths.root_path(root.version)) or b""
    proposal = proposal_of(state, root, content, who=who, signed={}, is_new=False)
    return replace(proposal, owed=())


def _steward(root: TrustRoot, before: TrustRoot | None, hands: Hands) -> str:
    """The person for whom the user's key speaks in either version, if that is a steward."""
    key = hands.signer.key
    for judge in (before, root):
        who = judge.holder(key) if judge else None
        if who is not None and may_sign(root, before, who, key.blob):
            return who
    named = sorted({*(before.stewards if before else ()), *root.stewards})
    raise RefusedError(
        f"the key {key.fingerprint} is no steward's, neither of trust root {root.version} nor of "
        "the one before it",
        hint=f"sign with the key of one of: {', '.join(named)} (--key or POLICYCTL_KEY)",
    )


def _naming(root: TrustRoot, before: TrustRoot | None, who: str) -> TrustRoot:
    """The version that says who a person is."""
    return before if before is not None and who in before.people else root
