"""Which step of each engine's dial a sensitivity becomes: one test for each cell.

``HIGH`` is the strictest step of one engine and the most lenient of another.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policyctl.core.engines.exporting import exported
from policyctl.core.engines.target import Provenance, Raw
from policyctl.core.engines.targets import TARGETS
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# detector, key of the dial, the words for L1 to L4
DIALS = {
    "azure": ("moderated_content/hate", "severityThreshold", ("High", "Medium", "Low", "Low")),
    "bedrock": ("moderated_content/hate", "InputStrength", ("LOW", "MEDIUM", "HIGH", "HIGH")),
    "bedrock-api": ("moderated_content/hate", "inputStrength", ("LOW", "MEDIUM", "HIGH", "HIGH")),
    "lakera": (
        "moderated_content/hate",
        "threshold",
        ("l1_confident", "l2_very_likely", "l3_likely", "l4_less_likely"),
    ),
    "litellm": ("moderated_content/hate", "severity_threshold", ("high", "medium", "low", "low")),
    "model-armor": (
        "moderated_content/hate",
        "confidenceLevel",
        ("HIGH", "MEDIUM_AND_ABOVE", "LOW_AND_ABOVE", "LOW_AND_ABOVE"),
    ),
    "nemo": ("pii/email", "score_threshold", (0.8, 0.6, 0.4, 0.2)),
    "openai-guardrails": ("prompt_attack", "confidence_threshold", (0.9, 0.7, 0.5, 0.3)),
}
SECRETS = ("permissive", "balanced", "strict", "strict")
CELLS = [
    (name, detector, key, dial, word)
    for name, (detector, key, words) in DIALS.items()
    for dial, word in zip(Sensitivity, words, strict=True)
]
CELLS += [
    ("openai-guardrails", "secrets", "threshold", dial, word)
    for dial, word in zip(Sensitivity, SECRETS, strict=True)
]


def values(data, key):
    """Every value under this key, wherever it stands."""
    if isinstance(data, dict):
        for name, item in data.items():
            if name == key:
                yield item
            yield from values(item, key)
    elif isinstance(data, list):
        for item in data:
            yield from values(item, key)


def configuration(base, name, detector, dial):
    guardrail = Guardrail(
        detector=detector, direction=Direction.INPUT, action=Action.BLOCK, sensitivity=dial
    )
    policy = replace(base, guardrails=(guardrail,), stage=Stage.ENFORCE)
    return exported(
        policy, TARGETS[name], Provenance(policy=policy.id, entry=1, digest="ab" * 32), NOW
    )


def test_every_engine_has_its_row():
    assert DIALS.keys() == TARGETS.keys()


@pytest.mark.parametrize(("name", "detector", "key", "dial", "word"), CELLS)
def test_a_sensitivity_becomes_this_step(name, detector, key, dial, word, from_baseline):
    base = from_baseline("prompt-defense@1")

    written = configuration(base, name, detector, dial)

    found = {value for item in written.documents for value in values(item.data, key)}
    assert found == {word}
    told = [loss for loss in written.losses if loss.kind.value == "sensitivity"]
    alike = CELLS[CELLS.index((name, detector, key, dial, word)) - 1][4] == word
    assert bool(told) is (dial is Sensitivity.L4 and alike)


@pytest.mark.parametrize("name", sorted(DIALS))
def test_a_stricter_sensitivity_never_reads_back_milder(name, from_baseline):
    base, detector = from_baseline("prompt-defense@1"), DIALS[name][0]
    read = [
        TARGETS[name].read(
            [
                Raw(item.name, item.data)
                for item in configuration(base, name, detector, dial).documents
            ]
        )[0]
        for dial in Sensitivity
    ]

    found = [running.settings[0].guardrail.sensitivity for running in read]

    assert found == sorted(found)
    assert found[:3] == [Sensitivity.L1, Sensitivity.L2, Sensitivity.L3]
