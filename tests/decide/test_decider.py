"""A decider says what the definition says, of every detection, and loads nothing for it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from policyctl import decide
from policyctl.core.compiled import compiled
from policyctl.core.compiled_reading import compiled_from
from policyctl.core.decision import Detection, Verdict
from policyctl.core.decision import decide as defined
from policyctl.core.decision_table import tables_of
from policyctl.core.frozen import replace
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.decide import decider as module
from policyctl.errors import InputError, RefusedError

NAMES = ("pii", "pii/email", "pii/email/work", "pii/phone", "pii_extra", "secrets")
APPS = ("chat", "shop", "voice")
COHORTS = ("staff", "beta")
KEYS = ("a", "b", "user@example.com", "Zürich-é-☃-𝄞")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DIGEST = "0" * 64


def some(draw, values, most=2):
    return tuple(draw.sample(values, draw.randrange(most + 1)))


def any_policy(draw, *, guardrails=5, exceptions=4):
    """A policy that may say anything that a policy can."""
    sides = draw.sample([(name, side) for name in NAMES for side in Direction], guardrails)
    scope = Limited(
        guardrails=some(draw, NAMES),
        apps=some(draw, APPS),
        cohorts=some(draw, COHORTS),
        share=draw.choice([None, *map(Fraction, ("0", "0.333333", "0.61", "1"))]),
        salt=draw.choice(["policyctl/v1:guardrails", ""]),
    )
    return Policy(
        id="support",
        name="Support",
        purpose="Answers.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="support",
        stage=draw.choice([*Stage]),
        sensitivity=Sensitivity.L2,
        guardrails=tuple(
            Guardrail(
                detector=name,
                direction=side,
                action=draw.choice([*Action]),
                sensitivity=draw.choice([*Sensitivity]),
                enabled=draw.random() < 0.9,
            )
            for name, side in sides
        ),
        limited=draw.choice([None, scope, scope, scope]),
        exceptions=tuple(
            PolicyException(
                id=f"EX-{number}",
                guardrail=draw.choice(NAMES),
                reason="r",
                owner="o",
                expires=draw.choice([None, *(date(2026, 11, day) for day in (1, 2, 3))]),
                apps=some(draw, APPS),
                cohorts=some(draw, COHORTS),
                keys=some(draw, KEYS),
                direction=draw.choice([None, None, *Direction]),
            )
            for number in range(draw.randrange(exceptions + 1))
        ),
    )


def any_detection(draw):
    zone = draw.choice([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
    moment = datetime(2026, 10, 31, tzinfo=UTC) + timedelta(minutes=draw.randrange(5 * 24 * 60))
    return Detection(
        detector=draw.choice((*NAMES, "pii/email/home/x", "other")),
        direction=draw.choice([*Direction]),
        level=draw.choice([None, *Level]),
        app=draw.choice((*APPS, "other", "")),
        time=moment.astimezone(zone),
        key=draw.choice((*KEYS, "")),
        cohort=draw.choice((*COHORTS, "")),
    )


def made(policy):
    return decide.Decider(compiled_from(compiled(policy, entry=1, digest=DIGEST)))


def asked(decider, one):
    return decider.decide(
        one.detector,
        one.direction,
        one.level,
        app=one.app,
        key=one.key,
        cohort=one.cohort,
        time=one.time,
    )


def named(decision):
    """What led to a decision, by name: reasons and owners are not compiled."""
    guardrail, exception = decision.guardrail, decision.exception
    return guardrail and guardrail.detector, exception and exception.id


def test_it_says_what_the_definition_and_a_replay_say_of_100000_records():
    draw = random.Random(20261123)
    verdicts, seen = Counter(), 0
    for _ in range(400):
        policy = any_policy(draw, guardrails=8, exceptions=12)
        decider, (_, table) = made(policy), tables_of(None, policy)
        for _ in range(250):
            one = any_detection(draw)
            found = asked(decider, one)
            # Reasons and owners are not compiled, so what led to it is compared as compiled.
            assert found == defined(decider.policy, one)
            assert found.verdict is defined(policy, one).verdict
            assert found.verdict is table.verdict(one)
            verdicts[found.verdict] += 1
            seen += 1

    assert seen == 100_000
    assert all(verdicts[verdict] > 1000 for verdict in Verdict), verdicts


def test_a_policy_decides_about_its_applications_and_about_nothing_else():
    draw = random.Random(7)
    for _ in range(50):
        policy = replace(any_policy(draw), apps=("chat", "shop"))
        decider, (_, table) = made(policy), tables_of(None, policy)
        for _ in range(50):
            one = any_detection(draw)
            assert asked(decider, one).verdict is table.verdict(one)
            if one.app not in policy.apps:
                assert asked(decider, one) == decide.Decision(verdict=Verdict.ALLOW)


@pytest.fixture
def policy():
    return replace(
        any_policy(random.Random(3), guardrails=1, exceptions=0),
        stage=Stage.ENFORCE,
        guardrails=(
            Guardrail(
                detector="pii",
                direction=Direction.OUTPUT,
                action=Action.REDACT,
                sensitivity=Sensitivity.L2,
            ),
        ),
    )


def exception(name, expires, *keys):
    return PolicyException(
        id=name, guardrail="pii", reason="r", owner="o", expires=expires, keys=keys
    )


def test_words_do_where_there_are_values(policy):
    decider = made(policy)

    found = decider.decide("pii/email", "output", "l2_very_likely")

    assert found.verdict is Verdict.REDACT
    assert found.guardrail.detector == "pii"
    assert decider.decide("pii/email", "output", "l3_likely").verdict is Verdict.ALLOW
    assert decider.decide("pii/email", "output", "none").verdict is Verdict.ALLOW
    assert decider.decide("pii/email", "input", "l1_confident").guardrail is None


def test_an_exception_ends_after_its_last_day_in_utc(policy):
    decider = made(replace(policy, exceptions=(exception("EX-1", date(2026, 11, 1)),)))
    east = timezone(timedelta(hours=14))

    def verdict(time):
        return decider.decide("pii", "output", "l1_confident", time=time).verdict

    assert verdict(datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)) is Verdict.EXCEPTED
    assert verdict(datetime(2026, 11, 2, 13, 59, tzinfo=east)) is Verdict.EXCEPTED
    assert verdict(datetime(2026, 11, 2, tzinfo=UTC)) is Verdict.REDACT


def test_without_a_time_the_present_counts(policy):
    ended = (datetime.now(UTC) - timedelta(days=2)).date()
    lasting = (datetime.now(UTC) + timedelta(days=2)).date()

    def verdict(last):
        decider = made(replace(policy, exceptions=(exception("EX-1", last),)))
        return decider.decide("pii", "output", "l1_confident").verdict

    assert (verdict(ended), verdict(lasting)) == (Verdict.REDACT, Verdict.EXCEPTED)


def test_the_first_exception_that_holds_is_named(policy):
    exceptions = (
        exception("EX-1", date(2026, 11, 1), "a"),
        exception("EX-2", date(2026, 11, 3)),
        exception("EX-3", date(2026, 11, 2)),
        exception("EX-4", date(2026, 11, 9), "a"),
    )
    decider = made(replace(policy, exceptions=exceptions))

    def first(key, day):
        found = decider.decide(
            "pii", "output", "l1_confident", key=key, time=NOON.replace(day=day)
        ).exception
        return found.id if found else None

    assert [first("a", day) for day in (1, 2, 4, 10)] == ["EX-1", "EX-2", "EX-4", None]
    assert [first("b", day) for day in (1, 2, 4)] == ["EX-2", "EX-2", None]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pii", "sideways", None), "'sideways' is not a valid Direction"),
        (("pii", "output", "very_sure"), "there is no level 'very_sure'"),
        (("pii", "output", 6), "there is no level 6"),
    ],
)
def test_what_is_no_detection_is_an_error_and_never_allowed(policy, arguments, said):
    with pytest.raises(ValueError) as caught:
        made(policy).decide(*arguments)

    assert str(caught.value) == said


def test_a_time_without_a_zone_is_an_error(policy):
    with pytest.raises(ValueError, match="needs a time zone"):
        made(policy).decide("pii", "output", None, time=NOON.replace(tzinfo=None))


def test_names_that_callers_make_up_do_not_fill_the_memory(policy, monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 10)
    decider = made(policy)

    for number in range(100):
        found = decider.decide("pii", "output", "l1_confident", app=f"app-{number}")
        assert found.verdict is Verdict.REDACT

    assert len(decider._cells) <= 10


def test_threads_share_a_decider(policy, monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 5)
    draw = random.Random(5)
    policy = any_policy(draw)
    decider, ones = made(policy), [any_detection(draw) for _ in range(2000)]
    expected = [defined(decider.policy, one) for one in ones]
    wrong = []

    def work():
        wrong.extend(
            one for one, said in zip(ones, expected, strict=True) if asked(decider, one) != said
        )

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_file_and_its_bytes_are_loaded_alike(policy, tmp_path):
    content = json.dumps(compiled(policy, entry=4, digest=DIGEST)).encode()
    file = tmp_path / "support.compiled.json"
    file.write_bytes(content)

    for found in (decide.load(file), decide.load(str(file)), decide.load(content)):
        assert (found.entry, found.digest) == (4, DIGEST)
        assert found.decide("pii", "output", "l1_confident").verdict is Verdict.REDACT
    assert repr(found) == "<Decider support, entry 4, enforce>"


def test_a_draft_decides_only_where_that_is_asked_for(policy):
    content = json.dumps(compiled(policy, entry=0, digest=DIGEST)).encode()

    with pytest.raises(RefusedError) as caught:
        decide.load(content)

    assert caught.value.message == "'support' is a draft that nobody approved"
    assert decide.load(content, drafts=True).entry == 0


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    nowhere, wrong = tmp_path / "nowhere.json", tmp_path / "wrong.json"
    wrong.write_bytes(b"{}")

    with pytest.raises(InputError) as caught:
        decide.load(nowhere)
    assert caught.value.message == f"cannot read {nowhere}: No such file or directory"
    with pytest.raises(InputError) as caught:
        decide.load(wrong)
    assert caught.value.message == (
        f"{wrong}: the compiled policy: schema is no text, not 'policyctl/compiled/v1'"
    )


def test_it_loads_nothing_but_the_standard_library():
    program = (
        "import sys; before = set(sys.modules); import policyctl.decide\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))\n"
        "print(*sorted(name for name in sys.modules if name.count('.') == 1\n"
        "              and name.startswith('policyctl.')))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    packages, parts = (set(line.split()) for line in done.stdout.splitlines())

    assert packages - set(sys.stdlib_module_names) == {"policyctl"}
    assert parts == {"policyctl.core", "policyctl.decide", "policyctl.errors"}
