"""Has LiteLLM's own proxy code load a configuration and judge requests by it, as JSON.

Runs in the environment that holds LiteLLM, as `python ask_litellm.py load|loop FILE`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
import yaml
from litellm.caching.dual_cache import DualCache
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.guardrail_registry import IN_MEMORY_GUARDRAIL_HANDLER
from litellm.proxy.guardrails.init_guardrails import init_guardrails_v2
from litellm.proxy.policy_engine.attachment_registry import get_attachment_registry
from litellm.proxy.policy_engine.policy_registry import get_policy_registry
from litellm.proxy.policy_engine.policy_resolver import PolicyResolver
from litellm.proxy.policy_engine.policy_validator import PolicyValidator
from litellm.proxy.utils import ProxyLogging
from litellm.types.proxy.policy_engine import Policy, PolicyAttachment, PolicyMatchContext


def load(config):
    """What of a configuration LiteLLM really has."""
    init_guardrails_v2(all_guardrails=config["guardrails"])
    loaded = [
        item["guardrail_name"] for item in IN_MEMORY_GUARDRAIL_HANDLER.list_in_memory_guardrails()
    ]
    for item in config["policies"].values():
        Policy(**item)
    for item in config["policy_attachments"]:
        PolicyAttachment(**item)
    checked = asyncio.run(PolicyValidator().validate_policy_config(config["policies"]))
    get_policy_registry().load_policies(config["policies"])
    get_attachment_registry().load_attachments(config["policy_attachments"])
    return {"loaded": loaded, "errors": [str(item) for item in checked.errors]}


def answers(config):
    """What the REST API answers about this configuration, in LiteLLM's own types."""
    from litellm.types.guardrails import GuardrailInfoResponse, ListGuardrailsResponse
    from litellm.types.proxy.policy_engine.resolver_types import (
        PolicyAttachmentDBResponse,
        PolicyAttachmentListResponse,
        PolicyDBResponse,
        PolicyListDBResponse,
    )

    guardrails = ListGuardrailsResponse(
        guardrails=[GuardrailInfoResponse(**item) for item in config["guardrails"]]
    )
    policies = [
        PolicyDBResponse(
            policy_id=name,
            policy_name=name,
            description=item["description"],
            guardrails_add=item["guardrails"]["add"],
        )
        for name, item in config["policies"].items()
    ]
    old = policies[0].model_copy(update={"version_status": "draft", "guardrails_add": []})
    attachments = [
        PolicyAttachmentDBResponse(
            attachment_id=str(number),
            policy_name=item["policy"],
            **{key: value for key, value in item.items() if key != "policy"},
        )
        for number, item in enumerate(config["policy_attachments"])
    ]
    made = (
        guardrails,
        PolicyListDBResponse(policies=[*policies, old]),
        PolicyAttachmentListResponse(attachments=attachments),
    )
    return [json.loads(item.model_dump_json()) for item in made]


class Kept(CustomLogger):
    """Keeps the standard logging payloads."""

    def __init__(self):
        super().__init__()
        self.payloads = []

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self.payloads.append(kwargs["standard_logging_object"])


def resolved(tags, key):
    context = PolicyMatchContext(team_alias=None, key_alias=key, model="m", tags=tags)
    return PolicyResolver.resolve_guardrails_for_context(context)


async def requests(config):
    """One bad and one good request of a pilot user and of another; outcome and payloads."""
    proxy, kept = ProxyLogging(user_api_key_cache=DualCache()), Kept()
    litellm.callbacks.append(kept)
    said = {}
    for who, tags in (("pilot", ["beta-testers"]), ("other", [])):
        for what, text in (("bad", "my ssn is 123-45-6789"), ("good", "what is the weather")):
            outcome, payload = await _ask(proxy, kept, text, resolved(tags, who))
            said[f"{who} {what}"] = {"outcome": outcome, "payload": payload}
    return said


async def _ask(proxy, kept, text, guardrails):
    data = {
        "model": "gpt-3.5-turbo",
        "messages": [{"role": "user", "content": text}],
        "metadata": {"guardrails": guardrails},
    }
    try:
        data = await proxy.pre_call_hook(UserAPIKeyAuth(), data, "acompletion")
    except Exception as error:  # noqa: BLE001  the guardrail's way to block
        found = [
            item
            for key in ("metadata", "litellm_metadata")
            for item in data.get(key, {}).get("standard_logging_guardrail_information", [])
        ]
        payload = {"id": str(id(data)), "startTime": 1767225600.0, "guardrail_information": found}
        return f"blocked {getattr(error, 'status_code', '')}".strip(), payload
    before = len(kept.payloads)
    answer = await litellm.acompletion(**data, mock_response="fine")
    for _ in range(100):
        if len(kept.payloads) > before:
            break
        await asyncio.sleep(0.05)
    sent = data["messages"][0]["content"]
    assert answer.choices[0].message.content == "fine"
    return ("masked" if sent != text else "passed"), kept.payloads[-1]


def main(question, file):
    config = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    if question == "answers":
        print(json.dumps(answers(config)))
        return
    said = load(config)
    if question == "loop":
        said["requests"] = asyncio.run(requests(config))
    print(json.dumps(said, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
