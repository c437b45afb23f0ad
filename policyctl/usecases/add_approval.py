"""Add approvals that somebody signed who cannot push."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from policyctl.core import paths
from policyctl.core.ledger import Ledger, check_ledger
from policyctl.core.snapshot import REGULAR, File
from policyctl.errors import InputError, RefusedError
from policyctl.usecases.approve import Approval, approval_of, commit_approvals
from policyctl.usecases.ledger_state import Hands, LedgerState, ledger_state
from policyctl.usecases.pending import Pending, pending_of, require_apart
from policyctl.usecases.policy_facts import facts_reader

LARGEST = 1 << 20
"""Bytes of a file of signatures; one signature has less than a thousandth of it."""
_BLOCK = re.compile(
    r"(?P<path>[!-~]+)\n"
    r"(?P<signature>-----BEGIN SSH SIGNATURE-----\n[A-Za-z0-9+/=\n]*-----END SSH SIGNATURE-----\n)"
)


def signatures_text(files: Mapping[str, bytes]) -> str:
    """Signature files as ``approve --print`` writes them: each one's path, then its bytes."""
    return "".join(f"{path}\n{content.decode('ascii')}" for path, content in files.items())


def add_approvals(
    policies: Sequence[str], content: bytes, *, file: str, now: datetime, hands: Hands
) -> tuple[Approval, ...]:
    """Commit signatures that others made, after a look that each is valid and counts.

    Args:
        policies: the policies that the signatures may be about.
        content: what ``approve --print`` wrote.
        file: where it came from, for messages.
        now: the time of the commit.
        hands: repository and readers; no signer is needed.

    Raises:
        InputError: the content is not what ``approve --print`` writes.
        RefusedError: a signature is about another policy, invalid, or owed by nobody.
    """
    files = _parsed(content, file)
    state = ledger_state(hands)
    approvals = [_approval(path, policies, state, now=now, hands=hands) for path in files]
    tried = check_ledger(
        {**state.snapshot, **{path: File(mode=REGULAR, content=files[path]) for path in files}},
        verify=hands.verify,
        read_facts=facts_reader(hands.documents),
    )
    _require_harmless(state.ledger, tried)
    _require_counted(approvals, state.ledger, tried)
    hands.repository.require_ready(sorted(files))
    return commit_approvals(approvals, files, state, now=now, hands=hands)


def _parsed(content: bytes, file: str) -> dict[str, bytes]:
    text = content.decode("ascii", "replace").replace("\r\n", "\n")
    found: dict[str, bytes] = {}
    at = 0
    for match in _BLOCK.finditer(text):
        if match.start() != at or match["path"] in found:
            break
        found[match["path"]] = match["signature"].encode("ascii")
        at = match.end()
    if not found or at != len(text):
        raise InputError(
            f"{file} does not hold what 'policyctl approve --print' writes",
            hint="the path of a signature file in one line, then its lines",
        )
    return found


def _approval(
    path: str, policies: Sequence[str], state: LedgerState, *, now: datetime, hands: Hands
) -> Approval:
    place = paths.place_of(path)
    if not isinstance(place, paths.EntrySignature) or not place.role:
        raise RefusedError(f"{path} is not the place of an approval")
    if place.policy not in policies:
        raise RefusedError(
            f"{path} is about '{place.policy}'", hint=f"policyctl approve {place.policy} --add …"
        )
    if path in state.snapshot:
        raise RefusedError(f"{path} is there already")
    pending = _waiting(place, state)
    owed = pending.item.missing
    if place.role not in owed:
        raise RefusedError(
            f"entry {place.seq} of '{place.policy}' needs {pending.owed}, not '{place.role}'"
        )
    require_apart(pending.judge(state.ledger.roots), pending, place.who)
    return approval_of(pending, place.who, place.role, state, now=now, hands=hands)


def _waiting(place: paths.EntrySignature, state: LedgerState) -> Pending:
    for pending in pending_of(state, place.policy):
        if pending.item.entry.seq == place.seq:
            return pending
    raise RefusedError(f"entry {place.seq} of '{place.policy}' does not wait for approval")


def _require_harmless(before: Ledger, after: Ledger) -> None:
    """Refuse what would be a finding; that less is owed now is none."""
    known = {(finding.code, finding.file) for finding in before.findings}
    for finding in after.findings:
        if (finding.code, finding.file) not in known:
            raise RefusedError(finding.message, hint="nothing was added")


def _require_counted(approvals: Sequence[Approval], before: Ledger, after: Ledger) -> None:
    """Refuse what fills no slot: the same person twice, or more than the entry owes."""
    for entry, count in Counter(approval.entry for approval in approvals).items():
        owed, left = (
            sum(ledger.chains[entry.policy].entries[entry.seq - 1].missing.values())
            for ledger in (before, after)
        )
        if owed - left != count:
            raise RefusedError(
                f"an approval of entry {entry.seq} of '{entry.policy}' would not count",
                hint="nothing was added",
            )
