"""Whatever the bytes: an answer or one of our own errors, in bounded time and space."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = {
    # The target, and how many examples its share of the time allows.
    "policy": 60,
    "changed_policy": 60,
    "cured": 80,
    "lines": 300,
    "shown": 60,
    "suppression": 25,
    "trigger": 20,
    "regex": 25,
    "settings": 150,
    "findings_baseline": 150,
    "records": 100,
    "engine_log": 100,
    "manifest": 100,
    "catalogue": 60,
    "remembered": 60,
    "entry": 150,
    "trust_root": 100,
    "signature": 150,
    "public_key": 150,
}
LONGEST = 10
"""Seconds of processor time for one example, on a machine that is slow and busy."""

TEXT = st.text(":-[]{}()&*!|>'\"#%@,?\\$^+ \n\t=_ab01.", max_size=40).map(str.encode)
CHUNK = st.binary(max_size=12) | TEXT | st.text(max_size=12).map(lambda text: text.encode())


def altered(seed, edits):
    """The seed with stretches of it replaced."""
    for place, length, chunk in edits:
        start = place % (len(seed) + 1)
        seed = seed[:start] + chunk + seed[start + length :]
    return seed


def near(seeds):
    edit = st.tuples(st.integers(0, 4000), st.sampled_from([0, 0, 1, 2, 8, 60]), CHUNK)
    edits = st.lists(edit, max_size=5)
    return st.builds(altered, st.sampled_from(seeds or [b""]), edits)


def test_every_target_is_tried(targets):
    assert set(targets.TARGETS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes_have_an_answer(targets, name, monkeypatch, tmp_path):
    monkeypatch.setattr(targets, "_FOLDER", tmp_path)
    target = targets.TARGETS[name]

    @settings(max_examples=NAMES[name], suppress_health_check=list(HealthCheck), database=None)
    @given(st.binary(max_size=150) | TEXT | near(targets.seeds(name)))
    def run(content):
        started = time.process_time()
        target(content)
        assert time.process_time() - started < LONGEST

    run()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_search_starts_from_gets_far(targets, name, monkeypatch, tmp_path):
    """A seed that is refused at once would lead nowhere."""
    monkeypatch.setattr(targets, "_FOLDER", tmp_path)

    for seed in targets.seeds(name):
        targets.TARGETS[name](seed)


def test_the_sample_is_sound_so_that_every_rule_sees_it(targets):
    report = targets.validate(
        [(targets.NAME, targets.SAMPLE)],
        documents=targets.AROUND.documents,
        governance=targets.WorkingGovernance(None),
    )

    assert [finding.severity.name for finding in report.findings] == ["WARNING"]


def test_changes_of_the_sample_are_often_policies_still(targets):
    """Otherwise the rules would hardly ever be tried."""
    sound = 0
    for number in range(60):
        content = targets.changed(bytes([number, 4 + number % 4, number * 7 % 256]))
        reading = targets.validate(
            [(targets.NAME, content)],
            documents=targets.AROUND.documents,
            governance=targets.WorkingGovernance(None),
        )
        codes = {finding.code for finding in reading.findings}
        sound += not codes & {"wrong-type", "wrong-value", "wrong-format", "missing-key"}

    assert sound > 6
