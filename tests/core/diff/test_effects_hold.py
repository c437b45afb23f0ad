"""Whatever a comparison calls tighter lets nothing through that was stopped, and so on.

Random policies are changed at random, and every claim is held against the decisions themselves:
at the policy's own stage, and as they would be in ``limited`` and ``enforce``.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policyctl.core.decision import Detection, Verdict, decide
from policyctl.core.diff.change import Kind
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.policies import effect_of, policy_changes
from policyctl.core.effective import resolve
from policyctl.core.levels import Level
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DETECTORS = ("pii", "pii/email", "pii/phone", "pii/email/work", "hate", "secrets")
APPS = ("chat", "voice", "mail")
COHORTS = ("staff", "beta")
KEYS = tuple(f"user-{number}" for number in range(40))
DAYS = ("2026-11-01", "2026-11-22", "2026-12-01", "2027-01-01", "soon")
STRICTNESS = {Verdict.REDACT: 1, Verdict.BLOCK: 2}


def some(rng, values, least=1):
    return rng.sample(values, rng.randint(least, len(values)))


def guardrail(rng, **more):
    item = {"detector": rng.choice(DETECTORS), "direction": rng.choice(("input", "output"))}
    if rng.random() < 0.6:
        item["sensitivity"] = rng.choice(("L1", "L2", "L3", "L4"))
    if rng.random() < 0.3:
        item["action"] = rng.choice(("block", "redact"))
    if rng.random() < 0.2:
        item["enabled"] = False
    return item | more


def exception(rng, name):
    when = {}
    if rng.random() < 0.5:
        when["app"] = some(rng, APPS)
    if rng.random() < 0.3:
        when["cohort"] = rng.choice(COHORTS)
    if rng.random() < 0.2:
        when["key"] = some(rng, KEYS[:4])
    if rng.random() < 0.3:
        when["direction"] = rng.choice(("input", "output"))
    return {
        "id": name,
        "guardrail": rng.choice(DETECTORS),
        "when": when or {"app": "chat"},
        "reason": "r",
        "owner": "crm",
        "expires": rng.choice(DAYS),
    }


def scope(rng):
    found = {}
    if rng.random() < 0.4:
        found["guardrails"] = some(rng, DETECTORS)
    if rng.random() < 0.4:
        found["apps"] = some(rng, APPS)
    if rng.random() < 0.3:
        found["cohorts"] = some(rng, COHORTS)
    if rng.random() < 0.6:
        found |= {"share": rng.choice(("0%", "5%", "30%", "100%")), "key": "user_id"}
    return found or {"apps": ["chat"]}


def document(rng):
    found = {
        "schema": "policyctl/policy/v1",
        "id": "bot",
        "name": "Bot",
        "purpose": "Answers.",
        "use_case": "public-facing",
        "data_sensitivity": "internal",
        "owner": "crm",
        "stage": rng.choice([stage.value for stage in Stage]),
        "sensitivity": rng.choice(("L1", "L2", "L3", "L4")),
        "guardrails": [guardrail(rng) for _ in range(rng.randint(1, 4))],
        "exceptions": [exception(rng, f"EX-{number}") for number in range(rng.randint(0, 2))],
    }
    if rng.random() < 0.7:
        found["limited"] = scope(rng)
    if rng.random() < 0.3:
        found["applies_to"] = {"apps": some(rng, APPS)}
    return found


def another_guardrail(rng, found):
    found["guardrails"].append(guardrail(rng))


def fewer_guardrails(rng, found):
    if len(found["guardrails"]) > 1:
        found["guardrails"].pop(rng.randrange(len(found["guardrails"])))


def changed_guardrail(rng, found):
    item = rng.choice(found["guardrails"])
    key, values = rng.choice(
        [
            ("sensitivity", ("L1", "L2", "L3", "L4")),
            ("action", ("block", "redact")),
            ("enabled", (True, False)),
        ]
    )
    item[key] = rng.choice(values)


def turned_dial(rng, found):
    found["sensitivity"] = rng.choice(("L1", "L2", "L3", "L4"))


def moved_stage(rng, found):
    found["stage"] = rng.choice([stage.value for stage in Stage])


def another_scope(rng, found):
    if rng.random() < 0.2:
        found.pop("limited", None)
        return
    fresh = scope(rng)
    if "limited" not in found or rng.random() < 0.2:
        found["limited"] = fresh
        return
    key = rng.choice(sorted({*fresh, *found["limited"]}))
    pair = {"share": ("share", "key"), "key": ("share", "key")}.get(key, (key,))
    for name in pair:
        found["limited"].pop(name, None)
        if name in fresh:
            found["limited"][name] = fresh[name]
    found["limited"] = found["limited"] or {"apps": ["voice"]}


def another_salt(rng, found):
    found["limited"] = {**found.get("limited", {"share": "30%", "key": "user_id"}), "salt": "s2"}


def another_exception(rng, found):
    found["exceptions"].append(exception(rng, f"EX-{rng.randint(10, 99)}"))


def fewer_exceptions(rng, found):
    if found["exceptions"]:
        found["exceptions"].pop()


def changed_exception(rng, found):
    if found["exceptions"]:
        item = rng.choice(found["exceptions"])
        key = rng.choice(("guardrail", "when", "expires", "reason"))
        item[key] = exception(rng, item["id"])[key] if key != "reason" else "another"


def other_apps(rng, found):
    found["applies_to"] = {"apps": some(rng, APPS)}


def reordered(rng, found):
    sides = [(item["detector"], item.get("direction")) for item in found["guardrails"]]
    if len(set(sides)) == len(sides):  # of two for one side the last one counts
        rng.shuffle(found["guardrails"])
    rng.shuffle(found["exceptions"])


MUTATIONS = (
    *(another_guardrail, fewer_guardrails, changed_guardrail, turned_dial, moved_stage),
    *(another_scope, another_salt, another_exception, fewer_exceptions, changed_exception),
    *(other_apps, reordered),
)


def detection(rng):
    return Detection(
        detector=rng.choice((*DETECTORS, "pii/iban", "pii/email/home")),
        direction=rng.choice(list(Direction)),
        level=rng.choice(list(Level)),
        app=rng.choice(APPS),
        time=NOW + timedelta(days=rng.choice((0, 0, 1, 9, 20, 50, 400))),
        key=rng.choice(("", *KEYS)),
        cohort=rng.choice(("", *COHORTS)),
    )


def strictness(policy, event):
    """How hard a policy stops a detection; of an application that it does not name, not at all."""
    if policy.apps and event.app not in policy.apps:
        return 0
    return STRICTNESS.get(decide(policy, event).verdict, 0)


def steps(before, after, events):
    """Each decision before and after, at the policies' own stages and at those that may come."""
    for event in events:
        yield strictness(before, event), strictness(after, event)
        for stage in (Stage.LIMITED, Stage.ENFORCE):
            yield (
                strictness(replace(before, stage=stage), event),
                strictness(replace(after, stage=stage), event),
            )


HOLDS = {
    Effect.TIGHTER: lambda before, after: after >= before,
    Effect.LOOSER: lambda before, after: after <= before,
    Effect.NEUTRAL: lambda before, after: after == before,
    Effect.MIXED: lambda before, after: True,
    Effect.UNKNOWN: lambda before, after: True,
}


def pairs(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        before = document(rng)
        after = copy.deepcopy(before)
        for mutate in rng.sample(MUTATIONS, rng.choice((1, 1, 1, 2, 3))):
            mutate(rng, after)
        yield resolve(before, None), resolve(after, None), [detection(rng) for _ in range(20)]


@pytest.mark.parametrize("seed", range(4))
def test_no_decision_contradicts_the_effect_that_a_comparison_names(seed):
    """4 x 700 pairs of policies, 20 records each, at three stages: 168,000 pairs of decisions."""
    effects = Counter()
    kinds = Counter()
    for before, after, events in pairs(seed, 700):
        changes = policy_changes(before, after, now=NOW)
        effect = effect_of(changes)
        effects[effect] += 1
        kinds.update(change.kind for change in changes)
        holds = HOLDS[effect]
        for was, now in steps(before.policy, after.policy, events):
            assert holds(was, now), (effect, changes, before.data, after.data)

    assert min(effects[effect] for effect in Effect if effect is not Effect.UNKNOWN) > 30
    decisive = [kind for kind in Kind if kind.value.startswith(("guardrail-a", "limited", "exc"))]
    assert all(kinds[kind] for kind in decisive if kind is not Kind.EXCEPTION_TEXT)


@pytest.mark.parametrize("seed", range(2))
def test_every_change_holds_on_its_own_where_it_is_the_only_one(seed):
    for before, after, events in pairs(100 + seed, 500):
        changes = policy_changes(before, after, now=NOW)
        if len(changes) == 1:
            holds = HOLDS[changes[0].effect]
            decisions = steps(before.policy, after.policy, events)
            assert all(holds(was, now) for was, now in decisions), changes


def test_decisions_that_differ_always_show_as_a_change():
    for before, after, events in pairs(7, 700):
        changes = policy_changes(before, after, now=NOW)
        if any(was != now for was, now in steps(before.policy, after.policy, events)):
            assert effect_of(changes) is not Effect.NEUTRAL


def test_going_back_undoes_each_effect():
    opposite = {Effect.TIGHTER: Effect.LOOSER, Effect.LOOSER: Effect.TIGHTER}
    for before, after, _ in pairs(8, 500):
        there = effect_of(policy_changes(before, after, now=NOW))
        back = effect_of(policy_changes(after, before, now=NOW))
        assert back is opposite.get(there, there)


def test_a_policy_compared_with_itself_in_another_order_has_no_changes():
    rng = random.Random(9)
    for _ in range(200):
        before = document(rng)
        after = copy.deepcopy(before)
        reordered(rng, after)
        assert policy_changes(resolve(before, None), resolve(after, None), now=NOW) == ()


def test_every_change_of_a_comparison_has_an_id_and_a_fingerprint_of_its_own():
    for before, after, _ in pairs(10, 300):
        changes = policy_changes(before, after, now=NOW)
        assert len({change.id for change in changes}) == len(changes)
        assert len({change.fingerprint for change in changes}) == len(changes)
