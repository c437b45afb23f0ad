"""What each engine cannot be told, so that a policy does not promise it.

Sources: the vendors' documentation and the schemas in their packages, as of late 2026. An engine
that has something through a second configuration of its own (another project, template or
deployment) counts as having it.
"""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.covering import covers
from policyctl.core.frozen import frozen
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail


@frozen
class EngineFeatures:
    """What an engine lacks.

    Attributes:
        title: its name, for people.
        lacks: detectors that it does not have, of its own or as something like it.
        own_expressions: of those, detectors that regular expressions of a policy can replace.
        only_logs: whether its configuration can have it log without acting.
        cohorts: whether it can act on some users and not on others.
        share: whether it can act on a share of the traffic.
        merged: sensitivities that it treats as the one before, by the detectors concerned.
    """

    title: str
    lacks: tuple[str, ...] = ()
    own_expressions: tuple[str, ...] = ()
    only_logs: bool = True
    cohorts: bool = True
    share: bool = False
    merged: tuple[str, ...] = ()

    def merges(self, guardrail: Guardrail) -> bool:
        """True if the guardrail's L4 is the same as L3 in the engine."""
        return guardrail.sensitivity is Sensitivity.L4 and any(
            covers(name, guardrail.detector) for name in self.merged
        )


_DIALLED = ("prompt_attack", "moderated_content")

ENGINES: Mapping[str, EngineFeatures] = {
    "azure": EngineFeatures(
        title="Azure AI content filters",
        # Severity is Low, Medium or High, and Jailbreak has none; protected topics and blocklists
        # are custom.
        lacks=(
            "moderated_content/crime",
            "moderated_content/harassment",
            "secrets",
            "unknown_links",
        ),
        merged=("moderated_content",),
    ),
    "bedrock": EngineFeatures(
        title="Amazon Bedrock Guardrails",
        # Filters have LOW, MEDIUM and HIGH.
        lacks=("moderated_content/self_harm", "moderated_content/weapons", "unknown_links"),
        merged=_DIALLED,
    ),
    "lakera": EngineFeatures(
        title="Lakera Guard",
        # The four levels are its own. What secrets look like is told it as custom detectors.
        lacks=("moderated_content/harassment", "secrets"),
        own_expressions=("secrets",),
    ),
    "litellm": EngineFeatures(
        title="LiteLLM",
        # It has what the providers behind it have. Its weights do not divide traffic.
        merged=_DIALLED,
    ),
    "model-armor": EngineFeatures(
        title="Google Model Armor",
        # Confidence is LOW_AND_ABOVE, MEDIUM_AND_ABOVE or HIGH. Links are judged malicious, not
        # unknown.
        lacks=(
            "moderated_content/profanity",
            "moderated_content/self_harm",
            "topic",
            "unknown_links",
        ),
        merged=_DIALLED,
    ),
    "nemo": EngineFeatures(
        title="NeMo Guardrails",
        # A rail is there or not.
        lacks=("moderated_content/profanity", "secrets", "unknown_links"),
        own_expressions=("secrets",),
        only_logs=False,
        cohorts=False,
    ),
    "openai-guardrails": EngineFeatures(
        title="OpenAI Guardrails",
        # Only the calling code can keep a tripwire from acting.
        lacks=("moderated_content/profanity",),
        only_logs=False,
        cohorts=False,
    ),
}
"""By what ``applies_to.engine`` calls them; nothing is known about ``other``."""
