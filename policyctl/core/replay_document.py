"""A replay as one document, spelt the same whatever engine counted."""

from __future__ import annotations

from datetime import UTC, datetime

from policyctl.core.canonical import encode, sha256
from policyctl.core.replay import Changed, ChangedDay, Kind, Replay


def replay_digest(replay: Replay) -> str:
    """The sha256 by which two engines' results can be compared."""
    return sha256(encode(replay_data(replay)))


def replay_data(replay: Replay) -> dict[str, object]:
    """All that a replay found, as `canonical.encode` takes it."""
    return {
        "records": replay.records,
        "evaluations": replay.evaluations,
        "requests": replay.requests,
        "first": _time(replay.first),
        "last": _time(replay.last),
        "judged": replay.judged,
        "kinds": {
            kind.value: {"decisions": replay.events(kind), "sessions": replay.sessions[kind]}
            for kind in Kind
        },
        "changed": [_changed(item) for item in replay.changed],
        "not_replayable": [
            {
                "guardrail": item.guardrail,
                "direction": item.direction.value,
                "app": item.app or None,
                "reason": item.reason,
            }
            for item in replay.not_replayable
        ],
    }


def _changed(item: Changed) -> dict[str, object]:
    place = item.place
    return {
        "guardrail": place.guardrail,
        "direction": place.direction.value,
        "app": place.app,
        "kind": place.kind.value,
        "before": place.old.value,
        "after": place.new.value,
        "decisions": item.events,
        "first_hits": item.first_hits,
        "reviewed": item.reviewed,
        "true_positives": item.true_positives,
        "false_positives": item.false_positives,
        "days": [_day(day) for day in item.days],
        "examples": [
            {"request_id": example.request_id, "detector": example.detector}
            for example in item.examples
        ],
    }


def _day(day: ChangedDay) -> dict[str, object]:
    return {
        "day": str(day.day),
        "decisions": day.events,
        "first_hits": day.first_hits,
        "true_positives": day.true_positives,
        "false_positives": day.false_positives,
        "unsure": day.unsure,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
