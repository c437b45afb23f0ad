"""Answers become decisions and records; no answer stops exactly what it could have stopped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from policyctl.core.bucket import takes_in
from policyctl.core.compiled import compiled
from policyctl.core.compiled_reading import compiled_from
from policyctl.core.engine_logs.answer import Answer
from policyctl.core.frozen import replace
from policyctl.core.levels import Level
from policyctl.core.policy import Limited, PolicyException
from policyctl.core.record import Status, record_from
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage
from policyctl.decide import Decider
from policyctl.decide.caller import Caller
from policyctl.decide.judging import judged, record_line

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SALT = "policyctl/v1:support-assistant"
DIGEST = "0" * 64
ANN = Caller(request_id="r-1", app="chat", key="ann", session_id="s-1")


@pytest.fixture
def decider(from_baseline):
    def make(stage, **more):
        policy = replace(from_baseline("prompt-defense", stage), **more)
        return Decider(compiled_from(compiled(policy, entry=1, digest=DIGEST)))

    return make


def answer(level=None, status=Status.OK):
    return Answer(detector="prompt_attack", direction=Direction.INPUT, level=level, status=status)


def acts(decider, one, who=ANN, **more):
    (item,) = judged(decider, [one], who, Direction.INPUT, NOW, **more)
    return item.acts


@pytest.mark.parametrize("status", [Status.ERROR, Status.TIMEOUT])
def test_no_answer_does_what_the_most_confident_detection_would(decider, status):
    share = Limited(share=Fraction(1, 2), salt=SALT)
    users = [replace(ANN, key=f"user-{number}") for number in range(20)]
    ended = PolicyException(
        id="EX-1", guardrail="prompt_attack", reason="r", owner="o", expires=date(2026, 11, 22)
    )
    lasting = replace(ended, expires=date(2026, 11, 23))

    silent = answer(status=status)

    assert not acts(decider(Stage.LOGGING), silent)
    assert acts(decider(Stage.ENFORCE), silent)
    assert acts(decider(Stage.ENFORCE, exceptions=(ended,)), silent)
    assert not acts(decider(Stage.ENFORCE, exceptions=(lasting,)), silent)
    assert not acts(decider(Stage.ENFORCE, apps=("shop",)), silent)
    limited = decider(Stage.LIMITED, limited=share)
    found = [acts(limited, silent, who) for who in users]
    assert found == [takes_in(Fraction(1, 2), SALT, who.key) for who in users]
    assert not acts(decider(Stage.ENFORCE), silent, closed=False)
    assert acts(decider(Stage.ENFORCE), answer(Level.L1_CONFIDENT), closed=False)


@pytest.mark.parametrize(
    ("one", "stage", "said"),
    [
        (answer(), Stage.ENFORCE, ("none", "ok", False, False, False)),
        (answer(Level.L1_CONFIDENT), Stage.LOGGING, ("l1_confident", "ok", True, True, False)),
        (answer(Level.L1_CONFIDENT), Stage.ENFORCE, ("l1_confident", "ok", True, True, True)),
        (answer(Level.L5_UNLIKELY), Stage.ENFORCE, ("l5_unlikely", "ok", True, False, False)),
        (answer(status=Status.ERROR), Stage.ENFORCE, ("none", "error", None, None, True)),
        (answer(status=Status.TIMEOUT), Stage.LOGGING, ("none", "timeout", None, None, False)),
    ],
)
def test_a_record_tells_what_was_found_and_what_was_done_apart(decider, one, stage, said):
    (item,) = judged(decider(stage), [one], ANN, Direction.INPUT, NOW)

    line = record_line(item, ANN, Direction.INPUT, NOW, engine="x", version="7", digest=DIGEST)

    names = ("level", "status", "detected", "would_block", "blocked")
    assert tuple(line[name] for name in names) == said
    record = record_from(line)
    assert (record.time, record.key, record.session_id) == (NOW, "ann", "s-1")
    assert (record.detector_version, record.policy_digest) == ("7", DIGEST)
