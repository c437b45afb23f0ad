"""Corner cases of exception-shadowed."""

from __future__ import annotations

import pytest

from policyctl.rules.exception_shadowed import RULE
from policyctl.rules.rule import Problem


def exceptions(*lines):
    items = [
        f"  - {{id: EX-{number}, reason: tried, owner: support, {line}}}\n"
        for number, line in enumerate(lines, start=1)
    ]
    return "exceptions:\n" + "".join(items)


def line(guardrail="pii/email", when="app: shop", expires="2027-02-01"):
    return f"guardrail: {guardrail}, when: {{{when}}}, expires: '{expires}'"


def found(subject):
    return [problem.at[1] + 1 for problem in RULE.check(subject)]


def test_the_narrower_one_is_found_wherever_it_stands(compact, subject_of):
    narrow, wide = line(when="app: shop, cohort: staff"), line()

    assert list(RULE.check(subject_of(compact + exceptions(narrow, wide)))) == [
        Problem(
            message="exception 'EX-1' lets nothing through that 'EX-2' does not",
            at=("exceptions", 0, "id"),
            hint="remove it, or narrow 'EX-2'",
        )
    ]
    assert found(subject_of(compact + exceptions(wide, narrow))) == [2]


def test_of_equals_the_later_ones_are_found(compact, subject_of):
    assert found(subject_of(compact + exceptions(line(), line(), line()))) == [2, 3]


@pytest.mark.parametrize(
    "narrow",
    [
        line(guardrail="pii/email/work"),
        line(when="app: shop, direction: output"),
        line(when="app: shop, key: user-17"),
        line(expires="2027-01-31"),
    ],
)
def test_each_line_of_a_criterion_narrows(compact, subject_of, narrow):
    assert found(subject_of(compact + exceptions(line(), narrow))) == [2]


@pytest.mark.parametrize(
    "other",
    [
        line(guardrail="pii/name"),
        line(when="app: chat"),
        line(when="app: [shop, chat]", expires="2027-01-31"),
        line(when="cohort: staff"),
        line(expires="2027-02-02", when="app: shop, cohort: staff"),
    ],
)
def test_exceptions_that_overlap_in_part_are_accepted(compact, subject_of, other):
    assert found(subject_of(compact + exceptions(line(), other))) == []


def test_a_family_covers_its_members(compact, subject_of):
    assert found(subject_of(compact + exceptions(line(), line(guardrail="pii")))) == [1]


def test_exceptions_that_have_ended_neither_cover_nor_are_found(compact, subject_of):
    gone = line(expires="2026-11-01")

    assert found(subject_of(compact + exceptions(gone, line()))) == []
    assert found(subject_of(compact + exceptions(line(), gone))) == []


def test_without_a_clock_the_end_still_counts(compact, subject_of):
    subject = subject_of(compact + exceptions(line(), line(expires="2020-01-01")), now=None)

    assert found(subject) == [2]
