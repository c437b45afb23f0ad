"""The shipped baselines: valid, explained line by line, and consistent with docs/baselines.md."""

import json
import math
import re
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry, Resource
from ruamel.yaml import YAML

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.adapters.resources import shipped
from policyctl.core.catalogue import problem
from policyctl.core.detectors import detector
from policyctl.core.effective import resolve
from policyctl.core.items import GATE_STRICTNESS
from policyctl.core.quantities import share
from policyctl.core.sides import Action, Direction
from policyctl.core.statistics import log_e_value

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "schemas"
FILES = sorted((ROOT / "baselines").glob("*.yaml"))
NAMES = [
    "content-safety@1",
    "default@1",
    "internal-facing@1",
    "prompt-defense@1",
    "public-facing@1",
]
FRAMEWORKS = ["owasp-agentic-2026", "owasp-llm-2026", "nist-ai-rmf-1.0", "nist-csf-2.0"]
FIRST_LINE = "# yaml-language-server: $schema=../schemas/baseline.v1.json"
COMMENTED = re.compile(r"  (- \{|limited:|enforce:|review_every:|(owasp|nist)-)")
LEFT_OUT = {"stage", "owner", "exceptions", "extends", "purpose", "applies_to", "reasons"}


def load(file):
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


def baseline(name):
    return load(ROOT / "baselines" / f"{name}@1.yaml")


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request):
    return request.param


@pytest.fixture
def data(file):
    return load(file)


def test_the_five_are_there_and_are_the_ones_that_ship():
    assert [file.stem for file in FILES] == NAMES
    packaged = {item.name for item in shipped("baselines").iterdir() if item.name.endswith(".yaml")}
    assert packaged == {f"{name}.yaml" for name in NAMES}


def test_a_baseline_fits_its_schema(data):
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.v1.json")]
    names = [path.name for path in SCHEMAS.glob("*.v1.json")]
    registry = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in zip(names, schemas, strict=True)
    )
    schema = schemas[names.index("baseline.v1.json")]

    jsonschema.Draft202012Validator(schema, registry=registry).validate(data)


def test_the_file_name_is_the_id_and_version(file, data):
    assert file.name == f"{data['id']}@{data['version']}.yaml"


def test_the_first_line_shows_an_editor_the_schema(file):
    assert file.read_text(encoding="utf-8").splitlines()[0] == FIRST_LINE


def test_people_stage_and_exceptions_are_left_to_the_organisation(data):
    assert not LEFT_OUT & set(data)
    assert set(data["thresholds"]) == {"review_every"}
    assert not any("notify" in trigger for trigger in data["escalation"])


def test_every_line_that_somebody_may_question_is_preceded_by_its_reason(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if COMMENTED.match(line):
            above = lines[number - 1]
            assert above.startswith("  # "), f"{file.name}:{number + 1} has no reason"


def test_every_guardrail_gate_and_control_is_a_line_that_the_reasons_are_checked_on(file, data):
    lines = file.read_text(encoding="utf-8").splitlines()
    expected = len(data["guardrails"]) + len(data["gates"]) + len(data["escalation"])
    expected += len(data["thresholds"]) + len(data["controls"])

    assert sum(bool(COMMENTED.match(line)) for line in lines) == expected


def test_reasons_are_not_repeated_within_a_file(file):
    text = file.read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^  # .*\n)+", text, flags=re.MULTILINE)

    assert len(blocks) == len(set(blocks))


def test_a_guardrail_is_complete_and_possible_for_its_detector(data):
    for item in data["guardrails"]:
        found = detector(item["detector"])

        assert found is not None, item
        assert found.name == item["detector"], item
        assert Direction(item["direction"]) in found.directions, item
        assert Action(item["action"]) in found.actions, item
        assert "sensitivity" in item, item


def test_no_guardrail_stands_twice(data):
    keys = [(item["detector"], item["direction"]) for item in data["guardrails"]]

    assert len(keys) == len(set(keys))


def test_attacks_and_secrets_are_blocked_and_personal_data_mostly_redacted(data):
    for item in data["guardrails"]:
        if item["detector"] in ("prompt_attack", "secrets"):
            assert item["action"] == "block"
        elif item["detector"].startswith("pii/") and item["action"] == "block":
            assert (data["id"], item["direction"]) == ("default", "output")


def test_every_control_exists_in_its_catalogue(data):
    assert list(data["controls"]) == FRAMEWORKS
    for framework, controls in data["controls"].items():
        for control in controls:
            assert problem(shipped_catalogues(), framework, control) is None


def test_every_control_is_explained_in_the_comment_above_it(file, data):
    text = file.read_text(encoding="utf-8")
    comments = text[text.index("\ncontrols:") :]
    for framework, controls in data["controls"].items():
        comment = comments.split(f"\n  {framework}:")[0].rpartition("[")[2]
        for control in controls:
            number = control.rpartition(" ")[2]
            assert re.search(rf"\b{re.escape(number)}\b", comment), (framework, control)


def test_each_kind_of_escalation_is_shown(data):
    assert {trigger["do"] for trigger in data["escalation"]} == {
        "tighten",
        "add-guardrail",
        "step-back",
        "notify",
    }


def test_a_trigger_watches_what_the_baseline_guards(data):
    guarded = {item["detector"] for item in data["guardrails"]}
    for trigger in data["escalation"]:
        watched = re.search(r" of (\S+) ", trigger["when"])
        if watched:
            assert any(
                name == watched[1] or name.startswith(f"{watched[1]}/") for name in guarded
            ), trigger


@pytest.mark.parametrize("stage", ["limited", "enforce"])
def test_the_gates_of_default_are_the_strictest(data, stage):
    strictest = baseline("default")["gates"][stage]
    for name, value in data["gates"][stage].items():
        assert GATE_STRICTNESS[name](strictest[name]) >= GATE_STRICTNESS[name](value), name


def test_enforcement_needs_more_evidence_than_a_limited_start(data):
    limited, enforce = data["gates"]["limited"], data["gates"]["enforce"]

    stated = {"window", "records", "reviewed", "false_positives", "confidence", "inference"}
    assert set(limited) == set(enforce) == stated
    for name in ("window", "records", "reviewed", "false_positives"):
        assert GATE_STRICTNESS[name](enforce[name]) > GATE_STRICTNESS[name](limited[name]), name


@pytest.mark.parametrize(
    ("name", "stage", "plans"),
    [
        ("default", "limited", {300: 0, 429: 1}),
        ("default", "enforce", {600: 0, 862: 1}),
        ("public-facing", "limited", {175: 2}),
        ("public-facing", "enforce", {330: 1, 440: 2}),
        ("internal-facing", "limited", {131: 1}),
        ("internal-facing", "enforce", {220: 1, 292: 2}),
        ("prompt-defense", "limited", {74: 0, 131: 1}),
        ("prompt-defense", "enforce", {125: 0, 220: 1}),
        ("content-safety", "limited", {174: 2}),
        ("content-safety", "enforce", {292: 2, 358: 3}),
    ],
)
def test_the_numbers_of_reviews_in_the_reasons_are_true(name, stage, plans):
    gate = baseline(name)["gates"][stage]
    text = (ROOT / "baselines" / f"{name}@1.yaml").read_text(encoding="utf-8")
    reason = re.search(rf"((?:^  # .*\n)+)  {stage}:", text, flags=re.MULTILINE)
    error = 1 - share(gate["confidence"])

    assert reason is not None
    assert gate["reviewed"] == min(plans)
    for reviewed, false_positives in plans.items():
        assert str(reviewed) in reason[1]
        bound = log_e_value(false_positives, reviewed, float(share(gate["false_positives"])))
        assert bound >= -math.log(error), (reviewed, false_positives)


def test_default_stands_at_l4_for_most(data):
    levels = [item["sensitivity"] for item in baseline("default")["guardrails"]]

    assert baseline("default")["sensitivity"] == "L4"
    assert levels.count("L4") > len(levels) / 2
    assert len(data["guardrails"]) <= len(levels)


def test_internal_facing_stays_at_the_two_mildest_levels():
    levels = {item["sensitivity"] for item in baseline("internal-facing")["guardrails"]}

    assert levels == {"L1", "L2"}


def test_prompt_defense_guards_prompts_only():
    assert {item["detector"] for item in baseline("prompt-defense")["guardrails"]} == {
        "prompt_attack"
    }


def test_each_baseline_is_for_a_use_case_of_its_own():
    use_cases = [load(file)["use_case"] for file in FILES]

    assert len(use_cases) == len(set(use_cases))


def test_a_policy_that_adds_nothing_is_complete(data):
    own = {
        "id": "p",
        "name": "P",
        "purpose": "Shows that a baseline is enough.",
        "owner": "team",
        "stage": "logging",
        "extends": f"{data['id']}@{data['version']}",
    }

    effective = resolve(own, data)

    assert len(effective.policy.guardrails) == len(data["guardrails"])
    assert effective.weakenings == ()


def test_the_table_in_the_documentation_says_what_the_files_say(data):
    rows = table((ROOT / "docs" / "baselines.md").read_text(encoding="utf-8"))
    column = rows[""].index(data["id"])
    levels = {
        (item["detector"], item["direction"]): item["sensitivity"][1] for item in data["guardrails"]
    }
    for label, cells in rows.items():
        name = re.match(r"`([a-z_/]+)`", label)
        if name and detector(name[1]):
            shown = [levels.get((name[1], side), "-") for side in ("input", "output")]
            expected = "-" if shown == ["-", "-"] else " / ".join(shown)
            assert cells[column].split(" (")[0] == expected, label
    assert rows["use case"][column] == f"`{data['use_case']}`"
    assert rows["data"][column] == data["data_sensitivity"]
    assert rows["dial"][column] == data["sensitivity"]
    assert rows["review"][column] == data["thresholds"]["review_every"]
    for stage, gate in data["gates"].items():
        text = f"{gate['window']}, {gate['reviewed']} reviewed, {gate['false_positives']} at "
        assert rows[f"gate to `{stage}`"][column] == text + gate["confidence"]
    for framework in FRAMEWORKS[:2]:
        assert rows[f"`{framework}`"][column] == ", ".join(data["controls"][framework])


def table(text):
    """The rows of the big table, by their first cell."""
    found = {}
    for line in text[text.index("## What they hold") :].splitlines():
        if line.startswith("|") and not line.startswith("| ---"):
            first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            found[first] = cells
    return found
