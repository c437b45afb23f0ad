"""Who gains or loses the right to approve what, and which changes need more or fewer approvals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot

Kind = tuple[ChangeAction, Stage | None]

_ACTING = (Stage.LIMITED, Stage.ENFORCE)
_BACK = (Stage.LOGGING, Stage.LIMITED)
KINDS: tuple[Kind, ...] = (
    (ChangeAction.REGISTER, Stage.LOGGING),
    *((action, stage) for action in (ChangeAction.EDIT, ChangeAction.EXCEPTION) for stage in Stage),
    *((ChangeAction.PROMOTE, stage) for stage in _ACTING),
    *((ChangeAction.DEMOTE, stage) for stage in _BACK),
    *((ChangeAction.EMERGENCY_DEMOTE, stage) for stage in _BACK),
    *((ChangeAction.VOID, stage) for stage in Stage),
    *((ChangeAction.REDACT, stage) for stage in Stage),
    *((ChangeAction.REVIEW, stage) for stage in Stage),
    (ChangeAction.VOID, None),
    (ChangeAction.REDACT, None),
    (ChangeAction.RETIRE, None),
)
"""Every kind of change, by the stage after it."""

_ELSE = ""


def approval_changes(before: TrustRoot, after: TrustRoot) -> Iterator[tuple[str, str, str]]:
    """Topic, sentence and effect of each difference in roles and in the approvals needed."""
    for name in sorted({*before.roles, *after.roles}):
        yield from _role(name, before, after)
    yield from _needs(before, after)


def _role(name: str, before: TrustRoot, after: TrustRoot) -> Iterator[tuple[str, str, str]]:
    old, new = before.roles.get(name), after.roles.get(name)
    what = _words(after if new else before, name)
    had, has = set(old.members if old else ()), set(new.members if new else ())
    for who in sorted(has - had):
        yield "approvals", f"'{who}' may approve as {name}: {what}", "looser"
    for who in sorted(had - has):
        yield "approvals", f"'{who}' may no longer approve as {name}: {what}", "tighter"
    if old and new and old.touch != new.touch:
        if new.touch:
            yield "approvals", f"role '{name}' needs a touched hardware key", "tighter"
        else:
            yield "approvals", f"role '{name}' needs no touched hardware key any more", "looser"


def _words(root: TrustRoot, role: str) -> str:
    """The kinds of change for which a role is needed."""
    kinds = [kind for kind in KINDS if any(role in _need(root, kind, use) for use in _uses(root))]
    return _listed(kinds) or "nothing yet, for no rule asks for it"


def _needs(before: TrustRoot, after: TrustRoot) -> Iterator[tuple[str, str, str]]:
    uses = sorted({*_uses(before), *_uses(after)})
    for use in uses:
        groups: dict[tuple[str, str, str], list[Kind]] = {}
        for kind in KINDS:
            old, new = _need(before, kind, use), _need(after, kind, use)
            if old != new:
                groups.setdefault((_asked(old), _asked(new), _effect(old, new)), []).append(kind)
        where = f" for {use}" if use else " for every other use case" if len(uses) > 1 else ""
        for (was, will, effect), kinds in groups.items():
            yield "approvals", f"{_listed(kinds)}{where} needs {will} (was {was})", effect


def _uses(root: TrustRoot) -> tuple[str, ...]:
    """The use cases that rules name, and the empty text for all others."""
    return (_ELSE, *sorted({use for rule in root.approvals for use in rule.use_cases}))


def _need(root: TrustRoot, kind: Kind, use: str) -> dict[str, int]:
    return root.need(*kind, (use,))


def _effect(old: Mapping[str, int], new: Mapping[str, int]) -> str:
    roles = {*old, *new}
    if all(new.get(role, 0) >= old.get(role, 0) for role in roles):
        return "tighter"
    if all(new.get(role, 0) <= old.get(role, 0) for role in roles):
        return "looser"
    return "neutral"


def _asked(need: Mapping[str, int]) -> str:
    return " + ".join(f"{count} x {role}" for role, count in sorted(need.items())) or "nobody"


def _listed(kinds: list[Kind]) -> str:
    by_action: dict[str, list[str]] = {}
    for action, stage in kinds:
        by_action.setdefault(action.value, []).append(stage.value if stage else "")
    every: dict[str, list[str]] = {}
    for action, stage in KINDS:
        every.setdefault(action.value, []).append(stage.value if stage else "")
    return ", ".join(
        action
        if stages == every[action]
        else f"{action} {'to' if action == 'promote' else 'in'} "
        + " or ".join(stage or "no stage" for stage in stages)
        for action, stages in by_action.items()
    )
