"""What was written for a forge, as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.add_ci import AddedCi


def render(added: AddedCi) -> str:
    """The whole output."""
    result = {
        "forge": added.forge.value,
        "commit": added.commit,
        "files": list(added.files),
        "kept": list(added.kept),
    }
    return document("init", "pass", result=result)
