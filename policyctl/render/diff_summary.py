"""What a comparison comes to, in sentences that all formats share."""

from __future__ import annotations

from policyctl.core.diff.effect import Effect
from policyctl.render.summary import several
from policyctl.usecases.diff import Comparison, PolicyDiff

_MEANING = {
    Effect.TIGHTER: "tighter: nothing that was stopped is let through",
    Effect.LOOSER: "looser: something that was stopped may be let through",
    Effect.MIXED: "mixed: looser in one place and tighter in another",
    Effect.UNKNOWN: "unknown: no record of detections can tell whether more is let through",
    Effect.NEUTRAL: "neutral: every decision stays as it was",
}


def verdict(comparison: Comparison) -> str:
    """The line that a reviewer reads first."""
    unread = len({finding.file for finding in comparison.unread})
    left = f"{several(unread, 'file', 'files')} could not be compared" if unread else ""
    if not comparison.policies and not comparison.governance:
        return f"nothing can be said: {left}" if left else "no policy differs"
    effect = comparison.effect
    count = several(len(comparison.policies), "policy differs", "policies differ")
    if comparison.governance:
        count += " and governance" if comparison.policies else ", governance does"
    said = f"{count}; {_MEANING[effect]}"
    unknown = sum(
        change.effect is Effect.UNKNOWN for item in comparison.policies for change in item.changes
    )
    if unknown and effect is not Effect.UNKNOWN:
        said += f"; {several(unknown, 'change')} that nobody can judge from records"
    return f"{said}; {left}" if left else said


def reach(item: PolicyDiff) -> str:
    """Whom a policy's change concerns: ``logging, in shop-chat and shop-voice``."""
    where = f"in {', '.join(item.apps)}" if item.apps else "in all applications"
    return f"{item.stage}, {where}"


def needs(item: PolicyDiff) -> str:
    """The approvals and the gate that a policy's change needs, or the empty text."""
    requirement = item.requirement
    parts = [f"{count} x {role}" for role, count in sorted(requirement.approvals.items())]
    if requirement.gate:
        parts.append(f"the gate of '{requirement.gate.value}'")
    if requirement.action is None:
        return ""
    return f"{' and '.join(parts) or 'no approval'} ({requirement.action.value})"


def lacks(item: PolicyDiff) -> tuple[str, ...]:
    """What is still missing before the change may hold, each in a few words."""
    problem, recorded = item.requirement.problem, item.recorded
    if recorded is None or not item.edited:
        return (problem,) if problem else ()
    if not recorded.entry:
        return tuple(filter(None, (problem, "it is not recorded in the ledger")))
    # What was recorded step by step need not be possible in one.
    found = [
        f"{count} x {role} has not approved yet" for role, count in sorted(recorded.missing.items())
    ]
    if item.requirement.gate and not recorded.evidence:
        found.append("its entry names no evidence")
    return tuple(found)
