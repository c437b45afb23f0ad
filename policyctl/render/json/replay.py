"""A replay as JSON."""

from __future__ import annotations

from policyctl.core.replay_document import replay_data, replay_digest
from policyctl.core.sensitivity_choice import Choices
from policyctl.render.json.envelope import document
from policyctl.usecases.replay import LIMITS, ReplayReport


def render(report: ReplayReport) -> str:
    """The whole output."""
    result = {
        "policy": report.policy,
        "before": report.before or None,
        "after": report.after,
        "engine": report.engine,
        "records": [
            {"name": item.name, "sha256": item.sha256, "lines": item.lines}
            for item in report.sources
        ],
        "sha256": replay_digest(report.replay),
        "replay": replay_data(report.replay),
        "newly_blocked": report.replay.newly_blocked,
        "max_newly_blocked": report.budget,
        "without_exceptions": _without(report),
        "suggestions": [_choices(item) for item in report.choices] if report.gate else None,
        "limits": list(LIMITS),
    }
    return document("replay", report.verdict.value, result=result)


def _without(report: ReplayReport) -> dict[str, object] | None:
    """What would have changed without exceptions; null where neither version has one."""
    bare = report.without
    if bare is None:
        return None
    return {
        "sha256": replay_digest(bare),
        "newly_blocked": bare.newly_blocked,
        "kinds": replay_data(bare)["kinds"],
    }


def _choices(item: Choices) -> dict[str, object]:
    return {
        "guardrail": item.guardrail,
        "direction": item.direction.value,
        "app": item.app,
        "evaluations": item.evaluations,
        "present": item.present.name,
        "suggested": item.suggested.name if item.suggested else None,
        "sensitivities": [
            {
                "sensitivity": one.sensitivity.name,
                "detections": one.detections,
                "reviewed": one.reviewed,
                "false_positives": one.false_positives,
                "bound": one.bound,
                "tolerated": one.tolerated,
                "reviews_missing": one.missing,
                "recorded": one.recorded,
            }
            for one in item.choices
        ],
    }
