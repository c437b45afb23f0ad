"""The engines that policies are exported to, by the name that ``--target`` takes."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.engines import (
    azure,
    bedrock,
    lakera,
    litellm,
    model_armor,
    nemo,
    openai_guardrails,
)
from policyctl.core.engines.target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        azure.TARGET,
        bedrock.CLOUDFORMATION,
        bedrock.API,
        lakera.TARGET,
        litellm.TARGET,
        model_armor.TARGET,
        nemo.TARGET,
        openai_guardrails.TARGET,
    )
}
