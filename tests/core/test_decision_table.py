"""A policy compiled to rows decides every detection as the definition does."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.core.decision import Detection, Verdict, decide
from policyctl.core.decision_table import EVERYBODY, NOBODY, Cell, DecisionTable, cell_of
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

NAMES = ("pii", "pii/email", "pii/email/work", "pii/phone", "pii_extra", "secrets")
APPS = ("chat", "shop", "voice")
COHORTS = ("", "staff", "beta")
KEYS = ("", "a", "b", "user@example.com", "Zürich-é-☃-𝄞")
DAYS = tuple(date(2026, 11, 1) + timedelta(days=number) for number in range(3))


def several(values):
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


GUARDRAILS = st.builds(
    Guardrail,
    detector=st.sampled_from(NAMES),
    direction=st.sampled_from(Direction),
    action=st.sampled_from(Action),
    sensitivity=st.sampled_from(Sensitivity),
    enabled=st.booleans() | st.just(True),
)
EXCEPTIONS = st.builds(
    PolicyException,
    id=st.just("EX-1"),
    guardrail=st.sampled_from(NAMES),
    reason=st.just("r"),
    owner=st.just("o"),
    expires=st.none() | st.sampled_from(DAYS),
    apps=several(APPS),
    cohorts=several(COHORTS[1:]),
    keys=several(KEYS[1:]),
    direction=st.none() | st.sampled_from(Direction),
)
LIMITED = st.builds(
    Limited,
    guardrails=several(NAMES),
    apps=several(APPS),
    cohorts=several(COHORTS[1:]),
    share=st.none()
    | st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(61, 100), Fraction(1)]),
    salt=st.sampled_from(["policyctl/v1:guardrails", ""]),
)
POLICIES = st.builds(
    Policy,
    id=st.just("support"),
    name=st.just("Support"),
    purpose=st.just("Answers."),
    use_case=st.just("public-facing"),
    data_sensitivity=st.just("internal"),
    owner=st.just("support"),
    stage=st.sampled_from(Stage),
    sensitivity=st.just(Sensitivity.L2),
    guardrails=st.lists(
        GUARDRAILS, min_size=1, max_size=5, unique_by=lambda item: (item.detector, item.direction)
    ).map(tuple),
    limited=st.none() | LIMITED,
    exceptions=st.lists(EXCEPTIONS, max_size=3).map(tuple),
)


def detection(draw: random.Random) -> Detection:
    zone = draw.choice([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
    moment = datetime(2026, 10, 31, tzinfo=UTC) + timedelta(minutes=draw.randrange(5 * 24 * 60))
    return Detection(
        detector=draw.choice((*NAMES, "pii/email/home/x")),
        direction=draw.choice(list(Direction)),
        level=draw.choice([None, *Level]),
        app=draw.choice((*APPS, "other")),
        time=moment.astimezone(zone),
        key=draw.choice(KEYS),
        cohort=draw.choice(COHORTS),
    )


def test_a_table_decides_every_detection_as_the_policy_does():
    verdicts: Counter[Verdict] = Counter()

    @settings(max_examples=300)
    @given(POLICIES, st.integers(0, 2**32))
    def compare(policy, seed):
        draw = random.Random(seed)
        table = DecisionTable(policy)
        for _ in range(250):
            one = detection(draw)
            expected = decide(policy, one).verdict
            assert table.verdict(one) is expected
            verdicts[expected] += 1

    compare()

    assert sum(verdicts.values()) >= 50_000
    assert all(verdicts[verdict] > 100 for verdict in Verdict), verdicts


def policy(**more):
    return Policy(
        **{
            "id": "support",
            "name": "Support",
            "purpose": "Answers.",
            "use_case": "public-facing",
            "data_sensitivity": "internal",
            "owner": "support",
            "stage": Stage.LIMITED,
            "sensitivity": Sensitivity.L2,
            "guardrails": (
                Guardrail(
                    detector="pii",
                    direction=Direction.INPUT,
                    action=Action.BLOCK,
                    sensitivity=Sensitivity.L2,
                ),
            ),
        }
        | more
    )


CELL = Cell(app="chat", cohort="", direction=Direction.INPUT, detector="pii/email")


def cut(**scope):
    row = DecisionTable(policy(limited=Limited(**scope))).row(CELL)
    return row.cut if row else None


def test_a_share_of_everybody_is_not_the_same_as_no_share():
    keyless = Detection(
        detector="pii",
        direction=Direction.INPUT,
        level=Level.L1_CONFIDENT,
        app="chat",
        time=datetime(2026, 11, 1, tzinfo=UTC),
    )
    whole = DecisionTable(policy(limited=Limited(share=Fraction(1))))
    unshared = DecisionTable(policy(limited=Limited()))

    assert whole.verdict(keyless) is Verdict.LOG
    assert unshared.verdict(keyless) is Verdict.BLOCK


def test_the_cut_says_whom_the_guardrail_acts_on():
    assert cut() == EVERYBODY
    assert cut(apps=("shop",)) == NOBODY
    assert cut(share=Fraction(1, 4)) == "40000000"
    assert cut(share=Fraction(0)) == NOBODY


def test_an_exception_for_a_key_that_ends_before_a_wider_one_is_left_out():
    def exception(expires, *keys):
        return PolicyException(
            id="E", guardrail="pii", reason="r", owner="o", expires=expires, keys=keys
        )

    exceptions = (exception(DAYS[0], "a"), exception(DAYS[1]), exception(DAYS[2], "b"))

    row = DecisionTable(policy(exceptions=exceptions)).row(CELL)

    assert row is not None
    assert (row.until, row.keys) == (DAYS[1], (("b", DAYS[2]),))


def test_without_a_policy_everything_is_allowed():
    one = detection(random.Random(1))

    assert DecisionTable(None).row(cell_of(one)) is None
    assert DecisionTable(None).verdict(one) is Verdict.ALLOW
