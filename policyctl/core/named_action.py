"""Whether an entry's name for a change is what the change does: approvals depend on the name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policyctl.core.entry import ChangeAction

_MOVES = frozenset({"stage"})
_LETS_THROUGH = frozenset({"exceptions"})
_COVERED: Mapping[ChangeAction, frozenset[str]] = {
    ChangeAction.PROMOTE: _MOVES,
    ChangeAction.DEMOTE: _MOVES,
    ChangeAction.EMERGENCY_DEMOTE: _MOVES,
    ChangeAction.EXCEPTION: _LETS_THROUGH,
    ChangeAction.REDACT: frozenset(),
}
"""The keys of a policy that each kind of change may touch; any other kind may touch all."""


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
    differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    return tuple(sorted(differing - _COVERED[action]))


def more_than_an_edit(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """True if a change lets something else through, too: governance may ask others about that."""
    return any(before.get(key) != after.get(key) for key in _LETS_THROUGH)
