"""Emergency demotions: in force at once, and the approvals that they owe by a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from policyctl.core import paths
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction, Entry, moment_text
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import replace
from policyctl.core.quantities import duration
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.snapshot import violation
from policyctl.core.trust_root import Emergency, TrustRoot

SAFE_MEANWHILE = frozenset(
    {
        ChangeAction.EDIT,
        ChangeAction.EXCEPTION,
        ChangeAction.DEMOTE,
        ChangeAction.EMERGENCY_DEMOTE,
    }
)
"""What may follow an emergency that nobody approved yet: all that leads no stage forward, and
hides nothing. Each of these owes its own approvals."""

_LEEWAY = timedelta(days=1)
"""How far clocks and time zones of honest people may be apart."""


def deadline(entry: Entry, emergency: Emergency) -> datetime:
    """When the approvals of an emergency have to be there, the moment itself included."""
    try:
        return entry.requested_at + duration(emergency.within)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def may_step_back(root: TrustRoot, who: str) -> bool:
    """True if governance lets this person step back at once."""
    return root.emergency is not None and who in root.roles[root.emergency.role].members


def check_emergencies(chain: Chain, roots: Roots, now: datetime | None) -> Iterator[Finding]:
    """Findings about the emergencies of a chain, and about what was put on top of them.

    Args:
        chain: the chain of one policy.
        roots: the trust roots that hold.
        now: the present; None if no deadline is judged.
    """
    unapproved: Recorded | None = None
    for item in chain.entries:
        entry = item.entry
        if unapproved is not None and entry.action not in SAFE_MEANWHILE:
            yield _about(
                item,
                "EMERGENCY_BUILT_ON",
                f"entry {entry.seq} of '{entry.policy}' ({entry.action.value}) stands on the "
                f"emergency of entry {unapproved.entry.seq}, which still lacks approvals",
                f"approve entry {unapproved.entry.seq} first: policyctl approve {entry.policy}",
            )
        root = roots.by_version.get(entry.root)
        if entry.action is not ChangeAction.EMERGENCY_DEMOTE or root is None:
            continue
        if not _is_allowed(item, root):
            yield _not_allowed(item, root)
        if item.missing:
            unapproved = unapproved or item
            if root.emergency is not None:
                yield _owed(item, root.emergency, now)


def check_times(chain: Chain, now: datetime | None) -> Iterator[Finding]:
    """Findings about the times that entries state, from which deadlines count.

    Args:
        chain: the chain of one policy.
        now: the present; None if nothing is compared with it.
    """
    latest: Entry | None = None
    for item in chain.entries:
        entry = item.entry
        if now is not None and entry.requested_at - now > _LEEWAY:
            text = moment_text(entry.requested_at)
            message = f"entry {entry.seq} of '{entry.policy}' says it was requested at {text}"
            yield _about(
                item,
                "ENTRY_FROM_FUTURE",
                f"{message}, which is more than a day from now",
                "compare the clocks; if the entry is not settled: policyctl withdraw",
            )
        if latest is not None and latest.requested_at - entry.requested_at > _LEEWAY:
            yield _about(
                item,
                "ENTRY_BACKDATED",
                f"entry {entry.seq} of '{entry.policy}' says it was requested at "
                f"{moment_text(entry.requested_at)}, more than a day before entry {latest.seq}",
            )
        if latest is None or entry.requested_at > latest.requested_at:
            latest = entry


def earliest_request(last: Entry) -> datetime:
    """The earliest time that an entry after ``last`` may state."""
    try:
        return last.requested_at - _LEEWAY
    except OverflowError:
        return last.requested_at


def _is_allowed(item: Recorded, root: TrustRoot) -> bool:
    if root.emergency is None:
        return False
    role = root.roles[root.emergency.role]
    return bool((item.touched if role.touch else item.authors) & set(role.members))


def _not_allowed(item: Recorded, root: TrustRoot) -> Finding:
    entry = item.entry
    if root.emergency is None:
        why = f"trust root {root.version} lets nobody step back at once"
    else:
        role = root.emergency.role
        touched = " with a touched hardware key" if root.roles[role].touch else ""
        why = f"nobody who fills the role '{role}' signed it as its author{touched}"
    message = f"entry {entry.seq} of '{entry.policy}' is an emergency, and {why}"
    return _about(item, "EMERGENCY_NOT_ALLOWED", message)


def _owed(item: Recorded, emergency: Emergency, now: datetime | None) -> Finding:
    entry = item.entry
    owed = ", ".join(f"{count} x {role}" for role, count in sorted(item.missing.items()))
    end = deadline(entry, emergency)
    message = f"entry {entry.seq} of '{entry.policy}' ({entry.transition}, in an emergency) "
    hint = f"policyctl approve {entry.policy}"
    if now is not None and now > end:
        message += f"lacks {owed}, which was due on {moment_text(end)}"
        return _about(item, "EMERGENCY_OVERDUE", message, hint)
    message += f"owes {owed} until {moment_text(end)}"
    return replace(_about(item, "EMERGENCY_PENDING", message, hint), severity=Severity.WARNING)


def _about(item: Recorded, code: str, message: str, hint: str = "") -> Finding:
    entry = item.entry
    path = paths.entry_path(entry.policy, entry.seq)
    return violation(code, message, file=path, policy=entry.policy, entry=entry.seq, hint=hint)
