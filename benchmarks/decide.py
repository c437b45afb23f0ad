"""``policyctl.decide`` beside the definition, and beside the comparisons somebody would write.

    python benchmarks/decide.py [--decisions 100000] [--rounds 5] [--json FILE]

One policy with 20 guardrails and 50 exceptions, limited to half of the keys; every case decides the
same detections. Prints what that took, and whether the goals are met. The exit code is 0 whatever
the figures say.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path

from goals import Goal, judged
from measuring import Cost, Costs
from reporting import report, show

from policyctl.core.compiled import compiled
from policyctl.core.compiled_reading import compiled_from
from policyctl.core.decision import Detection, decide
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.policy import Guardrail, Limited, Policy, PolicyException
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.decide import Decider

GOALS = (
    Goal(over="decider", under="5 µs each", limit=1, stretch=0.2),
    Goal(over="definition", under="decider", limit=5, least=True),
    Goal(over="decider", under="plain comparisons", limit=10),
)
DETECTORS = tuple(f"custom/check_{number}" for number in range(10))
APPS = ("chat", "shop", "voice")
TODAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


def main() -> None:
    """Measure, print, and write down."""
    options = _options()
    policy = _policy()
    ones = _detections(options.decisions)
    decider = Decider(compiled_from(compiled(policy, entry=1, digest="0" * 64)))
    cases: dict[str, Callable[[Detection], object]] = {
        "plain comparisons": partial(_plain, {item.detector: item for item in policy.guardrails}),
        "decider": partial(_asked, decider),
        "definition": partial(decide, policy),
    }
    runs: dict[str, list[Cost]] = {name: [] for name in cases}
    for counted in (False, *[True] * options.rounds):
        for name, case in cases.items():
            cost = _cost(case, ones)
            runs[name] += [cost] * counted
    costs = {name: Costs(runs=tuple(found)) for name, found in runs.items()}
    bound = options.decisions * 5e-6
    least = Costs(runs=(Cost(cpu=bound, wall=bound, peak=_peak()),))
    goals = judged(GOALS, {**costs, "5 µs each": least})
    size = f"{options.decisions} decisions"
    show(costs, {}, goals, [], size)
    if options.json:
        figures = report(costs, {}, goals, [], size)
        options.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _cost(case: Callable[[Detection], object], ones: Sequence[Detection]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    for one in ones:
        case(one)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(cpu=cpu, wall=wall, peak=_peak())


def _peak() -> float:
    """MiB of memory that this process took at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _asked(decider: Decider, one: Detection) -> object:
    return decider.decide(
        one.detector, one.direction, one.level, app=one.app, key=one.key, time=one.time
    )


def _plain(guardrails: dict[str, Guardrail], one: Detection) -> bool:
    """Two comparisons, without stages, exceptions or shares."""
    found = guardrails.get(one.detector)
    return found is not None and one.level is not None and one.level <= found.sensitivity


def _policy() -> Policy:
    return Policy(
        id="support",
        name="Support",
        purpose="Answers.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="support",
        stage=Stage.LIMITED,
        sensitivity=Sensitivity.L2,
        guardrails=tuple(
            Guardrail(
                detector=name, direction=side, action=Action.BLOCK, sensitivity=Sensitivity.L3
            )
            for name in DETECTORS
            for side in Direction
        ),
        limited=Limited(share=Fraction(1, 2), key="user_id", salt="policyctl/v1:support"),
        exceptions=tuple(
            PolicyException(
                id=f"EX-{number}",
                guardrail=DETECTORS[number % len(DETECTORS)],
                reason="a form asks for it",
                owner="support",
                expires=date(2026, 11, 1) + timedelta(days=number),
                apps=(APPS[number % 2],) if number % 3 else (),
                keys=tuple(f"user-{number + step}" for step in range(5)) if number % 2 else (),
            )
            for number in range(50)
        ),
    )


def _detections(count: int) -> list[Detection]:
    draw = random.Random(1)
    return [
        Detection(
            detector=draw.choice(DETECTORS),
            direction=draw.choice([*Direction]),
            level=draw.choice([None, *Level]),
            app=draw.choice(APPS),
            time=TODAY + timedelta(minutes=draw.randrange(10_000)),
            key=f"user-{draw.randrange(1000)}",
        )
        for _ in range(count)
    ]


if __name__ == "__main__":
    main()
