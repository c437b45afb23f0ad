"""The samples are what vendors' own libraries take, and all that these can say is understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policyctl.core.engine_logs import bedrock_assessment, litellm, model_armor
from policyctl.core.engine_logs.identities import Identities, Keys
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engine_logs.normalise import Defaults, normaliser
from policyctl.core.record import Status

SAMPLES = Path(__file__).parents[1] / "data/engine_logs"
TIME = "2026-10-05T00:00:00Z"


def sample(engine):
    return SAMPLES / f"{engine}.jsonl"


def lines(engine):
    return [json.loads(line) for line in sample(engine).read_text("utf-8").splitlines()]


def reading(engine, line):
    read = normaliser(
        engine,
        levels=LevelTable(),
        identities=Identities(keys=Keys.DROP),
        defaults=Defaults(app="shop-chat", direction="input"),
    )
    return read(line, "x:1")


def test_bedrocks_service_model_takes_the_samples(vendors):
    said = vendors("bedrock", sample("bedrock"))

    assert said["problems"] == []
    assert said["checked"] == 6


def test_every_word_of_bedrocks_service_model_is_known(vendors):
    enums = vendors("bedrock", sample("bedrock"))["enums"]

    assert set(enums["GuardrailContentFilterType"]) == set(bedrock_assessment.CONTENT)
    assert set(enums["GuardrailContentFilterConfidence"]) == set(bedrock_assessment._CONFIDENCES)
    actions = {
        *enums["GuardrailContentPolicyAction"],
        *enums["GuardrailSensitiveInformationPolicyAction"],
    }
    assert actions == set(bedrock_assessment._ACTED) - {""}
    assert set(bedrock_assessment.PERSONAL) <= set(enums["GuardrailPiiEntityType"])


def test_model_armors_protocol_takes_the_samples_and_writes_them_alike(vendors):
    said = vendors("model_armor", sample("model-armor"))

    assert len(said["results"]) == len(lines("model-armor"))
    for line, result in zip(lines("model-armor")[:2], said["results"], strict=False):
        again = reading("model-armor", line | {"answer": result})
        assert set(again) == set(reading("model-armor", line))


def test_every_word_of_model_armors_protocol_is_known(vendors):
    said = vendors("model_armor", sample("model-armor"))
    enums = {
        name: {word for word in words if not word.endswith("_UNSPECIFIED")}
        for name, words in said["enums"].items()
    }

    assert enums["DetectionConfidenceLevel"] == set(model_armor._CONFIDENCES)
    assert enums["SdpFindingLikelihood"] == set(model_armor._LIKELIHOODS)
    assert {kind.lower() for kind in enums["RaiFilterType"]} == set(model_armor._RESPONSIBLE)
    assert enums["FilterMatchState"] == {"MATCH_FOUND", "NO_MATCH_FOUND"}
    assert "EXECUTION_SKIPPED" in enums["FilterExecutionState"]
    known = {*model_armor._WHOLE, "raiFilterResult", "sdpFilterResult"}
    assert {model_armor._camel(name) for name in said["filters"]} <= known


def test_completions_that_the_openai_client_wrote_are_read_alike(vendors):
    written = vendors("azure", sample("azure"))
    found = [line for line in lines("azure") if "choices" in line]

    assert len(written) == len(found) == 2
    for line, again in zip(found, written, strict=True):
        assert reading("azure", again) == reading("azure", line)


def test_litellms_types_take_the_samples_and_name_all_that_is_read(vendors):
    said = vendors("litellm", sample("litellm"))

    assert said["checked"] == 7
    for line in lines("litellm"):
        payload = line.get("standard_logging_object", line)
        assert payload.keys() <= set(said["payload"])


def test_every_status_of_litellm_is_known(vendors):
    statuses = set(vendors("litellm", sample("litellm"))["statuses"])

    assert statuses == {*litellm._FOUND, "guardrail_failed_to_respond", "not_run"}


def test_what_litellm_says_may_carry_prompts_is_in_the_samples_and_in_no_record(vendors):
    carry = vendors("litellm", sample("litellm"))["carry"]
    [item] = lines("litellm")[0]["guardrail_information"]

    for field in carry:
        assert "secret" in json.dumps(item[field]).lower() or field == "guardrail_response"
    assert "secret" not in repr(reading("litellm", lines("litellm")[0])).lower()


def test_answers_of_lakera_are_what_an_integration_expects(vendors):
    assert len(vendors("lakera", sample("lakera"))) == 2


def test_generation_logs_that_nemo_wrote_are_read_alike(vendors):
    written = vendors("nemo", sample("nemo"))

    for line, again in zip(lines("nemo"), written, strict=True):
        assert reading("nemo", line | {"answer": again}) == reading("nemo", line)


@pytest.mark.parametrize(("text", "found"), [(0, False), (1, True)])
def test_real_checks_of_openai_guardrails_are_read(vendors, text, found):
    results = vendors("openai_guardrails")[text]

    records = [
        record
        for number, result in enumerate(results)
        for record in reading(
            "openai-guardrails", {"ts": TIME, "request_id": f"r{number}", "answer": result}
        )
    ]

    assert {one.detector: one.detected for one in records} == {
        "secrets": found,
        "custom/keyword_filter": found,
        "unknown_links": found,
    }
    assert all(one.status is Status.OK for one in records)
    assert "5ecret" not in repr(records)


def test_another_reader_of_lakeras_answers_sees_the_same_detections(environments, tmp_path):
    python = environments.python(("any-guardrail==0.7.7",))
    script = Path(__file__).with_name("ask_engines.py")
    (tmp_path / "answers").write_bytes(sample("lakera").read_bytes())
    ours = [
        sorted((record.detector, bool(record.detected)) for record in reading("lakera", line))
        for line in lines("lakera")
        if "breakdown" in line["answer"]
    ]

    theirs = environments.ask(python, script, "lakera_answers", tmp_path)["answers"]

    renamed = {
        "unknown_link": "unknown_links",
        "moderated_content/self-harm": "moderated_content/self_harm",
        "pii/custom": "custom/pii",
    }
    found = [{(renamed.get(name, name), hit) for name, hit in item["detectors"]} for item in theirs]
    assert [set(item) for item in ours] == [
        {(name, any(hit for other, hit in item if other == name)) for name, _ in item}
        for item in found
    ]
    # In Detect mode nothing is flagged, whatever was detected.
    assert any(not item["flagged"] and any(hit for _, hit in item["detectors"]) for item in theirs)
