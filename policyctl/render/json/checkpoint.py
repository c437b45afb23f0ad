"""The result of ``checkpoint`` as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.checkpoint import MadeCheckpoint


def render(made: MadeCheckpoint) -> str:
    """The whole output."""
    found = made.checkpoint
    result = {
        "number": found.number,
        "size": found.size,
        "tree": found.tree.hex(),
        "root": found.root,
        "grown": made.grown,
        "grew": dict(sorted(found.grew.items())),
        "owed": [
            {"policy": policy, "entry": seq, "sha256": sha256}
            for (policy, seq), sha256 in sorted(found.owed.items())
        ],
        "signer": made.who or None,
        "note": made.note.decode() or None,
        "tags": list(made.tags),
    }
    return document("checkpoint", "pass", result=result)
