"""Whether an entry's name for a change is what the change does: approvals depend on the name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def unnamed_changes(
    actions: Iterable[ChangeAction], before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[str, ...]:
    """The keys that differ between two policy documents and that no entry between them covers.

    An entry binds to digests, so its action is only a word until the two files are compared: a
    'demote' that changes the sensitivity too would need fewer approvals than an edit.
    """
    named = tuple(actions)
    if any(action not in _COVERED for action in named):
        return ()
    covered = frozenset().union(*(_COVERED[action] for action in named))
    differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    return tuple(sorted(differing - covered))
