"""Has vendors' own code read configurations, and says as JSON what it made of them.

Runs in the environment that holds the code, as `python ask_engines.py ENGINE FOLDER`: every file of
the folder is a configuration, and the answer has what the vendor's code says of each, by name.
"""

from __future__ import annotations

import asyncio
import json
import os
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
