"""The stages of a rollout: one step forward at a time, any number back."""

from __future__ import annotations

from itertools import product

import pytest

from policyctl.core.stages import Stage, is_demotion, is_promotion

LOGGING, LIMITED, ENFORCE = Stage.LOGGING, Stage.LIMITED, Stage.ENFORCE


def test_the_rollout_goes_from_logging_over_limited_to_enforce():
    assert [stage.rank for stage in (LOGGING, LIMITED, ENFORCE)] == [0, 1, 2]
    assert [stage.following for stage in Stage] == [LIMITED, ENFORCE, None]
    assert [stage.value for stage in Stage] == ["logging", "limited", "enforce"]


@pytest.mark.parametrize(("before", "after"), list(product(Stage, Stage)))
def test_a_stage_is_never_skipped_forward_and_may_be_skipped_back(before, after):
    steps = {
        (LOGGING, LIMITED): "promotion",
        (LIMITED, ENFORCE): "promotion",
        (ENFORCE, LIMITED): "demotion",
        (ENFORCE, LOGGING): "demotion",
        (LIMITED, LOGGING): "demotion",
    }
    kind = steps.get((before, after))

    assert is_promotion(before, after) == (kind == "promotion")
    assert is_demotion(before, after) == (kind == "demotion")
