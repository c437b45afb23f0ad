"""Whether the people who approved fill every slot that governance asks for."""

from __future__ import annotations

from collections.abc import Mapping


def unfilled(need: Mapping[str, int], approvers: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """The slots that stay empty, by role, when each person fills at most one.

    Args:
        need: how many approvals each role owes.
        approvers: who approved, by role; one person may have approved in several.

    The largest possible number of slots is filled (bipartite matching by augmenting paths), so a
    person who could serve two roles never leaves one of them empty without need.
    """
    slots = [role for role, count in sorted(need.items()) for _ in range(count)]
    filled: dict[str, int] = {}
    empty: dict[str, int] = {}
    for slot, role in enumerate(slots):
        if not _fill(slot, slots, approvers, filled, set()):
            empty[role] = empty.get(role, 0) + 1
    return empty


def _fill(
    slot: int,
    slots: list[str],
    approvers: Mapping[str, frozenset[str]],
    filled: dict[str, int],
    asked: set[str],
) -> bool:
    for who in sorted(approvers.get(slots[slot], frozenset()) - asked):
        asked.add(who)
        if who not in filled or _fill(filled[who], slots, approvers, filled, asked):
            filled[who] = slot
            return True
    return False
