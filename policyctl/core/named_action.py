"""Whether an entry's name for a change is what the change does: approvals depend on the name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage
from policyctl.core.trust_root import TrustRoot

_MOVES = frozenset({"stage"})
_LETS_THROUGH = frozenset({"exceptions"})
_COVERED: Mapping[ChangeAction, frozenset[str]] = {
    ChangeAction.PROMOTE: _MOVES,
    ChangeAction.DEMOTE: _MOVES,
    ChangeAction.EMERGENCY_DEMOTE: _MOVES,
    ChangeAction.EXCEPTION: _LETS_THROUGH,
    ChangeAction.REDACT: frozenset(),
    ChangeAction.REVIEW: frozenset(),
}
"""The keys of a policy that each kind of change may touch; any other kind may touch all."""


def is_move(action: ChangeAction) -> bool:
    """True if a change of this kind moves the stage and touches nothing else."""
    return _COVERED.get(action) is _MOVES


def is_narrow(action: ChangeAction) -> bool:
    """True if a change of this kind may touch some keys of a policy only."""
    return action in _COVERED


def unnamed_changes(
    action: ChangeAction, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, ...]:
    """The keys that differ between two policy documents though a change of this kind has others.

    An entry binds to digests, so its action is only a word until the two files are compared: a
    'demote' that changes the sensitivity too would need fewer approvals than an edit.
    """
    if action not in _COVERED:
        return ()
    return tuple(sorted(differing_keys(before, after) - _COVERED[action]))


def differing_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The keys under which two documents differ: ``null`` is not nothing, nor ``1`` ``true``."""
    return {
        key
        for key in {*before, *after}
        if (key in before) != (key in after) or _spelt(before[key]) != _spelt(after[key])
    }


def _spelt(value: object) -> str:
    """The value so that only equal ones of the same kind are spelt alike, in whatever order."""
    return json.dumps(value, sort_keys=True, default=repr)


def only_moves(before: bytes, after: bytes, source: str, target: str) -> bool:
    """True if two files differ in one word, which names the stage.

    Comments are no values, and may suppress a rule from the next change on.
    """
    old, new = source.encode(), target.encode()
    pairs = enumerate(zip(before, after, strict=False))
    parted = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    return any(
        before[at : at + len(old)] == old and before[:at] + new + before[at + len(old) :] == after
        for at in range(max(parted - len(old), 0), parted + 1)
    )


def more_than_an_edit(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True if a change lets something else through, too: governance may ask others about that."""
    return bool(differing_keys(before, after) & _LETS_THROUGH)


def edit_kind(before: Mapping[str, Any], after: Mapping[str, Any]) -> ChangeAction:
    """What kind of edit leads from one policy document to another."""
    if differing_keys(before, after) == _LETS_THROUGH:
        return ChangeAction.EXCEPTION
    return ChangeAction.EDIT


def needed_besides(
    root: TrustRoot, target: Stage | None, use_cases: Iterable[str]
) -> dict[str, int]:
    """The approvals that an exception needs where those of an edit are not enough; else none."""
    both = tuple(use_cases)
    edit = root.need(ChangeAction.EDIT, target, both)
    needs = root.need(ChangeAction.EXCEPTION, target, both)
    return {role: count for role, count in sorted(needs.items()) if count > edit.get(role, 0)}
