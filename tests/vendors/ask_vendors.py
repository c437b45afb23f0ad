"""Answers questions about vendors' formats with the vendors' own libraries, as JSON.

Runs in the environment that holds them, as `python ask_vendors.py QUESTION [FILE]`.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import types
import typing
from dataclasses import asdict
from pathlib import Path


def lines(file):
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]


def without_root(name, *packages):
    """A module of a package whose `__init__` would load all that the package can do."""
    for package in packages:
        folder = next(
            place for one in sys.path if (place := Path(one, *package.split("."))).is_dir()
        )
        hollow = types.ModuleType(package)
        hollow.__path__ = [str(folder)]
        sys.modules[package] = hollow
    return importlib.import_module(name)


def bedrock(file):
    """Validate answers, and the traces in answers of models, against the service's model."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel
    from botocore.validate import ParamValidator

    service = ServiceModel(
        Loader().load_service_model("bedrock-runtime", "service-2"), "bedrock-runtime"
    )
    applied = service.operation_model("ApplyGuardrail").output_shape
    trace = service.shape_for("GuardrailTraceAssessment")
    assessment = service.shape_for("GuardrailAssessment")
    problems, checked = [], 0

    def check(value, shape):
        nonlocal checked
        checked += 1
        found = ParamValidator().validate(value, shape).generate_report()
        problems.extend([found] if found else [])

    for line in lines(file):
        if "answer" in line:
            check(line["answer"], applied)
            continue
        body = line["output"]["outputBodyJson"]
        for one in body if isinstance(body, list) else [body]:
            converse = one.get("trace") or one.get("metadata", {}).get("trace") or {}
            if "guardrail" in converse:
                check(converse["guardrail"], trace)
            invoked = one.get("amazon-bedrock-trace", {}).get("guardrail", {})
            for found in (invoked.get("input", {}), *invoked.get("outputs", [])):
                for value in found.values():
                    check(value, assessment)
    enums = {
        name: service.shape_for(name).enum
        for name in (
            *("GuardrailContentFilterType", "GuardrailContentFilterConfidence"),
            *("GuardrailContentPolicyAction", "GuardrailSensitiveInformationPolicyAction"),
            *("GuardrailPiiEntityType", "GuardrailManagedWordType", "GuardrailAction"),
        )
    }
    return {"checked": checked, "problems": problems, "enums": enums}


def model_armor(file):
    """Parse results strictly; what only log entries add is left out before."""
    from google.cloud import modelarmor_v1 as armor
    from google.protobuf import json_format

    results = []
    for line in lines(file):
        found = line.get("answer") or line["jsonPayload"]
        result = dict(found["sanitizationResult"])
        for logged_only in ("sanitizationVerdict", "sanitizationVerdictReason"):
            result.pop(logged_only, None)
        parsed = json_format.ParseDict(
            {"sanitizationResult": result}, armor.SanitizeUserPromptResponse.pb()()
        )
        results.append(json_format.MessageToDict(parsed))
    enums = {
        name: [one.name for one in getattr(armor, name)]
        for name in (
            *("DetectionConfidenceLevel", "SdpFindingLikelihood", "RaiFilterType"),
            *("FilterMatchState", "FilterExecutionState"),
        )
    }
    filters = [field.name for field in armor.FilterResult.pb().DESCRIPTOR.fields]
    return {"results": results, "enums": enums, "filters": filters}


def azure(file):
    """Parse completions as the OpenAI client does, and write them as it does."""
    from openai.types.chat import ChatCompletion

    found = [line for line in lines(file) if "choices" in line]
    return [ChatCompletion.model_validate(line).model_dump(mode="json") for line in found]


def litellm(file):
    """Validate guardrail information against the proxy's own types."""
    from pydantic import ConfigDict, TypeAdapter, with_config

    module = without_root("litellm.types.utils", "litellm", "litellm.litellm_core_utils")
    item = with_config(ConfigDict(extra="forbid"))(module.StandardLoggingGuardrailInformation)
    adapter, checked = TypeAdapter(item), 0
    for line in lines(file):
        payload = line.get("standard_logging_object", line)
        for one in payload["guardrail_information"]:
            adapter.validate_python(one)
            checked += 1
    return {
        "checked": checked,
        "statuses": typing.get_args(module.GuardrailStatus),
        "carry": sorted(module.PROMPT_CARRYING_GUARDRAIL_FIELDS),
        "payload": sorted(module.StandardLoggingPayload.__annotations__),
    }


def lakera(file):
    """Validate answers of /v2/guard against the types of an integration in wide use."""
    from pydantic import TypeAdapter

    module = without_root(
        "litellm.types.proxy.guardrails.guardrail_hooks.lakera_ai_v2",
        *("litellm", "litellm.litellm_core_utils"),
    )
    adapter = TypeAdapter(module.LakeraAIResponse)
    answers = [line["answer"] for line in lines(file) if "breakdown" in line["answer"]]
    return [adapter.validate_python(answer) for answer in answers]


def nemo(file):
    """Parse generation logs with the library's own models, and write them as it does."""
    module = without_root(
        "nemoguardrails.rails.llm.options",
        *("nemoguardrails", "nemoguardrails.rails", "nemoguardrails.rails.llm"),
        "nemoguardrails.logging",
    )
    return [
        module.GenerationResponse.model_validate(line["answer"]).model_dump(mode="json")
        for line in lines(file)
    ]


def openai_guardrails():
    """Results of real checks of real texts."""
    roots = ("guardrails", "guardrails.checks", "guardrails.checks.text", "guardrails.utils")
    keys = without_root("guardrails.checks.text.secret_keys", *roots)
    words = importlib.import_module("guardrails.checks.text.keywords")
    links = importlib.import_module("guardrails.checks.text.urls")
    checks = (
        (keys.secret_keys, keys.SecretKeysCfg(threshold="strict")),
        (words.keywords, words.KeywordCfg(keywords=["acme"])),
        (links.urls, links.URLConfig(url_allow_list=["example.org"])),
    )
    texts = (
        "what is the weather like?",
        "my key is sk-Jane5ecretJane5ecretJane5ecret, ask acme at https://secret.example/login",
    )
    return [
        [asdict(asyncio.run(check(None, text, config))) for check, config in checks]
        for text in texts
    ]


QUESTIONS = (azure, bedrock, lakera, litellm, model_armor, nemo, openai_guardrails)

if __name__ == "__main__":
    question, *arguments = sys.argv[1:]
    ask = next(one for one in QUESTIONS if one.__name__ == question)
    print(json.dumps(ask(*arguments)))
