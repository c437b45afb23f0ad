"""Corner cases of exception-renewed-repeatedly."""

from __future__ import annotations

from policyctl.rules.exception_renewed_repeatedly import RULE
from policyctl.rules.rule import Problem


def trail(*rationales):
    steps = ["register 2026-01-01"]
    steps += [
        f"exception 2026-{month:02}-01 ({rationale})"
        for month, rationale in enumerate(rationales, start=2)
    ]
    return f"# trail: {', '.join(steps)}\n"


def exceptions(*ids, ticket=""):
    return "exceptions:\n" + "".join(
        f"  - {{id: {name}, guardrail: pii, when: {{app: a}}, reason: tried, owner: support,"
        f"{ticket} expires: '2027-02-01'}}\n"
        for name in ids
    )


def test_an_exception_that_three_entries_name_is_found(compact, subject_of):
    text = trail("EX-2", "renew EX-2.", "EX-2, again", "EX-1") + compact

    assert list(RULE.check(subject_of(text + exceptions("EX-1", "EX-2")))) == [
        Problem(
            message="3 recorded changes of exceptions name 'EX-2':"
            " it seems to be renewed again and again",
            at=("exceptions", 1, "id"),
            hint="make what it lets through a part of the policy, or cure its cause",
        )
    ]


def test_a_ticket_names_its_exception_too(compact, subject_of):
    text = trail("SEC-7", "see SEC-7", "SEC-7 is open") + compact

    subject = subject_of(text + exceptions("EX-1", ticket=" ticket: SEC-7,"))

    assert [problem.at for problem in RULE.check(subject)] == [("exceptions", 0, "id")]


def test_the_only_exception_is_taken_to_be_the_one_that_no_entry_names(compact, subject_of):
    text = trail("renewed", "once more", "and again", "the last time") + compact

    (problem,) = RULE.check(subject_of(text + exceptions("EX-1")))

    assert problem.message == (
        "4 changes of exceptions are recorded, and 'EX-1' is the policy's only one:"
        " it seems to be renewed again and again"
    )


def test_of_several_exceptions_none_is_guessed(compact, subject_of):
    text = trail("renewed", "once more", "and again") + compact

    assert list(RULE.check(subject_of(text + exceptions("EX-1", "EX-2")))) == []


def test_a_longer_id_is_another_exception(compact, subject_of):
    text = trail("EX-11", "EX-1.1", "REX-1", "EX-1-b", "EX-1") + compact

    assert list(RULE.check(subject_of(text + exceptions("EX-1", "EX-2")))) == []


def test_twice_is_not_often(compact, subject_of):
    text = trail("EX-1", "EX-1") + compact

    assert list(RULE.check(subject_of(text + exceptions("EX-1")))) == []


def test_other_kinds_of_entries_do_not_count(compact, subject_of):
    text = trail("EX-1", "EX-1").replace("\n", ", edit 2026-06-01 (EX-1)\n") + compact

    assert list(RULE.check(subject_of(text + exceptions("EX-1")))) == []


def test_an_exception_that_is_gone_or_has_ended_is_not_found(compact, subject_of):
    text = trail("EX-1", "EX-1", "EX-1") + compact
    ended = exceptions("EX-1").replace("2027-02-01", "2026-11-01")

    assert list(RULE.check(subject_of(text))) == []
    assert list(RULE.check(subject_of(text + ended))) == []
