"""A decider that follows its file takes a new policy at once, and a broken one never."""

from __future__ import annotations

import json
import threading

import pytest

from policyctl.core.compiled import compiled
from policyctl.core.decision import Verdict
from policyctl.core.stages import Stage
from policyctl.decide import Followed
from policyctl.errors import InputError

ATTACK = ("prompt_attack", "input", "l1_confident")


@pytest.fixture
def place(from_baseline, tmp_path):
    """Puts a policy, or any bytes, in the place of the file that is followed."""
    file = tmp_path / "support.compiled.json"

    def put(stage=Stage.ENFORCE, entry=1, content=None, **more):
        if content is None:
            data = compiled(from_baseline("prompt-defense", stage), entry=entry, digest="0" * 64)
            content = json.dumps(data | more).encode()
        beside = file.with_suffix(".new")
        beside.write_bytes(content)
        beside.replace(file)
        return file

    return put


def test_a_new_policy_counts_as_soon_as_its_file_is_in_place(place):
    followed = Followed(place(Stage.LOGGING), every=0)
    assert followed.decide(*ATTACK).verdict is Verdict.LOG

    place(Stage.ENFORCE, entry=2)

    assert followed.decide(*ATTACK).verdict is Verdict.BLOCK
    assert followed.decider.entry == 2


def test_the_file_is_not_looked_at_more_often_than_asked_for(place):
    followed = Followed(place(Stage.LOGGING), every=3600)

    place(Stage.ENFORCE, entry=2)

    assert followed.decide(*ATTACK).verdict is Verdict.LOG


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"content": b"{"}, "is not JSON"),
        ({"entry": 0}, "is a draft that nobody approved"),
        ({"entry": 6, "stage": Stage.LOGGING}, "entry 6 is older than entry 7"),
        ({"entry": 8, "policy": "other"}, "the file is of 'other', not 'support-assistant'"),
    ],
)
def test_what_cannot_be_used_changes_nothing_and_is_told(place, change, said, caplog):
    followed = Followed(place(entry=7), every=0)

    place(**change)

    assert followed.decide(*ATTACK).verdict is Verdict.BLOCK
    assert said in followed.problem
    assert followed.problem in caplog.text


def test_a_policy_that_cannot_be_used_here_is_not_followed(place):
    def no_limits(decider):
        if decider.policy.stage is Stage.LIMITED:
            raise InputError("there are no cohorts here")

    followed = Followed(place(entry=1), every=0, require=no_limits)

    place(Stage.LIMITED, entry=2)

    assert followed.decide(*ATTACK).verdict is Verdict.BLOCK
    assert followed.problem == "there are no cohorts here"
    with pytest.raises(InputError):
        Followed(place(Stage.LIMITED, entry=2), require=no_limits)


def test_a_file_that_is_gone_changes_nothing_until_it_is_back(place):
    file = place(entry=1)
    followed = Followed(file, every=0)

    file.unlink()
    assert followed.decide(*ATTACK).verdict is Verdict.BLOCK
    assert followed.problem == f"cannot read {file}: No such file or directory"

    place(Stage.LOGGING, entry=2)
    assert followed.decide(*ATTACK).verdict is Verdict.LOG
    assert followed.problem == ""


def test_a_broken_file_is_told_once(place, caplog):
    followed = Followed(place(), every=0)

    place(content=b"{")
    for _ in range(5):
        followed.decide(*ATTACK)

    assert len(caplog.records) == 1


def test_there_has_to_be_a_policy_at_the_start(tmp_path):
    with pytest.raises(InputError):
        Followed(tmp_path / "nowhere.json")


def test_threads_see_one_policy_or_the_other_and_nothing_between(place):
    followed = Followed(place(Stage.LOGGING, entry=1), every=0)
    seen, stop = set(), threading.Event()

    def work():
        while not stop.is_set():
            decider = followed.decider
            seen.add((decider.entry % 2, decider.decide(*ATTACK).verdict))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for entry in range(2, 12):
        place(Stage.LOGGING if entry % 2 else Stage.ENFORCE, entry=entry)
        followed.decide(*ATTACK)
    stop.set()
    for thread in threads:
        thread.join()

    assert seen <= {(1, Verdict.LOG), (0, Verdict.BLOCK)}
    assert followed.problem == ""
