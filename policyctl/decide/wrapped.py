"""A guardrail of LiteLLM that is asked and does not act: what it did is looked at, on copies.

Written against ``litellm`` 1.106 (`integrations/custom_guardrail.py`,
`proxy/guardrails/guardrail_registry.py`). A guardrail says no by raising, and masks by changing
what it was given.
"""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Mapping
from typing import Any

import httpx
import litellm
from litellm.caching import DualCache
from litellm.exceptions import GuardrailRaisedException
from litellm.integrations.custom_guardrail import CustomGuardrail, is_guardrail_intervention
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.guardrail_registry import IN_MEMORY_GUARDRAIL_HANDLER
from litellm.types.utils import Choices, Message, ModelResponse

from policyctl.core.frozen import frozen
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.errors import InputError

ROWS = "standard_logging_guardrail_information"
"""Where guardrails write down what they found."""

_CONTENT = ("messages", "input", "prompt", "system", "instructions", "tools", "response")
_BUCKETS = ("metadata", "litellm_metadata")
_TIMEOUTS = (TimeoutError, asyncio.TimeoutError, httpx.TimeoutException, litellm.Timeout)


@frozen
class Outcome:
    """What a wrapped guardrail did.

    Attributes:
        status: whether it answered.
        rows: what it wrote down for the proxy's logs.
        refusal: what it raised to stop the message, or None.
        masked: the inputs as it would have them, where it changed them; else None.
    """

    status: Status
    rows: tuple[Mapping[str, Any], ...] = ()
    refusal: Exception | None = None
    masked: dict[str, Any] | None = None

    @property
    def found(self) -> bool:
        """Whether it would have acted."""
        return self.refusal is not None or self.masked is not None


class Wrapped:
    """A guardrail of any provider, made by LiteLLM itself and called by nobody else."""

    def __init__(self, name: str, mode: Any, params: Mapping[str, Any], timeout: float) -> None:
        """Have LiteLLM make the guardrail.

        Raises:
            InputError: LiteLLM cannot make it.
        """
        self.provider: str = params["guardrail"]
        self._timeout = timeout
        self._guardrail = _made(name, {**params, "mode": mode, "default_on": True})
        # Hooks ask it first; whether it runs is decided by whoever wraps it.
        self._guardrail.should_run_guardrail = lambda *_, **__: True
        self._unified = "apply_guardrail" in type(self._guardrail).__dict__

    async def ask(
        self, inputs: Mapping[str, Any], request: Mapping[str, Any], direction: Direction
    ) -> Outcome:
        """What it does with a message; neither the inputs nor the request are changed."""
        own, rows = _own_request(request)
        before, given = copy.deepcopy(dict(inputs)), copy.deepcopy(dict(inputs))
        call = self._applied if self._unified else self._hooked
        try:
            async with asyncio.timeout(self._timeout):
                after = await call(given, own, direction)
        except _TIMEOUTS:
            return Outcome(status=Status.TIMEOUT)
        except Exception as error:  # noqa: BLE001  whatever a provider raises, it gave no answer
            if not _is_refusal(error):
                return Outcome(status=Status.ERROR)
            return Outcome(status=Status.OK, rows=tuple(rows), refusal=error)
        masked = after if _differ(before, after) else None
        return Outcome(status=Status.OK, rows=tuple(rows), masked=masked)

    async def _applied(
        self, inputs: dict[str, Any], request: dict[str, Any], direction: Direction
    ) -> dict[str, Any]:
        """Ask a guardrail that takes texts, as most do."""
        kind = "request" if direction is Direction.INPUT else "response"
        after = await self._guardrail.apply_guardrail(
            inputs=inputs, request_data=request, input_type=kind
        )
        return dict(after or inputs)

    async def _hooked(
        self, inputs: dict[str, Any], request: dict[str, Any], direction: Direction
    ) -> dict[str, Any]:
        """Ask a guardrail that knows chat completions only: each text is a message of one."""
        texts = [*inputs.get("texts", ())]
        auth = _authenticated(request)
        if direction is Direction.INPUT:
            request["messages"] = [{"role": "user", "content": text} for text in texts]
            said = await self._guardrail.async_pre_call_hook(
                user_api_key_dict=auth, cache=DualCache(), data=request, call_type="completion"
            )
            if isinstance(said, str):
                raise GuardrailRaisedException(message=said, blocked_content=True)
            after = (said if isinstance(said, dict) else request)["messages"]
            return {**inputs, "texts": [message["content"] for message in after]}
        response = ModelResponse(
            choices=[
                Choices(index=number, message=Message(content=text))
                for number, text in enumerate(texts)
            ]
        )
        said = await self._guardrail.async_post_call_success_hook(
            data=request, user_api_key_dict=auth, response=response
        )
        after = said if isinstance(said, ModelResponse) else response
        return {**inputs, "texts": [choice.message.content for choice in after.choices]}


def _made(name: str, params: dict[str, Any]) -> CustomGuardrail:
    """The guardrail, taken out of the proxy's own hands so that it does not run by itself."""
    handler = IN_MEMORY_GUARDRAIL_HANDLER
    try:
        made = handler.initialize_guardrail(
            guardrail={"guardrail_name": name, "litellm_params": params},
            config_file_path=os.devnull,  # classes are looked for beside it, then among modules
        )
        identity = made["guardrail_id"] if made else ""
        found = handler.guardrail_id_to_custom_guardrail.get(identity)
        handler.delete_in_memory_guardrail(identity)
    except Exception as error:
        raise InputError(f"LiteLLM cannot make the wrapped guardrail: {error}") from error
    if found is None:
        raise InputError("LiteLLM made nothing of the wrapped guardrail")
    return found


def _own_request(request: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """A request that a guardrail may change and write into, and the place where it writes.

    Without the proxy's logger: what was merely found must not be logged as done.
    """
    own = {
        name: copy.deepcopy(value) if name in _CONTENT else value
        for name, value in request.items()
        if name != "litellm_logging_obj"
    }
    rows: list[Mapping[str, Any]] = []
    for name in [name for name in _BUCKETS if name in own] or _BUCKETS[:1]:
        own[name] = {**(own.get(name) or {}), ROWS: rows}
    return own, rows


def _authenticated(request: Mapping[str, Any]) -> UserAPIKeyAuth:
    for name in _BUCKETS:
        found = (request.get(name) or {}).get("user_api_key_auth")
        if isinstance(found, UserAPIKeyAuth):
            return found
    return UserAPIKeyAuth()


def _is_refusal(error: Exception) -> bool:
    """Whether a guardrail stopped the message for what it holds, and not for its own failure."""
    if isinstance(error, GuardrailRaisedException):
        return bool(getattr(error, "blocked_content", True))
    return bool(is_guardrail_intervention(error))


def _differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether any content was changed."""
    return any(before.get(name) != after.get(name) for name in before)
