"""What the enabled guardrails of a policy reach, against the definition, by brute force."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.covering import covers
from policyctl.core.reach import Reach
from policyctl.core.sides import Direction

NAMES = ("pii", "pii/email", "pii/email/work", "pii/emails", "custom", "custom/a", "a/b/c", "a")
SIDES = ("input", "output")
ITEMS = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(SIDES)), st.booleans(), max_size=8
)


@given(ITEMS, st.sampled_from(NAMES), st.sampled_from(SIDES))
def test_a_guardrail_below_the_name_counts_and_the_most_specific_above_it_decides(
    items, name, side
):
    here = {detector: is_on for (detector, where), is_on in items.items() if where == side}
    below = any(is_on for one, is_on in here.items() if one != name and covers(name, one))
    deciding = max((one for one in here if covers(one, name)), key=len, default=None)
    reach = Reach((detector, where, is_on) for (detector, where), is_on in items.items())

    expected = below or (deciding is not None and here[deciding])
    for _ in ("found", "remembered"):
        assert (Direction(side) in reach.directions(name)) == expected


def test_a_name_that_only_begins_alike_is_another_detector():
    reach = Reach([("pii/emails", "input", True)])

    assert reach.directions("pii/email") == ()
    assert reach.directions("pii") == (Direction.INPUT,)
