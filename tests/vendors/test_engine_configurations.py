"""What is exported is what the vendors' own code takes, whole."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from policyctl.adapters.engine_files import read_configurations, written_bytes
from policyctl.adapters.resources import shipped_names
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.engines.exporting import exported
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, Topic
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.errors import PolicyctlError, RefusedError
from policyctl.usecases.import_configuration import ImportWish, import_configuration

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FROM = Provenance(policy="support-assistant", entry=3, digest="ab" * 32)
BASELINES = [name.removesuffix(".yaml") for name in shipped_names("baselines")]
SCRIPT = Path(__file__).with_name("ask_engines.py")
ENVIRONMENTS = {
    "azure": (
        (
            *("azure-mgmt-cognitiveservices==14.1.0", "google-cloud-modelarmor==0.7.3"),
            *("botocore==1.44.5", "cfn-lint==1.58.0"),
        ),
    ),
    "nemo": (("nemoguardrails==0.24.1",),),
    "openai-guardrails": (("openai-guardrails==0.3.6",),),
}
ENVIRONMENTS |= dict.fromkeys(("bedrock", "bedrock-api", "model-armor"), ENVIRONMENTS["azure"])
OWN = (
    Guardrail(
        detector="custom/competitors",
        direction=Direction.INPUT,
        action=Action.BLOCK,
        sensitivity=Sensitivity.L2,
        words=("Acme", "C++ (Ltd.)"),
        regex=("[A-Z]{2}-[0-9]+",),
    ),
    Guardrail(
        detector="topic/medicine",
        direction=Direction.INPUT,
        action=Action.BLOCK,
        sensitivity=Sensitivity.L2,
        topics=(Topic(name="Medicine", definition="Advice on doses.", examples=("How much?",)),),
    ),
)


@pytest.fixture
def configurations(from_baseline, tmp_path):
    """Writes every baseline at every stage for an engine; documents by the name of their file."""

    def make(target):
        found = {}
        for baseline in BASELINES:
            for stage in Stage:
                policy = from_baseline(baseline, stage, Limited(guardrails=("prompt_attack",)))
                for own in ((), OWN):
                    more = replace(policy, guardrails=(*policy.guardrails, *own))
                    try:
                        written = exported(more, TARGETS[target], FROM, NOW)
                    except RefusedError:
                        continue
                    for item in written.documents:
                        name = f"{baseline}.{stage.value}.{len(own)}.{item.name}"
                        (tmp_path / name).write_bytes(written_bytes(item))
                        found[name] = item.data
        assert found
        return found

    return make


@pytest.fixture
def asked(environments, tmp_path):
    """What an engine's own code says of each file."""

    def ask(target, question):
        python = environments.python(*ENVIRONMENTS[target])
        return environments.ask(python, SCRIPT, question, tmp_path)

    return ask


def test_azures_library_keeps_all_of_a_policy_and_knows_all_of_its_words(configurations, asked):
    made = configurations("azure")
    said, words = asked("azure", "azure"), asked("azure", "azure_words")

    assert said == made
    known = next(iter(words.values()))
    for data in made.values():
        properties = data["properties"]
        assert properties["mode"] in known["RaiPolicyMode"]
        for item in properties["contentFilters"]:
            assert item["source"] in known["RaiPolicyContentSource"]
            assert item.get("severityThreshold", "Low") in known["ContentLevel"]


def test_googles_types_take_every_template_whole(configurations, asked):
    made = configurations("model-armor")

    assert asked("model-armor", "model_armor") == made


def test_cfn_lint_finds_nothing_in_any_template(configurations, asked):
    made = configurations("bedrock")

    assert asked("bedrock", "cloudformation") == {name: [] for name in made}


def test_the_services_model_takes_every_request(configurations, asked):
    made = configurations("bedrock-api")

    said = asked("bedrock-api", "bedrock_api")

    assert said == {name: {"report": "", "limits": []} for name in made}


def test_what_the_service_answers_is_no_drift(configurations, asked):
    made = configurations("bedrock-api")
    said = asked("bedrock-api", "got_guardrail")

    for name, data in made.items():
        ours, theirs = (
            TARGETS["bedrock-api"].read([Raw(name, it)])[0] for it in (data, said[name])
        )
        assert theirs.settings == ours.settings
        assert theirs.unread == ()


def test_nemo_has_the_rails_that_were_written_and_blocks(configurations, asked, tmp_path):
    made = configurations("nemo")
    (tmp_path / "words").write_text(
        "rails:\n  input: {flows: [regex check input]}\n"
        "  config: {regex_detection: {input: {patterns: [acme]}}}\n"
    )

    said = asked("nemo", "nemo")

    assert said.pop("words")["check"] == {
        "the offer of acme": "blocked",
        "something else": "passed",
    }
    assert said.keys() == made.keys()
    for name, data in made.items():
        rails = data["rails"]
        for side in ("input", "output"):
            assert said[name][side] == rails.get(side, {}).get("flows", []), name
        assert said[name]["prompts"] == [item["task"] for item in data.get("prompts", [])]
        told = rails.get("config", {}).get("sensitive_data_detection", {})
        found = said[name]["entities"]
        assert {side: item for side, item in found.items() if item} == {
            side: item["entities"] for side, item in told.items()
        }


def test_openais_loader_makes_every_check_that_was_written(configurations, asked):
    made = configurations("openai-guardrails")
    said = asked("openai-guardrails", "openai_guardrails")

    for name, data in made.items():
        stages = [data[stage] for stage in ("pre_flight", "input", "output") if stage in data]
        written = [[check["name"] for check in stage["guardrails"]] for stage in stages]
        assert [*said[name].values()] == written, name


@pytest.mark.parametrize(
    ("target", "question", "content"),
    [
        ("bedrock-api", "bedrock_api", {"nom": "x"}),
        ("model-armor", "model_armor", {"filterConfig": {"raiSettings": {"raiFilter": []}}}),
        ("nemo", "nemo", {"rails": {"input": {"flows": ["no such flow"]}}}),
        (
            "openai-guardrails",
            "openai_guardrails",
            {"input": {"guardrails": [{"name": "Jailbrake", "config": {}}]}},
        ),
    ],
)
def test_the_vendors_code_would_notice(target, question, content, asked, tmp_path):
    (tmp_path / "wrong").write_text(json.dumps(content))

    assert "refused" in asked(target, question)["wrong"]


REAL = Path(os.environ.get("POLICYCTL_REAL_CONFIGS", "/nowhere"))
REEXPORTED = {
    "bedrock": ("bedrock", "cloudformation", []),
    "model-armor": ("model_armor", "model_armor", None),
    "nemo": ("nemo", "nemo", None),
    "openai-guardrails": ("openai_guardrails", "openai_guardrails", None),
}


@pytest.mark.parametrize("target", REEXPORTED)
def test_what_real_configurations_become_is_taken_when_it_is_exported_again(
    target, asked, tmp_path
):
    folder, question, wanted = REEXPORTED[target]
    files = sorted((REAL / folder).glob("*"))
    if not files:
        pytest.skip("POLICYCTL_REAL_CONFIGS names no folder of them")
    made = 0
    for number, file in enumerate(files):
        try:
            done = import_configuration(
                read_configurations([str(file)]),
                TARGETS[target],
                ImportWish(owner="ann", use_case="any", data_sensitivity="internal", id="real"),
                schema="policy.v1.json",
                documents=YamlDocuments(),
                governance=WorkingGovernance(None),
            )
        except PolicyctlError:
            continue
        policy = replace(done.policy, stage=done.stage)
        for item in exported(policy, TARGETS[target], FROM, NOW).documents:
            (tmp_path / f"{number}.{item.name}").write_bytes(written_bytes(item))
            made += 1

    said = asked(target, question)

    assert len(said) == made > 0
    for name, answer in said.items():
        assert answer == wanted if wanted is not None else "refused" not in answer, name
