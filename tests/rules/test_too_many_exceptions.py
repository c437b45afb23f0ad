"""Corner cases of too-many-exceptions."""

from __future__ import annotations

from policyctl.rules.rule import Problem
from policyctl.rules.too_many_exceptions import RULE


def exceptions(count):
    return "exceptions:\n" + "".join(
        f"  - {{id: EX-{number}, guardrail: pii, when: {{app: a{number}}}, reason: tried,"
        " owner: support, expires: '2027-02-01'}\n"
        for number in range(count)
    )


def test_one_more_than_the_limit_is_found(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exceptions(21)))) == [
        Problem(
            message="the policy has 21 exceptions, and 20 are the limit",
            at=("exceptions",),
            hint="change the guardrails that need so many, or split the policy by application",
            key=True,
        )
    ]


def test_as_many_as_the_limit_are_accepted(compact, subject_of):
    assert list(RULE.check(subject_of(compact + exceptions(20)))) == []
    assert list(RULE.check(subject_of(compact))) == []


def test_an_organisation_may_allow_none(compact, subject_of):
    text = "# settings: max_exceptions = 0\n" + compact

    assert len(list(RULE.check(subject_of(text + exceptions(1))))) == 1
    assert list(RULE.check(subject_of(text + "exceptions: []\n"))) == []
