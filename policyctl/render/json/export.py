"""An export's losses and files, as JSON: the manifest beside the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.canonical import sha256
from policyctl.render.json.envelope import document
from policyctl.usecases.export import Export


def render(done: Export, files: Mapping[str, bytes]) -> str:
    """The whole manifest.

    Args:
        done: what was exported.
        files: the bytes of each file, by name.
    """
    approved = done.approved
    result = {
        "policy": approved.policy.id,
        "stage": approved.policy.stage.value,
        "entry": approved.provenance.entry or None,
        "sha256": approved.provenance.digest,
        "target": done.target.name,
        "waiting": approved.waiting or None,
        "files": [{"name": name, "sha256": sha256(content)} for name, content in files.items()],
        "losses": [
            {
                "kind": item.kind.value,
                "subject": item.subject,
                "what": item.what,
                "consequence": item.consequence,
                "effect": item.effect.value,
            }
            for item in done.written.losses
        ],
    }
    return document("export", "fail" if done.exit_code else "pass", result=result)
