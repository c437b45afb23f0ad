"""Corner cases of duplicate-exception."""

from __future__ import annotations

from policyctl.rules.duplicate_exception import RULE
from policyctl.rules.rule import Problem


def exceptions(*ids):
    items = "".join(
        f"  - id: {name}\n    guardrail: pii\n    when: {{app: shop}}\n    reason: tried\n"
        f"    owner: support\n    expires: '2027-02-01'\n"
        for name in ids
    )
    return f"exceptions:\n{items}"


def test_each_later_exception_is_named_with_the_first(compact, subject_of):
    subject = subject_of(compact + exceptions("EX-1", "EX-2", "EX-1", "EX-1"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="exception 'EX-1' has the id of exceptions[0]",
            at=("exceptions", index, "id"),
            hint="give it an id of its own",
        )
        for index in (2, 3)
    ]


def test_capitals_make_another_id(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exceptions("EX-1", "ex-1")))) == []
