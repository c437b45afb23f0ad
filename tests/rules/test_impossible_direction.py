"""Corner cases of impossible-direction."""

from __future__ import annotations

import pytest

from policyctl.core import detectors
from policyctl.core.detectors import Detector
from policyctl.core.sides import Action, Direction
from policyctl.rules.impossible_direction import RULE
from policyctl.rules.rule import Problem


def guardrail(item):
    return f"guardrails: [{{{item}}}]\n"


@pytest.fixture
def input_only(monkeypatch):
    """Lets every detector make sense on the input alone."""

    def found(name):
        return Detector(
            name=name, title="x", directions=(Direction.INPUT,), actions=(Action.BLOCK,)
        )

    monkeypatch.setattr(detectors, "detector", found)


def test_an_action_that_the_detector_cannot_have_is_found(compact, subject_of):
    subject = subject_of(compact + guardrail("detector: prompt_attack, action: redact"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="guardrail 'prompt_attack' cannot redact prompt attacks",
            at=("guardrails", 0, "action"),
            hint="write 'action: block'",
        )
    ]


def test_a_variant_can_do_what_its_detector_can(compact, subject_of):
    text = compact + guardrail("detector: prompt_attack/jailguard, action: redact")

    assert len(list(RULE.check(subject_of(text)))) == 1


def test_a_member_may_do_what_its_family_cannot(compact, subject_of):
    text = compact + guardrail("detector: moderated_content/profanity, action: redact")

    assert list(RULE.check(subject_of(text))) == []


def test_an_action_that_is_left_to_the_baseline_is_not_judged(compact, subject_of):
    assert list(RULE.check(subject_of(compact + guardrail("detector: pii")))) == []


def test_a_direction_that_the_detector_cannot_have_is_found(compact, subject_of, input_only):
    subject = subject_of(compact + guardrail("detector: secrets, direction: output"))

    assert list(RULE.check(subject)) == [
        Problem(
            message="guardrail 'secrets' cannot check the output",
            at=("guardrails", 0, "direction"),
            hint="write 'direction: input'",
        )
    ]


def test_leaving_out_the_direction_speaks_of_the_impossible_one_too(
    compact, subject_of, input_only
):
    (problem,) = RULE.check(subject_of(compact + guardrail("detector: secrets")))

    assert problem.at == ("guardrails", 0, "detector")


def test_a_direction_that_the_baseline_gives_is_enough(compact, subject_of, input_only):
    assert list(RULE.check(subject_of(compact + guardrail("detector: prompt_attack")))) == []


def test_a_detector_that_does_not_exist_is_left_to_unknown_detector(compact, subject_of):
    text = compact + guardrail("detector: promt_attack, action: redact")

    assert list(RULE.check(subject_of(text))) == []
