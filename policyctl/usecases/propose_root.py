"""Propose the next version of the trust root, signed by a steward."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.finding import in_order
from policyctl.core.frozen import frozen, replace
from policyctl.core.governance_document import governed_by, problems
from policyctl.core.root_document import RootError, problem
from policyctl.core.root_edit import RootEdit, edited, following
from policyctl.core.root_effects import live, orphans
from policyctl.core.root_signing import can_hold
from policyctl.core.suggestion import suggestion
from policyctl.core.trailers import commit_message
from policyctl.core.trust_root import ROOT_NAMESPACE, TrustRoot, root_bytes
from policyctl.errors import DocumentError, RefusedError, UsageError
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    committer,
    ledger_state,
    signing_person,
)
from policyctl.usecases.policy_facts import facts_reader
from policyctl.usecases.recording import require_rationale
from policyctl.usecases.root_proposal import (
    RootProposal,
    dropped_baselines,
    proposal_of,
    require_sound_roots,
)


@frozen
class RootWish:
    """What somebody wants of the next version.

    Attributes:
        edit: single changes, made after what ``file`` says.
        file: name and bytes of a file that holds the whole governance; None to start from the
            version that holds.
        baselines: the bytes of each baseline that can be adopted, by ``id@version``.
        force: propose it although policies would lose their owner.
    """

    edit: RootEdit
    rationale: str
    now: datetime
    file: tuple[str, bytes] | None = None
    baselines: Mapping[str, bytes]
    force: bool = False


def propose_root(wish: RootWish, *, hands: Hands, dry_run: bool) -> RootProposal:
    """Write the next version and the proposer's signature as one commit.

    Raises:
        RefusedError: governance cannot be so, a version waits already, or the user is no steward.
        UsageError: a change names what is not there, or nothing changes.
        DocumentError: the file is not sound governance.
    """
    require_rationale(wish.rationale)
    state = ledger_state(hands)
    require_sound_roots(state)
    before = state.root
    if state.ledger.roots.pending is not None:
        raise RefusedError(
            f"trust root {before.version + 1} waits for signatures already",
            hint="policyctl root sign, or policyctl root withdraw",
        )
    who = _steward(before, hands)
    root = _next(before, wish, hands)
    signed = {who: hands.signer.key.blob}
    _require_fit(root, before, signed)
    _require_policies_kept(root, before, state, wish, hands)
    content = root_bytes(root)
    proposal = proposal_of(state, root, content, who=who, signed=signed)
    files = _files(root, before, content, wish, hands) | dropped_baselines(proposal)
    hands.repository.require_ready(sorted(files))
    if dry_run:
        return proposal
    signature = hands.signer.sign(content, ROOT_NAMESPACE)
    files[paths.root_signature_path(root.version, who)] = signature
    trailers = [
        ("Policy-Root", f"{root.version} sha256:{proposal.digest}"),
        ("Policy-Rationale", wish.rationale),
    ]
    message = commit_message(f"policyctl: propose trust root {root.version}", trailers)
    by = committer(hands, before, who)
    commit = hands.repository.commit(files, message=message, by=by, now=wish.now)
    return replace(proposal, commit=commit)


def _steward(root: TrustRoot, hands: Hands) -> str:
    who = signing_person(root, hands.signer)
    if who not in root.stewards:
        stewards = ", ".join(root.stewards)
        raise RefusedError(
            f"'{who}' is no steward of trust root {root.version}",
            hint=f"one of its stewards proposes the next: {stewards}",
        )
    return who


def _next(before: TrustRoot, wish: RootWish, hands: Hands) -> TrustRoot:
    root = before
    if wish.file is not None:
        root = _from_file(before, wish, *wish.file, hands)
    root = edited(root, wish.edit)
    if root == before:
        raise UsageError(
            "the proposal changes nothing", hint="policyctl root propose --help lists what can be"
        )
    return following(root, before, wish.now)


def _from_file(
    before: TrustRoot, wish: RootWish, file: str, content: bytes, hands: Hands
) -> TrustRoot:
    document, findings = hands.documents.parse(content, file)
    if document is not None and not findings:
        findings = hands.documents.check(document, "governance.v1")
    data = document.data if document is not None else None
    if document is None or findings or not isinstance(data, dict):
        raise DocumentError(f"{file} is not sound governance", in_order(findings))
    if data["follows"] != before.version:
        raise RefusedError(
            f"{file} follows trust root {data['follows']}, and {before.version} holds now",
            hint="print it again with 'policyctl root show --format yaml', and edit that",
        )
    known = {name: sha256(one) for name, one in wish.baselines.items()} | dict(before.baselines)
    found = [*problems(document, data)]
    found += [
        document.finding(
            "unknown-baseline",
            f"there is no baseline '{name}'",
            at=("baselines", index),
            hint=suggestion(name, known) or f"--adopt {name}=FILE",
        )
        for index, name in enumerate(data["baselines"])
        if name not in known
    ]
    if found:
        raise DocumentError(f"{file} is not sound governance", in_order(found))
    # What the options adopt beside the file comes with them.
    named = [name for name in data["baselines"] if name not in wish.edit.adopt]
    return governed_by(before, {**data, "baselines": named}, known)


_CURES = {
    "ROOT_BAD_IDENTITY": "name people by their ids, each once; who is new, with --add-person ID=KEY"
    " in the same proposal",
    "ROOT_SHARED_KEY": "every person signs with keys of their own",
    "ROOT_BAD_THRESHOLD": "name others for it first, in the same proposal, or ask for fewer",
}
"""What to do about a root that cannot be, by its code."""


def _require_fit(root: TrustRoot, before: TrustRoot, signed: Mapping[str, bytes]) -> None:
    try:
        problem(root)
    except RootError as error:
        alone = root.solo and len(root.people) > 1
        hint = "--no-solo" if alone else _CURES.get(error.code, "")
        raise RefusedError(error.message, hint=hint) from error
    if not can_hold(root, before, signed):
        raise RefusedError(
            "the stewards could never reach both thresholds, for each signs with one key",
            hint="add the new key in one version, and revoke the old one in the next",
        )


def _require_policies_kept(
    root: TrustRoot, before: TrustRoot, state: LedgerState, wish: RootWish, hands: Hands
) -> None:
    lost = orphans(state.ledger.chains, before, root)
    if lost and not wish.force:
        named = ", ".join(f"{one.policy} ({one.owner})" for one in lost)
        raise RefusedError(
            f"policies would lose their owner: {named}",
            hint="give them another owner with 'policyctl record' first, or --force",
        )
    gone = set(before.baselines) - set(root.baselines)
    read = facts_reader(hands.documents)
    for last in live(state.ledger.chains) if gone else ():
        facts = read(last.entry.path, state.content(last.entry.policy) or b"")
        if facts is not None and facts.extends in gone:
            raise RefusedError(
                f"'{last.entry.policy}' extends {facts.extends}, which would be dropped",
                hint="let it extend another baseline first",
            )


def _files(
    root: TrustRoot, before: TrustRoot, content: bytes, wish: RootWish, hands: Hands
) -> dict[str, bytes | None]:
    files: dict[str, bytes | None] = {paths.root_path(root.version): content}
    for name in sorted(set(root.baselines) - set(before.baselines)):
        data = wish.baselines[name]
        _require_baseline(name, data, hands)
        files[paths.baseline_path(name)] = data
    return files


def _require_baseline(name: str, content: bytes, hands: Hands) -> None:
    """Raise `DocumentError` unless the bytes are the sound baseline that the name says."""
    file = f"{name}.yaml"
    document, findings = hands.documents.parse(content, file)
    if document is not None and not findings:
        findings = hands.documents.check(document, "baseline.v1")
    data = document.data if document is not None else None
    if document is None or findings or not isinstance(data, dict):
        raise DocumentError(f"{file} is not a sound baseline", in_order(findings))
    if f"{data['id']}@{data['version']}" != name:
        raise UsageError(f"the baseline calls itself {data['id']}@{data['version']}, not {name}")
