"""Whether everybody's approvals fill every slot, one slot for each person."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.approvals import unfilled

ROLES, PEOPLE = ("platform", "risk", "security"), ("ada", "bea", "cyd", "dan")


def most_filled(need, approvers):
    """The largest number of slots that can be filled, by trying every assignment."""
    slots = [role for role, count in need.items() for _ in range(count)]
    best = 0
    for chosen in product((None, *PEOPLE), repeat=len(slots)):
        people = [who for who in chosen if who]
        fits = all(
            who is None or who in approvers.get(role, ())
            for who, role in zip(chosen, slots, strict=True)
        )
        if fits and len(people) == len(set(people)):
            best = max(best, len(people))
    return best


@pytest.mark.parametrize(
    ("need", "approvers", "empty"),
    [
        pytest.param({}, {}, {}, id="nothing is owed"),
        pytest.param({"risk": 1}, {}, {"risk": 1}, id="nobody approved"),
        pytest.param({"risk": 0}, {}, {}, id="a role that owes none"),
        pytest.param({"risk": 2}, {"risk": {"ada"}}, {"risk": 1}, id="one person is not two"),
        pytest.param({"risk": 2}, {"risk": {"ada", "bea"}}, {}, id="two people"),
        pytest.param({"risk": 1}, {"security": {"ada"}}, {"risk": 1}, id="the wrong role"),
        pytest.param(
            {"risk": 1, "security": 1},
            {"risk": {"ada"}, "security": {"ada"}},
            {"security": 1},
            id="one person in two roles fills one slot",
        ),
        pytest.param(
            {"risk": 1, "security": 1},
            {"risk": {"ada", "bea"}, "security": {"ada"}},
            {},
            id="who could serve two roles serves the one that needs her",
        ),
        pytest.param(
            {"platform": 1, "risk": 1, "security": 1},
            {"platform": {"ada", "bea"}, "risk": {"ada", "cyd"}, "security": {"ada"}},
            {},
            id="a chain of two moves",
        ),
        pytest.param({"risk": 1}, {"risk": {"ada", "bea", "cyd"}}, {}, id="more than enough"),
    ],
)
def test_each_person_fills_at_most_one_slot(need, approvers, empty):
    assert unfilled(need, {role: frozenset(who) for role, who in approvers.items()}) == empty


@given(
    st.dictionaries(st.sampled_from(ROLES), st.integers(0, 2)),
    st.dictionaries(st.sampled_from(ROLES), st.frozensets(st.sampled_from(PEOPLE))),
)
def test_as_many_slots_are_filled_as_any_assignment_could(need, approvers):
    empty = unfilled(need, approvers)

    assert sum(need.values()) - sum(empty.values()) == most_filled(need, approvers)
    assert all(0 < count <= need[role] for role, count in empty.items())


@given(
    st.dictionaries(st.sampled_from(ROLES), st.integers(0, 2)),
    st.dictionaries(st.sampled_from(ROLES), st.frozensets(st.sampled_from(PEOPLE))),
    st.sampled_from(ROLES),
    st.sampled_from(PEOPLE),
)
def test_one_more_approval_never_empties_a_slot(need, approvers, role, who):
    more = approvers | {role: approvers.get(role, frozenset()) | {who}}

    assert sum(unfilled(need, more).values()) <= sum(unfilled(need, approvers).values())
