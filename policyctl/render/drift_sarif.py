"""Drift as SARIF 2.1.0, so that code scanning keeps it as an alert until it is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from policyctl import __version__
from policyctl.core.canonical import sha256
from policyctl.core.diff.effect import Effect
from policyctl.core.diff.wording import wording
from policyctl.render.sarif_places import artifact_location
from policyctl.render.sarif_text import message_text
from policyctl.usecases.drift import DriftReport

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_TOP = "%SRCROOT%"
_FINGERPRINT = 16
_MEANINGS = {
    Effect.LOOSER: "what runs lets more through than was approved",
    Effect.MIXED: "what runs lets more through in one way, and less in another",
    Effect.UNKNOWN: "whether what runs lets more through is not known",
    Effect.TIGHTER: "what runs is stricter than was approved",
    Effect.NEUTRAL: "what runs differs, and decides the same",
}


def render(report: DriftReport) -> str:
    """The whole log; the place of each result is the policy's file."""
    kinds = [f"drift-{effect.value}" for effect in _MEANINGS]
    run = {
        "tool": {
            "driver": {
                "name": "policyctl",
                "version": __version__,
                "rules": [
                    {"id": kind, "shortDescription": {"text": text}}
                    for kind, text in zip(kinds, _MEANINGS.values(), strict=True)
                ],
            }
        },
        "automationDetails": {"id": f"policyctl/drift/{report.target.name}/"},
        "originalUriBaseIds": {_TOP: {"description": {"text": "The top of the repository."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": [*_results(report, kinds)],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=True) + "\n"


def _results(report: DriftReport, kinds: list[str]) -> Iterator[dict[str, object]]:
    policy, title = report.approved.policy.id, report.target.title
    file = f"policies/{policy}.yaml"
    for item in report.compared:
        for change in item.changes:
            words = wording(change)
            message = f"{item.name} on {title}: {words.about}: {words.before} -> {words.after}"
            fingerprint = f"{item.name}:{change.fingerprint}"
            yield _result(kinds, change.effect, message, file, fingerprint)
    for place in report.unread:
        message = f"{policy} on {title}: not understood: {place.place}: {place.what}"
        fingerprint = sha256(message.encode())[:_FINGERPRINT]
        yield _result(kinds, Effect.UNKNOWN, message, file, fingerprint)


def _result(
    kinds: list[str], effect: Effect, message: str, file: str, fingerprint: str
) -> dict[str, object]:
    kind = f"drift-{effect.value}"
    return {
        "ruleId": kind,
        "ruleIndex": kinds.index(kind),
        "level": "error" if effect.may_weaken else "warning",
        "message": {"text": message_text(message)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact_location(file, _TOP)}}],
        "partialFingerprints": {"policyctl/v1": fingerprint},
    }
