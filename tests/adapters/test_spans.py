"""Spans of days: each record is in one of them, and none but a few is read twice."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policyctl.adapters.analytics.spans import Block, boundaries, conditions

DAY = date(2026, 10, 5)


def block(first: int, last: int, rows: int = 100) -> Block:
    return Block(rows=rows, first=DAY + timedelta(first), last=DAY + timedelta(last))


def days(*numbers: int) -> list[date]:
    return [DAY + timedelta(number) for number in numbers]


def test_a_span_begins_where_the_one_before_has_enough_records():
    assert boundaries([block(n, n) for n in range(6)], 200) == days(2, 4)


def test_a_day_is_in_one_span_however_much_it_holds():
    assert boundaries([block(0, 0)] * 9 + [block(1, 1)] * 9, 200) == days(1)


def test_few_records_are_one_span():
    assert boundaries([block(n, n) for n in range(6)], 600) == []


def test_files_in_no_order_of_time_are_one_span():
    assert boundaries([block(0, 5) for _ in range(6)] + [block(4, 5)], 200) == []


def test_no_records_are_one_span():
    assert boundaries([], 200) == []


def test_conditions_leave_out_no_moment():
    assert conditions([]) == [""]
    assert conditions(days(1, 3)) == [
        "ts < TIMESTAMP '2026-10-06'",
        "ts >= TIMESTAMP '2026-10-06' AND ts < TIMESTAMP '2026-10-08'",
        "ts >= TIMESTAMP '2026-10-08'",
    ]


BLOCKS = st.lists(
    st.builds(
        lambda first, length, rows: block(first, first + length, rows),
        st.integers(0, 30),
        st.sampled_from([0, 0, 0, 1, 20]),
        st.integers(1, 100),
    )
)


@given(BLOCKS, st.integers(1, 500))
def test_spans_are_in_order_and_read_little_twice(blocks, rows):
    found = boundaries(blocks, rows)

    assert found == sorted(set(found))
    assert all(any(item.first < day for item in blocks) for day in found)
    again = sum(item.rows * sum(item.first < day <= item.last for day in found) for item in blocks)
    assert again <= sum(item.rows for item in blocks) / 4
