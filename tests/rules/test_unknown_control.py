"""Corner cases of unknown-control."""

from __future__ import annotations

from policyctl.core.catalogue import problem
from policyctl.rules.rule import Problem
from policyctl.rules.unknown_control import RULE


def test_a_control_is_found_with_what_the_catalogue_says_of_it(compact, subject_of):
    subject = subject_of(compact + "controls: {nist-csf-2.0: [PR.AA-05, PR.AC-4]}\n")
    said = problem(subject.catalogues, "nist-csf-2.0", "PR.AC-4")
    assert said is not None

    assert list(RULE.check(subject)) == [
        Problem(message=said[0], at=("controls", "nist-csf-2.0", 1), hint=said[1])
    ]


def test_an_unknown_framework_is_said_once_at_its_key(compact, subject_of):
    subject = subject_of(compact + "controls: {acme-rules-2026: [A1, A2, A3]}\n")

    (found,) = RULE.check(subject)

    assert found.message == "framework 'acme-rules-2026' is not known"
    assert (found.at, found.key) == (("controls", "acme-rules-2026"), True)


def test_a_framework_without_edition_is_found(compact, subject_of):
    (found,) = RULE.check(subject_of(compact + "controls: {owasp-llm: [LLM01, LLM02]}\n"))

    assert found.message == "framework 'owasp-llm' names no edition"
    assert found.hint == "write owasp-llm-2026"


def test_controls_of_their_framework_are_accepted(compact, subject_of):
    text = compact + "controls: {owasp-llm-2026: [LLM01], nist-ai-rmf-1.0: [GOVERN 1.3]}\n"

    assert list(RULE.check(subject_of(text))) == []
