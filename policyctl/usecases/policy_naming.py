"""Whether the new entries of a changed policy are called what they do, as approvals go by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.entry import ChangeAction
from policyctl.core.frozen import replace
from policyctl.core.merge_verdict import Check, Topic, Verdict, topic_of
from policyctl.core.named_action import (
    is_move,
    is_narrow,
    more_than_an_edit,
    only_moves,
    unnamed_changes,
)
from policyctl.core.recorded import Recorded
from policyctl.usecases.policy_approvals import missing_of
from policyctl.usecases.policy_case import PolicyCase

_TOLD = "ENTRY_MISNAMED"
"""What the ledger itself says of the last entry, by the digest of what was before."""


def naming_checks(case: PolicyCase) -> Iterator[Check]:
    """What is called less than it does, entry by entry."""
    for item in case.entries:
        entry = item.entry
        if entry.before == entry.after:
            continue
        if is_narrow(entry.action):
            yield from _narrow(case, item)
        elif entry.action is ChangeAction.EDIT:
            yield from _edit(case, item)


def _narrow(case: PolicyCase, item: Recorded) -> Iterator[Check]:
    entry = item.entry
    before, after = _around(case, item)
    if before is None or after is None:
        yield from _unseen(case, item, "an edit", _missing_as(case, item, ChangeAction.EDIT))
        return
    keys = unnamed_changes(entry.action, before, after)
    if not keys and any(one.code == _TOLD and one.entry == entry.seq for one in case.findings):
        return
    more = _listed(keys) if keys else _beside_the_stage(case, item)
    if more:
        text = f"entry {entry.seq} is called '{entry.action.value}' and changes {more}"
        hint = f"take it back with 'policyctl withdraw {case.policy}', and record an edit"
        yield Check(topic=Topic.RECORDED, verdict=Verdict.REFUSED, text=text, hint=hint)


def _beside_the_stage(case: PolicyCase, item: Recorded) -> str:
    """What a move changes that is no value, such as a comment that suppresses a rule."""
    entry = item.entry
    if not is_move(entry.action) or entry.source is None or entry.target is None:
        return ""
    before, after = (case.contents[digest or ""] for digest in (entry.before, entry.after))
    moves = only_moves(before, after, entry.source.value, entry.target.value)
    return "" if moves else "more of the file than the stage"


def _edit(case: PolicyCase, item: Recorded) -> Iterator[Check]:
    """An edit that changes exceptions as well, where these need somebody whom edits do not."""
    own = missing_of(case, item, item.entry)
    needs = _missing_as(case, item, ChangeAction.EXCEPTION)
    if all(count <= own.get(role, 0) for role, count in needs.items()):
        return
    before, after = _around(case, item)
    if before is None or after is None:
        yield from _unseen(case, item, "an exception", needs)
    elif more_than_an_edit(before, after):
        text = (
            f"entry {item.entry.seq} is called 'edit', changes 'exceptions' too, "
            f"and lacks what that needs: {_counted(needs)}"
        )
        hint = f"take it back with 'policyctl withdraw {case.policy}', and record two changes"
        yield Check(topic=Topic.RECORDED, verdict=Verdict.REFUSED, text=text, hint=hint)


def _around(
    case: PolicyCase, item: Recorded
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """The values before and after an entry, as far as some commit has them."""
    before, after = (
        case.values_of(case.contents.get(digest or ""))
        for digest in (item.entry.before, item.entry.after)
    )
    return before, after


def _missing_as(case: PolicyCase, item: Recorded, action: ChangeAction) -> dict[str, int]:
    """What the approvals of an entry would lack by the base's trust root, were it called so."""
    return missing_of(case, item, replace(item.entry, action=action))


def _unseen(
    case: PolicyCase, item: Recorded, kind: str, needs: Mapping[str, int]
) -> Iterator[Check]:
    """An entry whose files are in no commit any more, as after a squash: it may be the other."""
    entry = item.entry
    if needs and not any(topic_of(one.code) is Topic.RECORDED for one in case.findings):
        text = (
            f"what entry {entry.seq} ('{entry.action.value}') changes by itself is in no commit, "
            f"and it lacks what {kind} needs: {_counted(needs)}"
        )
        hint = "leave the commits of the branch as they are, or record each change on its own"
        yield Check(topic=Topic.RECORDED, verdict=Verdict.REFUSED, text=text, hint=hint)


def _listed(keys: tuple[str, ...]) -> str:
    return ", ".join(f"'{key}'" for key in keys)


def _counted(needs: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {role}" for role, count in sorted(needs.items()))
