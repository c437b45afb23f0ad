"""Corner cases of exception-without-ticket."""

from __future__ import annotations

from policyctl.rules.exception_without_ticket import RULE
from policyctl.rules.rule import Problem


def exception(number, ticket=""):
    return (
        f"  - {{id: EX-{number}, guardrail: pii, when: {{app: a}}, reason: tried, owner: support,"
        f"{ticket} expires: '2026-01-01'}}\n"
    )


def test_each_exception_without_a_ticket_is_found_even_if_it_has_ended(compact, subject_of):
    text = compact + "exceptions:\n" + exception(1, " ticket: SEC-1,") + exception(2)

    assert list(RULE.check(subject_of(text))) == [
        Problem(
            message="exception 'EX-2' has no ticket",
            at=("exceptions", 1, "id"),
            hint="add 'ticket:' with where it was discussed and will be followed up",
        )
    ]
