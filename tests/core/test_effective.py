"""The effective policy: what the baseline gives, the policy changes and governance demands."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.core.decision import Detection, Verdict, decide
from policyctl.core.effective import resolve
from policyctl.core.items import GATE_STRICTNESS, directions, missing
from policyctl.core.levels import Level
from policyctl.core.origins import Value
from policyctl.core.sides import Direction
from policyctl.core.weakening import Weakening

REPOSITORY = Path(__file__).parents[2]
SHIPPED = sorted(REPOSITORY.glob("baselines/*.yaml"))
OWN = {
    "schema": "policyctl/policy/v1",
    "id": "support",
    "name": "Support",
    "purpose": "Answers questions.",
    "use_case": "public-facing",
    "data_sensitivity": "internal",
    "owner": "crm",
    "stage": "logging",
}
ATTACK = {"detector": "prompt_attack", "direction": "input", "sensitivity": "L3"}
PII = {"detector": "pii", "action": "redact"}
LINKS = {"detector": "unknown_links", "direction": "output", "allowed_domains": ["example.com"]}
CUSTOM = {
    "detector": "custom/competitors",
    "direction": "output",
    "words": ["Acme", "Globex"],
    "regex": ["Acme.*", "Globex.*"],
    "topics": [{"name": "rivals", "definition": "other shops"}],
}
BASE = {
    "schema": "policyctl/baseline/v1",
    "id": "house",
    "version": 3,
    "name": "House",
    "summary": "For tests.",
    "use_case": "public-facing",
    "sensitivity": "L2",
    "guardrails": [ATTACK, PII, LINKS, CUSTOM],
    "gates": {
        "limited": {"window": "2w", "records": 1000, "reviewed": 100, "false_positives": "5%"},
        "enforce": {"confidence": "95%", "inference": "anytime"},
    },
    "thresholds": {"review_every": "90d"},
}
HOUSE, DEFAULT = "baseline house@3", "policyctl's default"


def resolved(base=BASE, floors=None, **own):
    return resolve(OWN | own, base, floors)


def only(item, **own):
    """The policy's values when it changes one guardrail of the baseline."""
    return resolved(guardrails=[item], **own)


def settings_of(effective):
    """The guardrails: action, dial and whether they are on, by detector and direction."""
    return {
        (item.detector, item.direction.value): (
            item.action.value,
            item.sensitivity.name,
            item.enabled,
        )
        for item in effective.policy.guardrails
    }


def value(effective, name):
    (found,) = (item for item in effective.values if item.name == name)
    return found.value, found.origin


def with_item(base, detector, **changes):
    """The baseline with one guardrail changed."""
    items = [
        item | changes if item["detector"] == detector else item for item in base["guardrails"]
    ]
    return base | {"guardrails": items}


INHERITED = {
    ("prompt_attack", "input"): ("block", "L3", True),
    ("pii", "input"): ("redact", "L2", True),
    ("pii", "output"): ("redact", "L2", True),
    ("unknown_links", "output"): ("block", "L2", True),
    ("custom/competitors", "output"): ("block", "L2", True),
}

# Overrides


def test_a_policy_that_says_nothing_has_the_guardrails_of_its_baseline():
    assert settings_of(resolved()) == INHERITED
    assert resolved().weakenings == ()


def test_a_policy_without_a_baseline_stands_on_its_own():
    effective = resolved(None, sensitivity="L4", guardrails=[{"detector": "secrets"}])

    assert settings_of(effective) == {
        ("secrets", "input"): ("block", "L4", True),
        ("secrets", "output"): ("block", "L4", True),
    }
    assert {item.origin for item in effective.values} == {"policy", DEFAULT, "policy: sensitivity"}
    assert effective.weakenings == ()


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        pytest.param(
            {"detector": "pii", "sensitivity": "L4"},
            {
                ("pii", "input"): ("redact", "L4", True),
                ("pii", "output"): ("redact", "L4", True),
            },
            id="without a direction, every direction of the baseline",
        ),
        pytest.param(
            {"detector": "pii", "direction": "output", "action": "block"},
            {("pii", "output"): ("block", "L2", True)},
            id="with a direction, that one only",
        ),
        pytest.param(
            {"detector": "prompt_attack", "enabled": False},
            {("prompt_attack", "input"): ("block", "L3", False)},
            id="without a direction, only the one that the baseline has",
        ),
        pytest.param(
            {"detector": "prompt_attack", "direction": "output"},
            {("prompt_attack", "output"): ("block", "L2", True)},
            id="a direction that the baseline does not have is added",
        ),
        pytest.param(
            {"detector": "secrets", "action": "redact"},
            {
                ("secrets", "input"): ("redact", "L2", True),
                ("secrets", "output"): ("redact", "L2", True),
            },
            id="a detector that the baseline does not have is added in both directions",
        ),
        pytest.param(
            {"detector": "pii/email", "direction": "input"},
            {("pii/email", "input"): ("block", "L2", True)},
            id="a member is a guardrail of its own and takes nothing from its family",
        ),
    ],
)
def test_a_guardrail_changes_what_it_names_by_detector_and_direction(item, changed):
    assert settings_of(only(item)) == INHERITED | changed


def test_a_changed_guardrail_keeps_what_it_does_not_name():
    effective = only({"detector": "custom/competitors", "words": ["Initech"], "reason": "new"})
    (changed,) = (
        item for item in effective.policy.guardrails if item.detector == "custom/competitors"
    )

    assert changed.words == ("Initech",)
    assert changed.regex == ("Acme.*", "Globex.*")
    assert [topic.name for topic in changed.topics] == ["rivals"]
    assert changed.reason == "new"


def test_a_guardrail_that_the_baseline_switched_off_stays_off_unless_it_is_named_on():
    base = with_item(BASE, "prompt_attack", enabled=False)
    effective = resolved(base, guardrails=[{"detector": "prompt_attack", "sensitivity": "L4"}])

    assert settings_of(effective)["prompt_attack", "input"] == ("block", "L4", False)


def test_the_dial_of_a_policy_moves_the_guardrails_that_have_none_of_their_own():
    moved = {
        key: (action, "L4" if dial == "L2" else dial, enabled)
        for key, (action, dial, enabled) in INHERITED.items()
    }

    assert settings_of(resolved(sensitivity="L4")) == moved


@pytest.mark.parametrize(
    ("item", "spoken"),
    [
        ({"detector": "pii", "direction": "input"}, ["input"]),
        ({"detector": "pii"}, ["output"]),
        ({"detector": "secrets"}, ["input", "output"]),
    ],
)
def test_the_directions_of_an_item_are_its_own_or_those_that_exist(item, spoken):
    assert directions(item, [("pii", "output"), ("prompt_attack", "input")]) == spoken


def test_mappings_are_joined_key_by_key():
    base = BASE | {
        "applies_to": {"engine": "litellm", "apps": ["all"]},
        "limited": {"share": "10%", "key": "user_id"},
    }
    policy = resolved(
        base,
        applies_to={"apps": ["chat"]},
        limited={"share": "20%", "key": "session_id"},
        thresholds={"owner": "security"},
    ).policy

    assert (policy.engine, policy.apps) == ("litellm", ("chat",))
    assert (policy.limited.share * 100, policy.limited.key) == (20, "session_id")
    assert (policy.thresholds.owner, policy.thresholds.review_every.days) == ("security", 90)


def test_escalation_is_replaced_as_a_whole():
    ours = {"when": "error rate above 1% for 6h", "do": "notify"}
    theirs = {"when": "flag rate above 5% for 3d", "do": "tighten"}
    base = BASE | {"escalation": [theirs]}

    assert [item.do for item in resolved(base).policy.escalation] == ["tighten"]
    assert [item.do for item in resolved(base, escalation=[ours]).policy.escalation] == ["notify"]


def test_controls_of_both_are_joined_without_doubles():
    base = BASE | {"controls": {"a": ["1", "2"], "b": ["1"]}}
    effective = resolved(base, controls={"a": ["2", "3"], "b": ["1"], "c": ["9"]})

    assert effective.policy.controls == {"a": ("1", "2", "3"), "b": ("1",), "c": ("9",)}
    assert value(effective, "controls.a")[1] == f"{HOUSE} + policy"
    assert value(effective, "controls.b")[1] == HOUSE
    assert value(effective, "controls.c")[1] == "policy"


def test_exceptions_and_the_baseline_name_come_from_the_policy_alone():
    item = {
        "id": "EX-1", "guardrail": "pii", "when": {"app": "chat"}, "reason": "r", "owner": "crm",
        "expires": "2027-02-01",
    }  # fmt: skip
    effective = resolved(extends="house@3", exceptions=[item])

    assert [found.id for found in effective.policy.exceptions] == ["EX-1"]
    assert effective.policy.extends == "house@3"
    assert value(effective, "exceptions") == ([item], "policy")


# Gates and governance's floors


@pytest.mark.parametrize(
    ("key", "weaker", "stricter"),
    [
        ("window", "13d", "337h"),
        ("records", 999, 1001),
        ("reviewed", 99, 101),
        ("false_positives", "5.0001%", "4.9999%"),
        ("confidence", "94.9%", "95.1%"),
        ("inference", "fixed", "anytime"),
    ],
)
def test_a_floor_only_raises_a_gate(key, weaker, stricter):
    ours = {**BASE["gates"]["limited"], **BASE["gates"]["enforce"]}[key]
    base = BASE | {"gates": {"limited": {key: ours}}}
    same = value(resolved(base, {"limited": {key: ours}}), f"gates.limited.{key}")
    lower = value(resolved(base, {"limited": {key: weaker}}), f"gates.limited.{key}")
    own = resolved(base, {"limited": {key: stricter}}, gates={"limited": {key: weaker}})

    assert GATE_STRICTNESS[key](weaker) < GATE_STRICTNESS[key](stricter)
    assert same == lower == (ours, HOUSE)
    assert value(own, f"gates.limited.{key}") == (stricter, "governance")


def test_a_floor_speaks_of_its_own_stage_only():
    effective = resolved(floors={"enforce": {"records": 5000}})

    assert value(effective, "gates.enforce.records") == (5000, "governance")
    assert value(effective, "gates.limited.records") == (1000, HOUSE)


def test_the_policy_may_ask_for_more_than_the_floor():
    effective = resolved(
        floors={"limited": {"records": 2000}}, gates={"limited": {"records": 3000}}
    )

    assert value(effective, "gates.limited.records") == (3000, "policy")


# Origins


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("id", ("support", "policy")),
        ("stage", ("logging", "policy")),
        ("use_case", ("public-facing", "policy")),
        ("sensitivity", ("L2", HOUSE)),
        ("thresholds.review_every", ("90d", HOUSE)),
        ("thresholds.owner", ("security", "policy")),
        ("guardrails.prompt_attack.input.sensitivity", ("L3", HOUSE)),
        ("guardrails.prompt_attack.input.action", ("block", DEFAULT)),
        ("guardrails.prompt_attack.input.enabled", (True, HOUSE)),
        ("guardrails.pii.input.sensitivity", ("L2", f"{HOUSE}: sensitivity")),
        ("guardrails.pii.input.action", ("redact", HOUSE)),
        ("guardrails.pii.output.action", ("block", "policy")),
        ("guardrails.pii.output.reason", ("leaks", "policy")),
        ("guardrails.custom/competitors.output.words", (["Acme", "Globex"], HOUSE)),
        ("gates.limited.window", ("2w", HOUSE)),
        ("gates.limited.records", (1500, "governance")),
        ("gates.limited.reviewed", (150, "policy")),
    ],
)
def test_every_value_names_its_origin(name, expected):
    effective = only(
        {"detector": "pii", "direction": "output", "action": "block", "reason": "leaks"},
        thresholds={"owner": "security"},
        gates={"limited": {"reviewed": 150}},
        floors={"limited": {"records": 1500}},
    )

    assert value(effective, name) == expected


def test_a_dial_from_the_policy_is_the_origin_of_the_guardrails_it_moves():
    effective = resolved(sensitivity="L3")

    assert value(effective, "guardrails.pii.input.sensitivity") == ("L3", "policy: sensitivity")


def test_a_value_that_the_policy_does_not_name_keeps_the_origin_of_the_baseline():
    effective = only({"detector": "prompt_attack", "sensitivity": "L4"})

    assert value(effective, "guardrails.prompt_attack.input.enabled")[1] == HOUSE


def test_a_value_is_listed_once():
    names = [item.name for item in only(PII, floors={"limited": {"records": 5000}}).values]

    assert len(names) == len(set(names))
    assert Value(name="owner", value="crm", origin="policy") in resolved().values


# Weakenings

WEAKENINGS = [
    ("sensitivity", "L2", "L1", {"sensitivity": "L1"}),
    ("gates.limited.window", "2w", "13d", {"gates": {"limited": {"window": "13d"}}}),
    ("gates.limited.records", "1000", "10", {"gates": {"limited": {"records": 10}}}),
    ("gates.limited.reviewed", "100", "10", {"gates": {"limited": {"reviewed": 10}}}),
    (
        "gates.limited.false_positives",
        "5%",
        "6%",
        {"gates": {"limited": {"false_positives": "6%"}}},
    ),
    ("gates.enforce.confidence", "95%", "90%", {"gates": {"enforce": {"confidence": "90%"}}}),
    (
        "gates.enforce.inference",
        "anytime",
        "fixed",
        {"gates": {"enforce": {"inference": "fixed"}}},
    ),
]
ITEM_WEAKENINGS = [
    ("prompt_attack.input.enabled", "true", "false", ATTACK | {"enabled": False}),
    ("prompt_attack.input.sensitivity", "L3", "L2", ATTACK | {"sensitivity": "L2"}),
    ("unknown_links.output.action", "block", "redact", LINKS | {"action": "redact"}),
    ("custom/competitors.output.words", "1 more", "left out", CUSTOM | {"words": ["Acme"]}),
    ("custom/competitors.output.regex", "2 more", "left out", CUSTOM | {"regex": ["x"]}),
    (
        "custom/competitors.output.topics",
        "1 more",
        "left out",
        CUSTOM | {"topics": [{"name": "rivals", "definition": "nobody"}]},
    ),
    (
        "unknown_links.output.allowed_domains",
        "not allowed",
        "a.org, b.org",
        LINKS | {"allowed_domains": ["a.org", "example.com", "b.org"]},
    ),
    (
        "pii/email.input.enabled",
        "true",
        "false",
        {"detector": "pii/email", "direction": "input", "enabled": False, "action": "redact"},
    ),
    (
        "pii/email/work.output.sensitivity",
        "L2",
        "L1",
        {"detector": "pii/email/work", "direction": "output", "sensitivity": "L1"},
    ),
    (
        "prompt_attack/jailguard.input.sensitivity",
        "L3",
        "L2",
        {"detector": "prompt_attack/jailguard", "direction": "input"},
    ),
    (
        "custom/competitors/shops.output.action",
        "block",
        "redact",
        {"detector": "custom/competitors/shops", "direction": "output", "action": "redact"},
    ),
]


@pytest.mark.parametrize(("name", "before", "after", "own"), WEAKENINGS)
@pytest.mark.parametrize("reason", ["", "little traffic"])
def test_a_weaker_value_is_named_with_its_reason(name, before, after, own, reason):
    reasons = {"reasons": {name: reason}} if reason else {}

    assert resolved(**own, **reasons).weakenings == (
        Weakening(name=name, baseline=before, policy=after, reason=reason),
    )


def test_one_reason_may_stand_for_a_whole_gate():
    effective = resolved(
        gates={"limited": {"records": 10, "reviewed": 10}},
        reasons={"gates.limited": "little traffic", "gates.limited.reviewed": "few people"},
    )

    assert [item.reason for item in effective.weakenings] == ["little traffic", "few people"]


@pytest.mark.parametrize(("name", "before", "after", "item"), ITEM_WEAKENINGS)
@pytest.mark.parametrize("reason", ["", "too many false positives"])
def test_a_weaker_guardrail_is_named_with_its_reason(name, before, after, item, reason):
    expected = Weakening(name=f"guardrails.{name}", baseline=before, policy=after, reason=reason)
    in_item = only(item | ({"reason": reason} if reason else {}))
    apart = only(item, reasons={f"guardrails.{item['detector']}": reason})

    assert in_item.weakenings == (expected,)
    assert apart.weakenings == (expected,)


@pytest.mark.parametrize(
    "own",
    [
        {"sensitivity": "L2"},
        {"sensitivity": "L4"},
        {"gates": {"limited": {"records": 1000, "false_positives": "5%", "window": "14d"}}},
        {"gates": {"enforce": {"records": 1}}},
        {"guardrails": [ATTACK, PII, LINKS, CUSTOM]},
        {"guardrails": [ATTACK | {"sensitivity": "L4"}]},
        {"guardrails": [PII | {"action": "block"}]},
        {"guardrails": [{"detector": "custom/competitors", "enabled": True}]},
        {"guardrails": [CUSTOM | {"words": ["Acme", "Globex", "Initech"]}]},
        {"guardrails": [{"detector": "pii/email"}]},
        {"guardrails": [{"detector": "secrets", "enabled": False}]},
        {"guardrails": [{"detector": "custom", "enabled": False}]},
        {"guardrails": [{"detector": "prompt_attack", "direction": "output", "enabled": False}]},
    ],
)
def test_a_value_that_is_as_strict_is_no_weakening(own):
    assert resolved(**own).weakenings == ()


def test_domains_are_let_through_where_the_baseline_lets_none():
    base = with_item(BASE, "prompt_attack") | {
        "guardrails": [{"detector": "unknown_links", "direction": "output"}]
    }
    effective = resolved(base, guardrails=[LINKS])

    assert [item.name for item in effective.weakenings] == [
        "guardrails.unknown_links.output.allowed_domains"
    ]


def test_what_the_baseline_switched_off_cannot_be_weakened():
    base = with_item(BASE, "prompt_attack", enabled=False)
    effective = resolved(base, guardrails=[ATTACK | {"enabled": True, "sensitivity": "L1"}])

    assert effective.weakenings == ()


# What is absent


@pytest.mark.parametrize(
    ("own", "base", "absent"),
    [
        ({}, BASE, ()),
        ({}, None, ("sensitivity", "guardrails")),
        ({"sensitivity": "L1"}, None, ("guardrails",)),
        ({"guardrails": [PII]}, None, ("sensitivity",)),
        ({"guardrails": []}, BASE | {"guardrails": []}, ("guardrails",)),
        ({"guardrails": [PII]}, BASE | {"guardrails": []}, ()),
    ],
)
def test_what_every_policy_needs_must_stand_somewhere(own, base, absent):
    assert missing(OWN | own, base) == absent


def test_a_policy_without_a_dial_is_a_key_error():
    with pytest.raises(KeyError, match="sensitivity"):
        resolved(None, guardrails=[PII])


def test_a_policy_without_guardrails_is_a_key_error():
    with pytest.raises(KeyError, match="guardrails"):
        resolved(None, sensitivity="L1")


# Laws

NAMES = ("pii", "pii/email", "pii/email/work", "secrets")
LEVELS = st.sampled_from(("L1", "L2", "L3", "L4"))
items = st.fixed_dictionaries(
    {"detector": st.sampled_from(NAMES)},
    optional={
        "direction": st.sampled_from(("input", "output")),
        "sensitivity": LEVELS,
        "action": st.sampled_from(("block", "redact")),
        "enabled": st.sampled_from((True, True, False)),
    },
)


def distinct(found):
    """The items that speak of no detector and direction of which an earlier one does."""
    kept, seen = [], set()
    for item in found:
        spoken = {(item["detector"], side) for side in (item.get("direction"), "input", "output")
                  if side and item.get("direction") in (None, side)}  # fmt: skip
        if not spoken & seen:
            kept.append(item)
            seen |= spoken
    return kept


lists = st.lists(items, min_size=1, max_size=6).map(distinct)
gates = st.dictionaries(
    st.sampled_from(("limited", "enforce")),
    st.fixed_dictionaries(
        {},
        optional={
            "window": st.sampled_from(("36h", "14d", "2w", "4w")),
            "records": st.integers(1, 5000),
            "false_positives": st.sampled_from(("0.5%", "2%", "5%")),
            "confidence": st.sampled_from(("90%", "95%", "99%")),
            "inference": st.sampled_from(("anytime", "fixed")),
            "promote": st.sampled_from(("all", "subset")),
        },
    ),
)
bases = st.builds(
    lambda sensitivity, guardrails, gates: (
        BASE | {"sensitivity": sensitivity, "guardrails": guardrails, "gates": gates}
    ),
    LEVELS,
    lists,
    gates,
)
owns = st.fixed_dictionaries(
    {}, optional={"sensitivity": LEVELS, "guardrails": lists, "gates": gates}
)


def expanded(base):
    """What a baseline's guardrails are on their own, by detector and direction."""
    return {
        (item["detector"], direction): (
            item.get("action", "block"),
            item.get("sensitivity", base["sensitivity"]),
            item.get("enabled", True),
        )
        for item in base["guardrails"]
        for direction in ([item["direction"]] if "direction" in item else ["input", "output"])
    }


@given(bases)
def test_a_policy_that_writes_nothing_has_any_baselines_guardrails(base):
    assert settings_of(resolved(base)) == expanded(base)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_policy_that_writes_nothing_has_the_shipped_baselines_guardrails(file):
    base = yaml.safe_load(file.read_text(encoding="utf-8"))
    effective = resolved(base)

    assert settings_of(effective) == expanded(base)
    assert effective.weakenings == ()
    assert {item.origin for item in effective.values if item.name.startswith("gates.")} == {
        f"baseline {base['id']}@{base['version']}"
    }


@given(bases, owns, gates)
def test_resolving_changes_nothing_that_it_was_given(base, own, floors):
    given_values = OWN | own, base, floors
    before = deepcopy(given_values)

    resolve(*given_values)

    assert given_values == before


@given(bases, owns, gates)
def test_a_written_gate_is_never_below_its_floor_nor_lowered_by_it(base, own, floors):
    free = {item.name: item.value for item in resolved(base, **own).values}
    bound = {item.name: item.value for item in resolved(base, floors, **own).values}

    for name, written in free.items():
        _, stage, key = name.split(".") if name.startswith("gates.") else ("", "", "")
        if key:
            strictness = GATE_STRICTNESS[key]
            asked = [written, floors.get(stage, {}).get(key, written)]
            assert strictness(bound[name]) == max(strictness(value) for value in asked)


@given(bases, owns, st.randoms(use_true_random=False))
def test_the_order_of_guardrails_means_nothing(base, own, random):
    def mixed(document):
        items = document.get("guardrails", [])
        return document | {"guardrails": random.sample(items, len(items))}

    one, other = resolved(base, **own), resolved(mixed(base), **mixed(own))

    assert settings_of(one) == settings_of(other)
    assert set(one.weakenings) == set(other.weakenings)


@given(
    bases,
    owns,
    st.sampled_from(NAMES),
    st.sampled_from(Direction),
    st.sampled_from(Level),
)
@settings(max_examples=500)
def test_a_policy_that_lets_more_through_than_its_baseline_has_a_weakening(
    base, own, detector, direction, level
):
    detection = Detection(
        detector=detector,
        direction=direction,
        level=level,
        app="chat",
        time=datetime(2026, 11, 1, tzinfo=UTC),
    )
    strength = {Verdict.REDACT: 1, Verdict.BLOCK: 2}
    ours = resolved(base, stage="enforce", **own)
    theirs = resolved(base, stage="enforce")

    weaker = strength.get(decide(ours.policy, detection).verdict, 0) < strength.get(
        decide(theirs.policy, detection).verdict, 0
    )

    assert ours.weakenings or not weaker
