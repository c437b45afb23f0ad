"""Hits and counts say the same as the records that they were made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.prepared import Total, expanded, is_hit
from policyctl.core.record import Record, Status
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.core.tally import tally

MORNING = datetime(2026, 10, 5, 8, tzinfo=UTC)
DETECTORS = ("prompt_attack", "pii/email", "secrets")


@st.composite
def traffic(draw):
    records = []
    for number in range(draw(st.integers(0, 25))):
        time = MORNING + timedelta(minutes=draw(st.integers(0, 3000)))
        app = draw(st.sampled_from(("shop", "bank")))
        for detector in draw(st.sets(st.sampled_from(DETECTORS), min_size=1)):
            status = draw(st.sampled_from((Status.OK, Status.OK, Status.ERROR)))
            level = draw(st.sampled_from((None, *Level))) if status is Status.OK else None
            records.append(
                Record(
                    time=time,
                    request_id=f"r{number}",
                    app=app,
                    direction=Direction.INPUT,
                    detector=detector,
                    level=level,
                    status=status,
                    key=f"user-{number % 3}",
                    detector_version=draw(st.sampled_from(("1", "2"))),
                )
            )
    return records


def split(records):
    groups = defaultdict(list)
    requests = defaultdict(set)
    for one in records:
        day = one.time.date()
        groups[
            (day, one.app, one.cohort, one.detector, one.detector_version, one.level, one.status)
        ].append(one.time)
        requests[day, one.app, one.cohort].add(one.request_id)
    totals = [
        Total(
            day=day,
            app=app,
            cohort=cohort,
            direction=Direction.INPUT,
            detector=detector,
            detector_version=version,
            level=level,
            status=status,
            records=len(times),
            first=min(times),
            last=max(times),
        )
        for (day, app, cohort, detector, version, level, status), times in groups.items()
    ]
    hits = [one for one in records if one.level is not None and is_hit(one.level)]
    return hits, totals, {place: len(ids) for place, ids in requests.items()}


def policy(stage):
    guardrails = tuple(
        Guardrail(
            detector=name,
            direction=Direction.INPUT,
            action=Action.BLOCK,
            sensitivity=Sensitivity.L3,
        )
        for name in DETECTORS
    )
    return Policy(
        id="assistant",
        name="Assistant",
        purpose="answers",
        use_case="public-facing",
        data_sensitivity="public",
        owner="team",
        stage=stage,
        sensitivity=Sensitivity.L3,
        guardrails=guardrails,
    )


@given(traffic())
def test_the_gate_counts_the_same(records):
    standing = list(expanded(*split(records), name="x"))

    old, new = policy(Stage.LOGGING), policy(Stage.ENFORCE)
    assert tally(standing, old, new) == tally(records, old, new)


@given(traffic())
def test_no_request_has_two_records_of_one_detector_and_every_request_is_there(records):
    standing = list(expanded(*split(records), name="x"))

    counts = Counter((one.request_id, one.detector, one.direction) for one in standing)
    assert not counts or max(counts.values()) == 1
    assert len({one.request_id for one in standing}) == len({one.request_id for one in records})


@given(traffic())
def test_hits_come_back_as_they_were(records):
    standing = set(expanded(*split(records), name="x"))

    assert {one for one in records if one.level is not None and is_hit(one.level)} <= standing
