"""What became of a configuration as a policy, as JSON."""

from __future__ import annotations

from policyctl.core.engines.drift import settings_data
from policyctl.render.json.envelope import document
from policyctl.usecases.import_configuration import Imported


def render(done: Imported) -> str:
    """The whole output."""
    near = done.nearest
    result = {
        "policy": done.policy.id,
        "file": done.file,
        "content": done.content.decode(),
        "target": done.target.name,
        "configuration": done.running.name,
        "stage": done.policy.stage.value,
        "amounts_to": done.stage.value,
        "settings": settings_data(done.running.settings),
        "unread": [{"place": item.place, "what": item.what} for item in done.running.unread],
        "ignored": list(done.running.surplus),
        "nearest": (
            {
                "baseline": near.baseline,
                "use_case": near.use_case,
                "alike": near.alike,
                "of": near.of,
            }
            if near
            else None
        ),
    }
    status = "fail" if done.exit_code else "pass"
    return document("import", status, findings=done.findings, result=result)
