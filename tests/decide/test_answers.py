"""What guardrails of LiteLLM write down becomes answers, and nothing found is lost."""

from __future__ import annotations

import pytest

from policyctl.core.engine_logs.answer import Answer
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.decide.answers import completed, failed, heard, looked

FILTER = "litellm_content_filter"
SSN = "pii/us_social_security_number"


def row(response, **more):
    return {
        "guardrail_name": "x",
        "guardrail_mode": "pre_call",
        "guardrail_status": "success",
        "guardrail_response": response,
        **more,
    }


def levels(answers):
    return {answer.detector: answer.level for answer in answers}


@pytest.mark.parametrize(
    ("found", "detector", "level"),
    [
        ({"type": "pattern", "pattern_name": "us_ssn", "action": "MASK"}, SSN, 1),
        ({"type": "pattern", "pattern_name": "expression_1"}, "expression_1", 1),
        ({"type": "blocked_word", "keyword": "acme"}, "blocked_word", 1),
        ({"category": "prompt_injection_sql", "severity": "high"}, "prompt_attack", 1),
        ({"category": "prompt_injection_sql", "severity": "medium"}, "prompt_attack", 2),
        ({"category": "harmful_violence", "severity": "low"}, "moderated_content/violence", 3),
    ],
)
def test_the_content_filters_names_and_severities_are_those_of_policies(found, detector, level):
    assert levels(heard([row([found])], FILTER, LevelTable())) == {detector: level}


def test_an_organisations_own_names_come_first():
    table = LevelTable(names={"us_ssn": "custom/staff_number"}, plain_yes=Level.L2_VERY_LIKELY)

    said = heard([row([{"pattern_name": "us_ssn"}])], FILTER, table)

    assert levels(said) == {"custom/staff_number": Level.L2_VERY_LIKELY}


def test_engines_that_tell_a_confidence_keep_it():
    lakera = {"breakdown": [{"detector_type": "prompt_attack", "detected": False,
                             "result": "l3_likely"}]}  # fmt: skip
    low = {"type": "PROMPT_ATTACK", "confidence": "LOW", "action": "NONE", "detected": True}
    bedrock = {"assessments": [{"contentPolicy": {"filters": [low]}}]}

    for provider, answer in (("lakera_v2", lakera), ("bedrock", bedrock)):
        said = heard([row(answer)], provider, LevelTable())
        assert levels(said) == {"prompt_attack": Level.L3_LIKELY}, provider


def test_a_score_becomes_a_level_by_the_organisations_thresholds():
    table = LevelTable(cuts={"prompt_attack": (0.99, 0.9, 0.5, 0.1)}, names={"x": "prompt_attack"})
    rows = [row(None, guardrail_status="guardrail_flagged", confidence_score=0.93)]

    assert levels(heard(rows, "any", table)) == {"prompt_attack": Level.L2_VERY_LIKELY}


@pytest.mark.parametrize("rows", [None, "text", [], [1], [row({}, guardrail_status="not_run")]])
def test_a_guardrail_that_says_nothing_gives_no_answer_of_its_own(rows):
    assert heard(rows, "lakera_v2", LevelTable()) == ()


@pytest.mark.parametrize("status", ["guardrail_failed_to_respond", "a status of tomorrow"])
def test_a_failure_and_what_is_not_understood_are_no_answer_to_anything_that_was_not_found(status):
    rows = [row([{"pattern_name": "us_ssn"}]), row({"error": "no"}, guardrail_status=status)]
    said = (*heard(rows[:1], FILTER, LevelTable()), *heard(rows[1:], "lakera_v2", LevelTable()))

    made = completed(said, ["prompt_attack", "pii", "secrets"], Direction.INPUT, whole=True)

    assert {answer.detector: answer.status for answer in made} == {
        SSN: Status.OK,
        "prompt_attack": Status.ERROR,
        "secrets": Status.ERROR,
    }


def test_a_guardrail_that_had_nothing_to_look_at_did_not_look():
    silent = row({}, guardrail_status="not_run")

    assert not looked([silent])
    assert looked([silent, row([])])
    assert looked([])


def test_each_detector_has_one_answer_found_or_not():
    said = (
        Answer(detector="pii/email", level=Level.L3_LIKELY, detected=True),
        Answer(detector="pii/email", level=Level.L1_CONFIDENT, detected=True),
        Answer(detector="blocked_word", level=Level.L2_VERY_LIKELY, detected=True),
    )

    made = completed(said, ["secrets", "pii", "prompt_attack"], Direction.OUTPUT, whole=True)

    assert levels(made) == {
        "pii/email": Level.L1_CONFIDENT,
        "secrets": Level.L2_VERY_LIKELY,
        "prompt_attack": None,
    }
    assert {answer.direction for answer in made} == {Direction.OUTPUT}


def test_one_that_stopped_at_what_it_found_says_nothing_about_the_others():
    said = (Answer(detector="pii/email", level=Level.L1_CONFIDENT, detected=True),)

    made = completed(said, ["prompt_attack", "pii"], Direction.INPUT, whole=False)

    assert [answer.detector for answer in made] == ["pii/email"]


def test_no_answer_is_none_of_every_detector():
    made = failed(["pii", "secrets"], Direction.INPUT, Status.TIMEOUT)

    assert [(answer.detector, answer.status) for answer in made] == [
        ("pii", Status.TIMEOUT),
        ("secrets", Status.TIMEOUT),
    ]
