"""The estate as JSON."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.applied import DriftCheck
from policyctl.core.due import Due
from policyctl.core.entry import moment_text
from policyctl.core.estate import GateProgress, PolicyState
from policyctl.core.stages import Stage
from policyctl.core.turns import Turn
from policyctl.render.json.envelope import document
from policyctl.usecases.status import Status


def render(report: Status) -> str:
    """The whole output; policies and what is due in the order of the text."""
    estate = report.estate
    result = {
        "commit": estate.commit,
        "now": moment_text(estate.now),
        "root": estate.root.version if estate.root else None,
        "solo": bool(estate.root and estate.root.solo),
        "entries": estate.entries,
        "stages": {stage.value: len(estate.in_stage(stage)) for stage in Stage},
        "unapproved": len(estate.in_stage(None)),
        "retired": len(estate.retired),
        "hidden": report.hidden,
        "policies": [_policy(state) for state in report.shown],
        "due": [_due(due) for due in report.dues],
    }
    return document("status", "fail" if report.tampered else "pass", result=result)


def _policy(state: PolicyState) -> dict[str, object]:
    policy = state.policy
    return {
        "id": state.id,
        "stage": state.stage.value if state.stage else None,
        "since": _time(state.since),
        "owner": state.owner,
        "use_case": state.use_case,
        "sensitivity": policy.sensitivity.name if policy else None,
        "data_sensitivity": policy.data_sensitivity if policy else None,
        "entry": state.last.entry.seq if state.last else None,
        "entries": len(state.entries),
        "sha256": state.last.entry.after if state.last else None,
        "gate": _gate(state.gate) if state.gate else None,
        "next_review": str(state.next_review) if state.next_review else None,
        "exceptions": [
            {
                "id": item.id,
                "guardrail": item.guardrail,
                "owner": item.owner,
                "expires": str(item.expires) if item.expires else None,
            }
            for item in (policy.exceptions if policy else ())
        ],
        "waits_for": [_turn(turn) for turn in state.turns],
        "engines": [_check(item) for item in state.checks],
    }


def _gate(gate: GateProgress) -> dict[str, object]:
    judged = gate.report
    return {
        "to": gate.target.value,
        "of": "criteria" if judged else "days",
        "met": gate.met,
        "asked": gate.of,
        "verdict": judged.verdict.value if judged else None,
    }


def _turn(turn: Turn) -> dict[str, object]:
    return {
        "entry": turn.entry.seq,
        "change": turn.entry.change,
        "action": turn.entry.action.value,
        "from": turn.entry.source.value if turn.entry.source else None,
        "to": turn.entry.target.value if turn.entry.target else None,
        "role": turn.role,
        "count": turn.count,
        "people": list(turn.people),
        "until": _time(turn.until),
    }


def _check(item: DriftCheck) -> dict[str, object]:
    return {
        "target": item.target,
        "entry": item.entry,
        "checked": moment_text(item.checked),
        "by": item.by,
        "differences": item.differences,
        "effect": item.effect.value,
    }


def _due(due: Due) -> dict[str, object]:
    return {
        "kind": due.kind.value,
        "grave": due.kind.grave,
        "policy": due.policy,
        "text": due.text,
        "who": list(due.who),
        "until": _time(due.until),
    }


def _time(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None
