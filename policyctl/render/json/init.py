"""What ``init`` set up, as JSON."""

from __future__ import annotations

from policyctl.core.canonical import decode
from policyctl.core.trust_root import root_bytes
from policyctl.render.json.envelope import document
from policyctl.usecases.init import Founded


def render(founded: Founded) -> str:
    """The whole output."""
    result = {
        "root": decode(root_bytes(founded.root)),
        "pin": founded.pin,
        "commit": founded.commit,
        "files": list(founded.files),
        "kept": list(founded.kept),
        "forge": founded.forge.value if founded.forge else None,
        "warnings": list(founded.warnings),
        "owed": {"missing": founded.owed.missing, "left": list(founded.owed.left)},
    }
    return document("init", "pass", result=result)
