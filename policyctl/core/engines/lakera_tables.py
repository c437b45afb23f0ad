"""What Lakera Guard calls detectors and sensitivities."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.detectors import FAMILIES
from policyctl.core.levels import Level, Sensitivity

_LACKING = frozenset({"moderated_content/harassment"})
_RENAMED = {"moderated_content/self_harm": "moderated_content/self-harm"}

DETECTORS: Mapping[str, str] = {
    name: _RENAMED.get(name, name)
    for name in (
        "prompt_attack",
        *FAMILIES["moderated_content"],
        *FAMILIES["pii"],
        "unknown_links",
    )
    if name not in _LACKING
}

THRESHOLDS: Mapping[Sensitivity, str] = {dial: Level(dial.value).label for dial in Sensitivity}
"""The least confident level that counts: ``l1_confident`` is the most lenient."""
