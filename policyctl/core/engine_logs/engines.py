"""The engines whose logs can be read, by the name that ``records import --from`` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from policyctl.core.engine_logs import (
    azure,
    bedrock,
    lakera,
    litellm,
    model_armor,
    nemo,
    openai_guardrails,
)
from policyctl.core.engine_logs.answer import Message
from policyctl.core.engine_logs.fields import Fields
from policyctl.core.engine_logs.level_table import LevelTable

Reader = Callable[[Fields, LevelTable], Message]
"""Reads one decoded line; raises `UnusableError` where it is not what the engine writes."""

READERS: Mapping[str, Reader] = {
    "azure": azure.read,
    "bedrock": bedrock.read,
    "lakera": lakera.read,
    "litellm": litellm.read,
    "model-armor": model_armor.read,
    "nemo": nemo.read,
    "openai-guardrails": openai_guardrails.read,
}
