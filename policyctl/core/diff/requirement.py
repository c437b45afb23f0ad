"""What a change asks for before it may hold: the ledger's action, approvals, and the gate."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.diff.change import Kind, PolicyChange
from policyctl.core.entry import ChangeAction
from policyctl.core.frozen import fresh, frozen
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage, is_promotion
from policyctl.core.trust_root import TrustRoot

_EXCEPTIONS = "exception-"


@frozen
class Requirement:
    """What governance asks for.

    Attributes:
        action: what the ledger calls the change; None where nothing has to be recorded.
        approvals: how many people must approve, by role.
        gate: the stage whose gate must be met, or None.
        problem: why the change cannot be recorded as it is; empty if it can.
    """

    action: ChangeAction | None
    approvals: Mapping[str, int] = fresh(default_factory=dict)
    gate: Stage | None = None
    problem: str = ""


def requirement(
    before: Policy | None,
    after: Policy | None,
    changes: tuple[PolicyChange, ...],
    root: TrustRoot | None,
    *,
    edited: bool,
) -> Requirement:
    """What a change of one policy asks for.

    Args:
        before: the policy in force before, or None if there was none.
        after: the policy in force after, or None if there is none any more.
        changes: the differences between the two.
        root: the trust root of the side from which the change starts.
        edited: whether the policy's own file differs; a baseline may be all that changed.
    """
    if not edited:
        return Requirement(action=None)
    action = _action(before, after, changes)
    target = after.stage if after else None
    use_cases = {policy.use_case for policy in (before, after) if policy}
    return Requirement(
        action=action,
        approvals=root.need(action, target, use_cases) if root else {},
        gate=target if action is ChangeAction.PROMOTE else None,
        problem=_problem(before, after, changes),
    )


def _action(
    before: Policy | None, after: Policy | None, changes: tuple[PolicyChange, ...]
) -> ChangeAction:
    if before is None:
        return ChangeAction.REGISTER
    if after is None:
        return ChangeAction.RETIRE
    if after.stage is not before.stage:
        forward = after.stage.rank > before.stage.rank
        return ChangeAction.PROMOTE if forward else ChangeAction.DEMOTE
    if changes and all(change.kind.value.startswith(_EXCEPTIONS) for change in changes):
        return ChangeAction.EXCEPTION
    return ChangeAction.EDIT


def _problem(before: Policy | None, after: Policy | None, changes: tuple[PolicyChange, ...]) -> str:
    if before is None or after is None:
        if after is not None and after.stage is not Stage.LOGGING:
            return f"a policy starts in 'logging', not in '{after.stage.value}'"
        return ""
    if after.id != before.id:
        return f"the ledger knows no renaming: retire '{before.id}' and record '{after.id}'"
    if after.stage is before.stage:
        return ""
    if after.stage.rank > before.stage.rank and not is_promotion(before.stage, after.stage):
        return f"a stage is skipped: {before.stage.value} -> {after.stage.value}"
    if any(change.kind is not Kind.STAGE for change in changes):
        return "the stage moves together with other values; record these first"
    return ""
