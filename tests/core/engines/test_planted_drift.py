"""Ten changes of each engine's configuration: drift has a direction, and noise is no drift."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Topic
from policyctl.core.sides import Action, Direction
from policyctl.usecases.approved import Approved
from policyctl.usecases.drift import drift
from policyctl.usecases.export import export

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TIGHTER, LOOSER, UNKNOWN = Effect.TIGHTER, Effect.LOOSER, Effect.UNKNOWN
NOTHING = None


def guardrail(detector, direction=Direction.INPUT, action=Action.BLOCK, **content):
    return Guardrail(
        detector=detector,
        direction=direction,
        action=action,
        sensitivity=Sensitivity.L2,
        **content,
    )


GUARDRAILS = (
    guardrail("prompt_attack"),
    guardrail("moderated_content/hate"),
    guardrail("moderated_content/hate", Direction.OUTPUT),
    guardrail("moderated_content/sexual"),
    guardrail("pii/credit_card", action=Action.REDACT),
    guardrail("pii/us_social_security_number", action=Action.REDACT),
    guardrail("secrets", regex=("tok_[0-9]{8}",)),
    guardrail("unknown_links", Direction.OUTPUT, allowed_domains=("example.org",)),
    guardrail("custom/competitors", words=("Acme", "Globex")),
    guardrail("topic/medicine", topics=(Topic(name="Medicine", definition="Advice on doses."),)),
)


def named(items, key, value):
    """The item of a list that has this value."""
    return next(item for item in items if item[key] == value)


def azure(name):
    def filters(files):
        return files["support-assistant.rai-policy.json"]["properties"]["contentFilters"]

    def hate(files):
        return next(i for i in filters(files) if (i["name"], i["source"]) == ("Hate", "Prompt"))

    return {
        "weakened": (lambda files: hate(files).update(severityThreshold="High"), LOOSER),
        "tightened": (lambda files: hate(files).update(severityThreshold="Low"), TIGHTER),
        "disabled": (lambda files: hate(files).update(enabled=False), LOOSER),
        "observes": (lambda files: hate(files).update(blocking=False), LOOSER),
        "removed": (lambda files: filters(files).remove(hate(files)), LOOSER),
        "added": (
            lambda files: filters(files).append(
                {"name": "Violence", "severityThreshold": "Low", "source": "Prompt"}
            ),
            TIGHTER,
        ),
        "foreign": (
            lambda files: filters(files).append({"name": "Spotlighting", "source": "Prompt"}),
            UNKNOWN,
        ),
        "misspelt": (lambda files: hate(files).update(severityThreshold="Highest"), LOOSER),
        "reordered": (lambda files: filters(files).reverse(), NOTHING),
        "vendor's": (
            lambda files: files["support-assistant.rai-policy.json"].update(etag="1", id="x"),
            NOTHING,
        ),
    }[name]


def litellm(name):
    def whole(files):
        return files["support-assistant.litellm.yaml"]

    def params(files, detector="prompt_attack", side="input"):
        called = f"{detector}@support-assistant.{side}"
        return named(whole(files)["guardrails"], "guardrail_name", called)["litellm_params"]

    def hate(files):
        return params(files, "moderated_content/hate")["categories"]

    def policy(files):
        return whole(files)["policies"]["support-assistant"]

    return {
        "weakened": (
            lambda files: [i.update(severity_threshold="high") for i in hate(files)],
            LOOSER,
        ),
        "tightened": (
            lambda files: [i.update(severity_threshold="low") for i in hate(files)],
            TIGHTER,
        ),
        "disabled": (
            lambda files: policy(files)["guardrails"].update(
                remove=["prompt_attack@support-assistant.input"]
            ),
            LOOSER,
        ),
        "observes": (
            lambda files: params(files).update(mode="logging_only", logging_only_scope="input"),
            LOOSER,
        ),
        "removed": (lambda files: whole(files)["policies"].pop("support-assistant"), LOOSER),
        "added": (
            lambda files: whole(files)["guardrails"].append(
                {
                    "guardrail_name": "more",
                    "litellm_params": {
                        "guardrail": "hide-secrets",
                        "mode": "post_call",
                        "default_on": True,
                    },
                }
            ),
            TIGHTER,
        ),
        "foreign": (lambda files: policy(files).update(condition={"model": "x"}), UNKNOWN),
        "misspelt": (lambda files: params(files).update(mode="pre-call"), LOOSER),
        "reordered": (lambda files: whole(files)["guardrails"].reverse(), NOTHING),
        "vendor's": (lambda files: whole(files).update(model_list=[{"model_name": "x"}]), NOTHING),
    }[name]


def model_armor(name):
    def template(files, side="input"):
        return files[f"support-assistant.{side}.model-armor.json"]

    def filters(files):
        return template(files)["filterConfig"]["raiSettings"]["raiFilters"]

    def hate(files):
        return named(filters(files), "filterType", "HATE_SPEECH")

    return {
        "weakened": (lambda files: hate(files).update(confidenceLevel="HIGH"), LOOSER),
        "tightened": (lambda files: hate(files).update(confidenceLevel="LOW_AND_ABOVE"), TIGHTER),
        "disabled": (
            lambda files: template(files)["filterConfig"]["piAndJailbreakFilterSettings"].update(
                filterEnforcement="DISABLED"
            ),
            LOOSER,
        ),
        "observes": (
            lambda files: template(files)["templateMetadata"].update(
                enforcementType="INSPECT_ONLY"
            ),
            LOOSER,
        ),
        "removed": (lambda files: filters(files).remove(hate(files)), LOOSER),
        "added": (
            lambda files: filters(files).append(
                {"filterType": "HARASSMENT", "confidenceLevel": "HIGH"}
            ),
            TIGHTER,
        ),
        "foreign": (
            lambda files: template(files)["filterConfig"].update(
                sdpSettings={"advancedConfig": {"inspectTemplate": "projects/p/x"}}
            ),
            LOOSER,
        ),
        "misspelt": (lambda files: hate(files).update(confidenceLevel="HIGHEST"), LOOSER),
        "reordered": (lambda files: filters(files).reverse(), NOTHING),
        "vendor's": (
            lambda files: template(files)["templateMetadata"].update(dataResidencyCompliant=True),
            NOTHING,
        ),
    }[name]


def lakera(name):
    def policy(files):
        return files["support-assistant.lakera-policy.json"]

    def hate(files):
        return named(policy(files)["input_detectors"], "type", "moderated_content/hate")

    return {
        "weakened": (lambda files: hate(files).update(threshold="l1_confident"), LOOSER),
        "tightened": (lambda files: hate(files).update(threshold="l4_less_likely"), TIGHTER),
        "disabled": (lambda files: policy(files)["input_detectors"].remove(hate(files)), LOOSER),
        "observes": (
            lambda files: files["support-assistant.lakera-project.json"].update(action="detect"),
            LOOSER,
        ),
        "removed": (lambda files: policy(files).pop("input_detectors"), LOOSER),
        "added": (
            lambda files: policy(files)["input_detectors"].append(
                {"type": "moderated_content/crime", "threshold": "l1_confident"}
            ),
            TIGHTER,
        ),
        "foreign": (lambda files: policy(files).update(custom_guardrail_ids=["x"]), UNKNOWN),
        "misspelt": (lambda files: hate(files).update(threshold="l9"), LOOSER),
        "reordered": (lambda files: policy(files)["input_detectors"].reverse(), NOTHING),
        "vendor's": (lambda files: policy(files).update(version=7, updated_at="x"), NOTHING),
    }[name]


def nemo(name):
    def rails(files):
        return files["support-assistant.nemo.yml"]["rails"]

    def personal(files):
        return rails(files)["config"]["sensitive_data_detection"]["input"]

    def flows(files):
        return rails(files)["input"]["flows"]

    def prompt(files):
        return files["support-assistant.nemo.yml"]["prompts"][0]

    return {
        "weakened": (lambda files: personal(files).update(score_threshold=0.8), LOOSER),
        "tightened": (lambda files: personal(files).update(score_threshold=0.2), TIGHTER),
        "disabled": (lambda files: flows(files).remove("regex check input"), LOOSER),
        "observes": (lambda files: personal(files).update(entities=[]), LOOSER),
        "removed": (lambda files: rails(files).pop("output"), LOOSER),
        "added": (lambda files: personal(files)["entities"].append("PERSON"), TIGHTER),
        "foreign": (lambda files: flows(files).append("my own flow"), UNKNOWN),
        "misspelt": (
            lambda files: prompt(files).update(content="Is it nice? {{ user_input }}"),
            LOOSER,
        ),
        "reordered": (lambda files: flows(files).reverse(), NOTHING),
        "vendor's": (lambda files: rails(files)["config"].update(privateai={"x": 1}), NOTHING),
    }[name]


def openai_guardrails(name):
    def stage(files, name="input"):
        return files["support-assistant.openai-guardrails.json"][name]["guardrails"]

    def check(files, name):
        return named(stage(files), "name", name)["config"]

    return {
        "weakened": (
            lambda files: check(files, "Jailbreak").update(confidence_threshold=0.95),
            LOOSER,
        ),
        "tightened": (
            lambda files: check(files, "Jailbreak").update(confidence_threshold=0.2),
            TIGHTER,
        ),
        "disabled": (
            lambda files: stage(files).remove(named(stage(files), "name", "Jailbreak")),
            LOOSER,
        ),
        "observes": (lambda files: check(files, "Moderation")["categories"].clear(), TIGHTER),
        "removed": (
            lambda files: files["support-assistant.openai-guardrails.json"].pop("output"),
            LOOSER,
        ),
        "added": (
            lambda files: check(files, "Moderation")["categories"].append("violence"),
            TIGHTER,
        ),
        "foreign": (
            lambda files: stage(files).append({"name": "Hallucination Detection", "config": {}}),
            UNKNOWN,
        ),
        "misspelt": (lambda files: check(files, "Secret Keys").update(threshold="stern"), LOOSER),
        "reordered": (lambda files: stage(files).reverse(), NOTHING),
        "vendor's": (lambda files: check(files, "Jailbreak").update(model="gpt-9"), NOTHING),
    }[name]


def bedrock_in(guardrail_of, spelt):
    """The same changes of a template and of a request, whose keys are spelt differently."""

    def plan(name):
        def filters(files):
            return guardrail_of(files)[spelt("contentPolicyConfig")][spelt("filtersConfig")]

        def hate(files):
            return named(filters(files), spelt("type"), "HATE")

        def entities(files):
            sensitive = guardrail_of(files)[spelt("sensitiveInformationPolicyConfig")]
            return sensitive[spelt("piiEntitiesConfig")]

        def card(files):
            return named(entities(files), spelt("type"), "CREDIT_DEBIT_CARD_NUMBER")

        def change(find, **values):
            return lambda files: find(files).update(
                {spelt(key): value for key, value in values.items()}
            )

        return {
            "weakened": (change(hate, inputStrength="LOW"), LOOSER),
            "tightened": (change(hate, outputStrength="HIGH"), TIGHTER),
            "disabled": (change(card, inputEnabled=False), LOOSER),
            "observes": (change(card, inputAction="NONE"), LOOSER),
            "removed": (
                lambda files: guardrail_of(files).pop(spelt("wordPolicyConfig")),
                LOOSER,
            ),
            "added": (
                lambda files: entities(files).append(
                    {spelt("type"): "EMAIL", spelt("action"): "ANONYMIZE"}
                ),
                TIGHTER,
            ),
            "foreign": (
                lambda files: guardrail_of(files).update(
                    {spelt("contextualGroundingPolicyConfig"): {spelt("filtersConfig"): []}}
                ),
                UNKNOWN,
            ),
            "misspelt": (change(hate, inputStrength="EXTREME"), LOOSER),
            "reordered": (lambda files: filters(files).reverse(), NOTHING),
            "vendor's": (
                lambda files: guardrail_of(files).update(
                    {spelt("guardrailArn"): "arn:aws:x", spelt("updatedAt"): "2026-01-01"}
                ),
                NOTHING,
            ),
        }[name]

    return plan


def pascal(key):
    return key[0].upper() + key[1:]


PLANTED = {
    "azure": azure,
    "bedrock": bedrock_in(
        lambda files: files["support-assistant.bedrock.yaml"]["Resources"]["Guardrail"][
            "Properties"
        ],
        pascal,
    ),
    "bedrock-api": bedrock_in(lambda files: files["support-assistant.bedrock.json"], str),
    "lakera": lakera,
    "litellm": litellm,
    "model-armor": model_armor,
    "nemo": nemo,
    "openai-guardrails": openai_guardrails,
}
NAMES = (
    *("weakened", "tightened", "disabled", "observes", "removed"),
    *("added", "foreign", "misspelt", "reordered", "vendor's"),
)


def test_changes_are_planted_for_every_target():
    assert PLANTED.keys() == TARGETS.keys()


@pytest.mark.parametrize("change", NAMES)
@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_planted_change_is_reported_or_rightly_ignored(name, change, from_baseline):
    policy = replace(from_baseline("public-facing@1"), guardrails=GUARDRAILS)
    approved = Approved(
        policy=policy, provenance=Provenance(policy=policy.id, entry=3, digest="ab" * 32)
    )
    written = export(approved, TARGETS[name], now=NOW, strict=False).written
    files = {item.name: copy.deepcopy(item.data) for item in written.documents}
    plant, effect = PLANTED[name](change)

    plant(files)
    live = [Raw(file, data) for file, data in files.items()]
    report = drift(approved, TARGETS[name], live, now=NOW)

    found = {item.effect for item in report.changes}
    assert report.drifted is (effect is not NOTHING)
    if effect is UNKNOWN:
        assert (found, bool(report.unread)) == (set(), True)
    elif effect is not NOTHING:
        assert found == {effect}
        assert report.incident is (effect is not TIGHTER)
