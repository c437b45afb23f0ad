"""Corner cases of secret-in-policy; what counts as one is the matter of tests/core."""

from __future__ import annotations

import pytest

from policyctl.rules.rule import Problem, placed
from policyctl.rules.secret_in_policy import RULE

KEY = "AKIA" + "ABCDEFGH12345678"


def test_the_finding_names_the_kind_and_not_the_secret(compact, subject_of):
    subject = subject_of(compact + f"reasons: {{sensitivity: 'stops {KEY}'}}\n")

    found = list(RULE.check(subject))

    assert found == [
        Problem(
            message="reasons.sensitivity holds what looks like an AWS access key id",
            at=("reasons", "sensitivity"),
            hint="have it revoked, then remove it:"
            " whoever reads the repository has it, in its history too",
        )
    ]
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (f"guardrails: [{{detector: custom/x, words: [{KEY}]}}]\n", ("guardrails", 0, "words", 0)),
        (f"guardrails: [{{detector: custom/x, regex: [{KEY}]}}]\n", ("guardrails", 0, "regex", 0)),
        (
            "exceptions: [{id: EX-1, guardrail: pii, when: {key: " + KEY + "}, reason: x,"
            " owner: alice, expires: '2027-01-01'}]\n",
            ("exceptions", 0, "when", "key"),
        ),
    ],
)
def test_every_text_of_the_file_is_looked_at(compact, subject_of, line, at):
    assert [problem.at for problem in RULE.check(subject_of(compact + line))] == [at]


def test_personal_data_are_the_matter_of_another_rule(compact, subject_of):
    subject = subject_of(compact.replace("orders.", "orders, see jane@acme.io."))

    assert list(RULE.check(subject)) == []


def test_no_report_repeats_the_line_that_holds_a_secret(compact, subject_of):
    from policyctl.render.lines import plain
    from policyctl.render.text.findings import finding_lines

    key = "AKIA" + "Q7ZC3NWXRTYB5PDM"
    text = compact.replace("purpose: ", f"purpose: {key} ", 1)
    subject = subject_of(text)
    [problem] = RULE.check(subject)
    finding = placed(RULE, subject, problem)

    assert key not in plain(finding_lines([finding], {finding.file: text}))
