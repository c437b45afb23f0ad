"""How confident a detection is, and how sensitive a guardrail."""

from __future__ import annotations

import pytest

from policyctl.core.levels import Level, Sensitivity

LABELS = ("l1_confident", "l2_very_likely", "l3_likely", "l4_less_likely", "l5_unlikely")


@pytest.mark.parametrize("label", LABELS)
def test_a_level_is_read_as_records_spell_it(label):
    assert Level.named(label).label == label


def test_levels_are_ordered_from_the_most_confident():
    assert [level.label for level in sorted(Level)] == list(LABELS)


@pytest.mark.parametrize("name", ["", "L1_CONFIDENT", "l1", "1", "l6_never", "named"])
def test_an_unknown_level_is_a_key_error(name):
    with pytest.raises(KeyError) as caught:
        Level.named(name)

    assert caught.value.args == (name,)


@pytest.mark.parametrize(
    ("dial", "flagged"),
    [(Sensitivity.L1, 1), (Sensitivity.L2, 2), (Sensitivity.L3, 3), (Sensitivity.L4, 4)],
)
def test_a_dial_flags_its_level_and_the_more_confident_ones(dial, flagged):
    assert [dial.flags(level) for level in Level] == [True] * flagged + [False] * (5 - flagged)


def test_the_unlikely_are_never_flagged():
    assert not any(dial.flags(Level.L5_UNLIKELY) for dial in Sensitivity)


@pytest.mark.parametrize("level", Level)
def test_raising_a_dial_never_loses_a_detection(level):
    flags = [dial.flags(level) for dial in sorted(Sensitivity)]

    assert flags == sorted(flags)
