"""The changelog of policies: shown, compared with the one that stands, or written and signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.changelog import RenderChangelog, changelog_of
from policyctl.core.checkpoint_chain import compare_notes
from policyctl.core.comparison import KeptNote
from policyctl.core.finding import Severity
from policyctl.core.frozen import frozen
from policyctl.core.snapshot import content_of
from policyctl.core.trailers import commit_message
from policyctl.core.trust_root import CHANGELOG_NAMESPACE
from policyctl.errors import TamperingError
from policyctl.usecases.ledger_state import (
    Hands,
    LedgerState,
    committer,
    ledger_state,
    signing_person,
)

_OWED = frozenset(
    {"APPROVALS_MISSING", "EMERGENCY_OVERDUE", "ROOT_THRESHOLD", "TOMBSTONE_THRESHOLD"}
)
_HARMLESS = _OWED | {"UNRECORDED_CHANGE", "UNREGISTERED_POLICY"}


@frozen
class ChangelogReport:
    """The page as it is made now.

    Attributes:
        content: its bytes.
        entries: how many entries it tells of.
        current: whether this page, with a signature, stands in the commit already.
        commit: the commit that brought it there; empty if none was made.
    """

    content: bytes
    entries: int
    current: bool
    commit: str = ""


def changelog(hands: Hands, notes: Sequence[KeptNote], render: RenderChangelog) -> ChangelogReport:
    """The changelog of the commit that is checked out.

    Args:
        hands: repository and readers.
        notes: the checkpoints that are kept.
        render: how a page is written.

    Raises:
        TamperingError: the ledger does not verify.
    """
    return _report(_sound(hands), hands, notes, render)


def write_changelog(
    hands: Hands, notes: Sequence[KeptNote], render: RenderChangelog, *, now: datetime
) -> ChangelogReport:
    """Commit the changelog with a signature over it, unless it stands there already.

    Args:
        hands: repository, signer and readers.
        notes: the checkpoints that are kept.
        render: how a page is written.
        now: the time of the commit.

    Raises:
        TamperingError: the ledger does not verify.
        RefusedError: the trust root does not know the key.
    """
    state = _sound(hands)
    report = _report(state, hands, notes, render)
    if report.current:
        return report
    who = signing_person(state.root, hands.signer)
    hands.repository.require_ready([paths.CHANGELOG, paths.CHANGELOG_SIGNATURE])
    signature = hands.signer.sign(report.content, CHANGELOG_NAMESPACE)
    commit = hands.repository.commit(
        {paths.CHANGELOG: report.content, paths.CHANGELOG_SIGNATURE: signature},
        message=commit_message(
            f"changelog: {report.entries} entries",
            [("Policy-Changelog", f"sha256:{sha256(report.content)}")],
        ),
        by=committer(hands, state.root, who),
        now=now,
    )
    return ChangelogReport(
        content=report.content, entries=report.entries, current=True, commit=commit
    )


def _sound(hands: Hands) -> LedgerState:
    state = ledger_state(hands)
    errors = [item for item in state.ledger.findings if item.severity is Severity.ERROR]
    grave = [item for item in errors if item.code not in _HARMLESS]
    if grave:
        raise TamperingError(
            f"the ledger does not verify ({grave[0].code}): {grave[0].message}",
            hint="policyctl verify",
        )
    return state


def _report(
    state: LedgerState, hands: Hands, notes: Sequence[KeptNote], render: RenderChangelog
) -> ChangelogReport:
    compared = compare_notes(notes, state.ledger, hands.verify)
    grew = [link.checkpoint.grew for link in compared.links[: compared.compared]]
    page = changelog_of(state.ledger, grew)
    content = render(page).encode()
    return ChangelogReport(
        content=content,
        entries=len(page.lines),
        current=content_of(state.snapshot, paths.CHANGELOG) == content
        and paths.CHANGELOG_SIGNATURE in state.snapshot,
    )
