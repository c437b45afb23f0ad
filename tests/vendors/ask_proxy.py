"""Runs requests through LiteLLM's proxy, and says as JSON what became of each.

Runs in the environment that holds LiteLLM, as `python ask_proxy.py proxy FOLDER`. The folder's
``config.yaml`` is loaded as the proxy loads it, and each line of ``requests.jsonl`` goes the way of
a request: the proxy's own fields are added, the hooks before and after the model are called.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would ask the network
os.environ["LITELLM_LOG"] = "CRITICAL"

import yaml
from fastapi import HTTPException, Request
from litellm.caching import DualCache
from litellm.exceptions import GuardrailRaisedException
from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.guardrail_registry import IN_MEMORY_GUARDRAIL_HANDLER
from litellm.proxy.guardrails.init_guardrails import init_guardrails_v2
from litellm.proxy.litellm_pre_call_utils import add_litellm_data_to_request
from litellm.proxy.proxy_server import ProxyConfig
from litellm.proxy.utils import ProxyLogging
from litellm.types.utils import Choices, Message, ModelResponse, ModelResponseStream


class Faulty(CustomGuardrail):
    """A provider that does not answer in time, or at all."""

    def __init__(self, does="", **more):
        self._does = does
        super().__init__(**more)

    async def apply_guardrail(self, inputs, request_data, input_type, logging_obj=None):
        if self._does == "slow":
            await asyncio.sleep(60)
        raise {
            "fail": ConnectionError("no route to the provider"),
            "reject": HTTPException(401, "the key is wrong"),
            "unjudged": GuardrailRaisedException(message="the provider is down"),
        }[self._does]


class Hooked(CustomGuardrail):
    """A provider of the older kind: it knows hooks of chat completions, and no texts."""

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        for message in data["messages"]:
            if "acme" in message["content"]:
                raise HTTPException(400, {"error": "acme was named"})
            message["content"] = message["content"].replace("hush", "****")
        return data

    async def async_post_call_success_hook(self, data, user_api_key_dict, response):
        for choice in response.choices:
            if "acme" in choice.message.content:
                raise HTTPException(400, {"error": "acme was named"})


class Raw(Request):
    """A request as it comes in from the network."""

    def __init__(self, body):
        content = json.dumps(body).encode()
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/chat/completions",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
            "server": ("localhost", 4000),
            "scheme": "http",
            "client": ("127.0.0.1", 1),
        }

        async def receive():
            return {"type": "http.request", "body": content, "more_body": False}

        super().__init__(scope, receive)


def said(error):
    return {
        "refused": getattr(error, "status_code", type(error).__name__),
        "detail": getattr(error, "detail", str(error)),
    }


async def sent(proxy, config, item):
    """What becomes of one request."""
    auth = UserAPIKeyAuth(**item["auth"])
    body = {"model": "m", "messages": [{"role": "user", "content": item.get("text", "")}]}
    body |= item.get("body", {})
    body["guardrails"] = [item["guardrail"]]
    data = await add_litellm_data_to_request(
        data=body,
        request=Raw(body),
        user_api_key_dict=auth,
        proxy_config=config,
        general_settings={},
        version="1",
    )
    data["litellm_call_id"] = item["id"]
    if "answer" not in item:
        data = await proxy.pre_call_hook(user_api_key_dict=auth, data=data, call_type="acompletion")
        return {"text": data["messages"][0]["content"]}
    if item.get("body", {}).get("stream"):
        auth.request_route = "/v1/chat/completions"
        return {"text": await streamed(proxy, auth, data, item["answer"])}
    response = ModelResponse(
        model="m", choices=[Choices(index=0, message=Message(content=item["answer"]))]
    )
    after = await proxy.post_call_success_hook(data=data, user_api_key_dict=auth, response=response)
    return {"text": (after or response).choices[0].message.content}


async def streamed(proxy, auth, data, answer):
    """What a user reads of a stream, an error within it included."""

    async def chunks():
        for word in answer.split(" "):
            yield chunk({"content": word + " "})
        yield chunk({}, "stop")

    def chunk(delta, end=None):
        return ModelResponseStream(
            model="m", choices=[{"index": 0, "delta": delta, "finish_reason": end}]
        )

    read = ""
    async for item in proxy.async_post_call_streaming_iterator_hook(
        response=chunks(), user_api_key_dict=auth, request_data=data
    ):
        choices = getattr(item, "choices", None)
        read += (choices[0].delta.content or "") if choices else str(item)
    return read.strip()


def started(guardrails, file):
    """What keeps the proxy from starting, or nothing; it starts without what it only skips."""
    try:
        init_guardrails_v2(all_guardrails=guardrails, config_file_path=str(file))
    except Exception as error:  # noqa: BLE001  whatever stops it is the answer
        return f"{type(error).__name__}: {error}"
    return ""


async def run(folder):
    file = folder / "config.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    stopped = [started(item, file) for item in data.get("broken", ())]
    started(data["guardrails"], file)
    loaded = [
        item["guardrail_name"] for item in IN_MEMORY_GUARDRAIL_HANDLER.list_in_memory_guardrails()
    ]
    proxy, config = ProxyLogging(user_api_key_cache=DualCache()), ProxyConfig()
    done = []
    for line in (folder / "requests.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            done.append(await sent(proxy, config, json.loads(line)))
        except Exception as error:  # noqa: BLE001  whatever refuses a request is its answer
            done.append(said(error))
    return {"loaded": loaded, "done": done, "stopped": stopped}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Path(sys.argv[2])))))
