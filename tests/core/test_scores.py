"""Detections by score, for the eye: what is counted, and that nothing rests on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policyctl.core.evidence import evidence_bytes, report_on
from policyctl.core.facts import Facts
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.measuring import measure
from policyctl.core.policy import Gate, Guardrail, Policy
from policyctl.core.record import Status, record_from
from policyctl.core.scores import BINS
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

POLICY = Policy(
    id="support",
    name="Support",
    purpose="Answers questions.",
    use_case="public-facing",
    data_sensitivity="internal",
    owner="team",
    stage=Stage.LOGGING,
    sensitivity=Sensitivity.L2,
    apps=("chat",),
    guardrails=(
        Guardrail(
            detector="prompt_attack",
            direction=Direction.INPUT,
            action=Action.BLOCK,
            sensitivity=Sensitivity.L2,
        ),
    ),
)
RECORD = record_from(
    {
        "ts": "2026-10-05T08:00:00Z",
        "request_id": "r",
        "app": "chat",
        "direction": "input",
        "detector": "prompt_attack",
        "level": "l3_likely",
        "status": "ok",
        "score": 0.5,
    }
)


def measured(*records, scores=True):
    return measure(records, POLICY, replace(POLICY, stage=Stage.ENFORCE), scores=scores)


@pytest.mark.parametrize(
    ("score", "place"),
    [(0.0, 0), (0.049, 0), (0.05, 1), (0.5, 10), (0.95, 19), (0.9999999, 19), (1.0, 19)],
)
def test_a_score_falls_into_one_of_twenty_steps(score, place):
    (found,) = measured(replace(RECORD, score=score)).scores

    assert len(found.counts) == BINS
    assert [index for index, count in enumerate(found.counts) if count] == [place]
    assert found.name == "prompt_attack (input) in chat"


@pytest.mark.parametrize(
    "change",
    [
        {"score": None},
        {"level": None},
        {"level": Level.L5_UNLIKELY},
        {"status": Status.ERROR, "level": None},
        {"app": "shop"},
        {"detector": "secrets"},
        {"direction": Direction.OUTPUT},
    ],
)
def test_only_detections_of_the_policy_with_a_score_are_counted(change):
    assert measured(replace(RECORD, **change)).scores == ()


def test_nothing_in_the_bytes_of_the_report_depends_on_whether_scores_were_counted():
    with_scores, without = measured(RECORD), measured(RECORD, scores=False)
    assert with_scores.scores
    assert not without.scores

    one, other = (
        evidence_bytes(
            report_on(
                found.tally,
                Gate(),
                policy="support",
                source=Stage.LOGGING,
                target=Stage.ENFORCE,
                policy_digest="0" * 64,
                sources=(),
                facts=Facts(daily=found.daily, scores=found.scores),
            )
        )
        for found in (with_scores, without)
    )
    assert one == other
