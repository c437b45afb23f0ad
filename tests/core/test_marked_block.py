"""A block in a file that people write too."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.marked_block import BEGIN, END, divided, with_block

LINES = st.lists(
    st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"))).filter(
        lambda line: not line.startswith("# policyctl ")  # the marks themselves are another test
    )
)


@given(LINES, LINES, LINES)
def test_lines_of_people_survive_in_their_order_and_the_block_is_last(before, after, block):
    present = "\n".join([*before, BEGIN, "old", END, *after])

    text = with_block(divided(present), block)

    found = divided(text)
    assert found.block == tuple(block)
    assert found.after == ()
    theirs = [line for line in (*before, *after) if line.strip()]
    assert [line for line in found.before if line.strip()] == theirs


def test_writing_twice_changes_nothing():
    once = with_block(divided("* @all\n"), ["/policies/ @x"])

    assert with_block(divided(once), ["/policies/ @x"]) == once
    assert once == f"* @all\n\n{BEGIN}\n/policies/ @x\n{END}\n"


def test_marks_that_are_no_pair_are_told_with_their_lines():
    for text, said in (
        (f"{BEGIN}\n", f"'# policyctl begin' on line 1 and '{END}' on no line"),
        (f"{END}\n{BEGIN}\n", f"'# policyctl begin' on line 2 and '{END}' on line 1"),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n", "on line 1, 3 and"),
    ):
        assert said in divided(text).problem
