"""Has vendors' own code read configurations, and says as JSON what it made of them.

Runs in the environment that holds the code, as `python ask_engines.py ENGINE FOLDER`: every file of
the folder is a configuration, and the answer has what the vendor's code says of each, by name.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path


def azure(content):
    """What a policy is after the library has read and written it again."""
    from azure.mgmt.cognitiveservices import models

    return models.RaiPolicy.deserialize(json.loads(content)).serialize(keep_readonly=True)


def azure_words(_):
    """The words that the library's enumerations know."""
    from azure.mgmt.cognitiveservices import models

    return {
        name: [item.value for item in getattr(models, name)]
        for name in ("RaiPolicyMode", "ContentLevel", "RaiPolicyContentSource")
    }


def bedrock_api(content):
    """What botocore says of a request, and what its model says that it does not look at."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel
    from botocore.validate import ParamValidator

    service = ServiceModel(Loader().load_service_model("bedrock", "service-2"), "bedrock")
    shape = service.operation_model("CreateGuardrail").input_shape
    data = json.loads(content)
    report = ParamValidator().validate(data, shape).generate_report()
    return {"report": report, "limits": list(_beyond(data, shape, ""))}


def _beyond(value, shape, place):
    """Values beyond the lengths, patterns and enumerations of their shapes."""
    if shape.type_name == "structure":
        for key, item in value.items():
            yield from _beyond(item, shape.members[key], f"{place}.{key}")
        return
    told = shape.metadata
    sized = shape.type_name in ("list", "string")
    if sized and not told.get("min", 0) <= len(value) <= told.get("max", len(value)):
        yield f"{place}: {len(value)} long"
    if shape.type_name == "list":
        for item in value:
            yield from _beyond(item, shape.member, f"{place}[]")
    elif shape.type_name == "string":
        if told.get("enum") and value not in told["enum"]:
            yield f"{place}: {value}"
        if told.get("pattern") and not re.fullmatch(told["pattern"], value):
            yield f"{place}: {value!r} does not fit"


def got_guardrail(content):
    """A request as GetGuardrail would answer it, through botocore's own stub."""
    import datetime as dt

    from botocore.session import Session
    from botocore.stub import Stubber

    data = json.loads(content)
    renamed = {
        "contentPolicyConfig": ("contentPolicy", {"filtersConfig": "filters"}),
        "topicPolicyConfig": ("topicPolicy", {"topicsConfig": "topics"}),
        "wordPolicyConfig": (
            "wordPolicy",
            {"wordsConfig": "words", "managedWordListsConfig": "managedWordLists"},
        ),
        "sensitiveInformationPolicyConfig": (
            "sensitiveInformationPolicy",
            {"piiEntitiesConfig": "piiEntities", "regexesConfig": "regexes"},
        ),
    }
    answer = {
        "name": data["name"],
        "description": data["description"],
        "guardrailId": "abcdefgh1234",
        "guardrailArn": "arn:aws:bedrock:eu-central-1:123456789012:guardrail/abcdefgh1234",
        "version": "1",
        "status": "READY",
        "createdAt": dt.datetime(2026, 1, 1),
        "updatedAt": dt.datetime(2026, 1, 1),
        "blockedInputMessaging": data["blockedInputMessaging"],
        "blockedOutputsMessaging": data["blockedOutputsMessaging"],
    }
    for key, (name, inner) in renamed.items():
        if key in data:
            answer[name] = {inner[part]: items for part, items in data[key].items()}
    client = Session().create_client(
        "bedrock", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stub:
        stub.add_response("get_guardrail", answer)
        said = client.get_guardrail(guardrailIdentifier="abcdefgh1234")
    said.pop("ResponseMetadata", None)
    return json.loads(json.dumps(said, default=str))


def cloudformation(content):
    """What cfn-lint finds in a template."""
    from cfnlint.api import ManualArgs, lint

    found = lint(content, config=ManualArgs(regions=["us-east-1"]))
    return [f"{item.rule.id} {item.message}" for item in found]


def model_armor(content):
    """A template after a strict reading."""
    from google.cloud import modelarmor_v1 as armor
    from google.protobuf import json_format

    template = json_format.ParseDict(json.loads(content), armor.Template.pb()())
    return json_format.MessageToDict(template)


def nemo(content):
    """The rails that a configuration really has, and whether a text is let through."""
    os.environ["NEMO_GUARDRAILS_TELEMETRY"] = "0"
    from nemoguardrails import LLMRails, RailsConfig

    config = RailsConfig.from_content(yaml_content=content)
    made = LLMRails(config)
    config = made.config
    options = config.rails.config
    found = {
        "input": list(config.rails.input.flows),
        "output": list(config.rails.output.flows),
        "prompts": sorted(prompt.task for prompt in config.prompts or [] if prompt.task in _OWN),
        "entities": {
            side: list(getattr(options.sensitive_data_detection, side).entities)
            for side in ("input", "output")
        }
        if options.sensitive_data_detection
        else {},
    }
    if config.rails.input.flows == ["regex check input"]:
        found["check"] = asyncio.run(_checked(made))
    return found


_OWN = ("self_check_input", "self_check_output")


async def _checked(rails):
    said = {}
    for text in ("the offer of acme", "something else"):
        result = await rails.check_async([{"role": "user", "content": text}])
        said[text] = str(getattr(result.status, "value", result.status))
    return said


def openai_guardrails(content):
    """The checks that the vendor's loader makes of a pipeline, by stage."""
    from guardrails.checks.text import pii
    from guardrails.runtime import instantiate_guardrails, load_pipeline_bundles

    pii._get_analyzer_engine = lambda *_, **__: None  # its language model is not on PyPI
    bundles = load_pipeline_bundles(json.loads(content))
    return {
        stage.stage_name if hasattr(stage, "stage_name") else str(number): [
            check.definition.name for check in instantiate_guardrails(stage)
        ]
        for number, stage in enumerate(bundles.stages())
    }


def lakera_answers(content):
    """What any-guardrail makes of Lakera's answers: detectors by name, and whether each found."""
    import requests
    from any_guardrail.guardrails.lakera_guard import LakeraGuard

    class Answer:
        status_code = 200
        text = ""
        ok = True

        def __init__(self, data):
            self.data = data

        def json(self):
            return self.data

        def raise_for_status(self):
            pass

    said = []
    for line in content.splitlines():
        answer = json.loads(line)["answer"]
        if "breakdown" not in answer:
            continue
        requests.post = lambda *_, answer=answer, **__: Answer(answer)
        output = LakeraGuard(api_key="x").validate("hello")
        said.append(
            {
                "flagged": not output.valid,
                "detectors": [[item.name, bool(item.triggered)] for item in output.categories],
            }
        )
    return said


def main(question, folder):
    said = {}
    for file in sorted(Path(folder).iterdir()):
        try:
            said[file.name] = globals()[question](file.read_text(encoding="utf-8"))
        except Exception as error:  # noqa: BLE001  whatever a vendor raises is its answer
            said[file.name] = {"refused": f"{type(error).__name__}: {error}"}
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
