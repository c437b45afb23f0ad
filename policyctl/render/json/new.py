"""A new policy file as JSON."""

from __future__ import annotations

from policyctl.render.json.envelope import document
from policyctl.usecases.new import NewPolicy


def render(made: NewPolicy, *, folder: str, governed: bool) -> str:
    """The whole output; ``governed`` says whether a ledger is kept in ``folder``."""
    result = {
        "policy": made.policy.id,
        "file": made.file,
        "extends": made.policy.extends,
        "folder": folder,
        "governed": governed,
    }
    return document("new", "pass", result=result)
