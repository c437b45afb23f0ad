"""Corner cases of personal-data-in-policy; what counts is the matter of tests/core."""

from __future__ import annotations

from policyctl.rules.personal_data_in_policy import RULE
from policyctl.rules.rule import Problem


def test_the_finding_names_the_kind_and_not_the_data(compact, subject_of):
    found = list(RULE.check(subject_of(compact.replace("orders.", "orders, see jane@acme.io."))))

    assert found == [
        Problem(
            message="purpose holds what looks like a mail address",
            at=("purpose",),
            hint="name a team, a role or a ticket instead:"
            " what is recorded in the ledger stays there",
        )
    ]
    assert "jane" not in repr(found)


def test_keys_of_exceptions_are_looked_at(compact, subject_of):
    line = (
        "exceptions: [{id: EX-1, guardrail: pii, when: {key: [u-1, jane@acme.io]}, reason: x,"
        " owner: alice, expires: '2027-01-01'}]\n"
    )

    (problem,) = RULE.check(subject_of(compact + line))

    assert problem.at == ("exceptions", 0, "when", "key", 1)


def test_expressions_are_left_alone(compact, subject_of):
    line = "guardrails: [{detector: custom/x, regex: ['jane@acme.io']}]\n"

    assert list(RULE.check(subject_of(compact + line))) == []
