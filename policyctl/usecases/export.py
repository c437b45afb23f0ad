"""Export an approved policy to the engine that enforces it."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.compiled import compiled
from policyctl.core.engines.exporting import exported
from policyctl.core.engines.target import Document, Target, Written
from policyctl.core.frozen import frozen
from policyctl.usecases.approved import Approved


@frozen
class Export:
    """An engine's configuration for a policy.

    Attributes:
        strict: whether a loss is an error.
    """

    approved: Approved
    target: Target
    written: Written
    strict: bool = False

    @property
    def exit_code(self) -> int:
        """1 where something is lost that nobody may lose."""
        return 1 if self.strict and self.written.losses else 0


def export(approved: Approved, target: Target, *, now: datetime, strict: bool) -> Export:
    """The configuration that the engine consumes.

    Raises:
        RefusedError: no configuration would be honest.
    """
    written = exported(approved.policy, target, approved.provenance, now)
    return Export(approved=approved, target=target, written=written, strict=strict)


def compile_policy(approved: Approved) -> Document:
    """The document that `policyctl.decide` acts by, to which nothing of the policy is lost."""
    made = approved.provenance
    return Document(
        name=f"{approved.policy.id}.compiled.json",
        data=compiled(approved.policy, entry=made.entry, digest=made.digest),
    )
