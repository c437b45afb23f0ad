"""Compare what an engine runs with what was approved for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core.diff.change import PolicyChange
from policyctl.core.engines.drift import drift_between
from policyctl.core.engines.exporting import exported
from policyctl.core.engines.target import Raw, Running, Target
from policyctl.core.frozen import frozen
from policyctl.errors import InputError, UsageError
from policyctl.usecases.approved import Approved


@frozen
class DriftReport:
    """What runs differently than approved.

    Attributes:
        configuration: the approved configuration that was compared.
        running: the live one, in policy terms.
        changes: before is what was approved, after is what runs.
    """

    approved: Approved
    target: Target
    configuration: str
    running: Running
    changes: tuple[PolicyChange, ...]

    @property
    def incidents(self) -> tuple[PolicyChange, ...]:
        """Those that may let more through than was approved."""
        return tuple(change for change in self.changes if change.effect.may_weaken)

    @property
    def drifted(self) -> bool:
        """True if anything that policies speak of is not as approved, or was not understood."""
        return bool(self.changes or self.running.unread)

    @property
    def exit_code(self) -> int:
        """1 for drift."""
        return 1 if self.drifted else 0


def drift(
    approved: Approved, target: Target, live: Sequence[Raw], *, name: str = "", now: datetime
) -> DriftReport:
    """Compare a live configuration with the one that the ledger stands for.

    Args:
        approved: the policy.
        target: the engine.
        live: the configuration as the vendor's tool prints it.
        name: which of the configurations in these files is meant, where there are several.
        now: the moment by which expiry is judged.

    Raises:
        InputError: the files hold no configuration of this engine.
        RefusedError: the policy cannot be exported to it.
        UsageError: it is not clear which configurations to compare.
    """
    written = exported(approved.policy, target, approved.provenance, now)
    ours = target.read(
        [Raw(item.name, item.data) for item in written.documents if item.name != "routing.json"]
    )
    theirs = target.read(live)
    running = _chosen(theirs, name or approved.policy.id, asked=bool(name))
    expected = _counterpart(ours, running)
    return DriftReport(
        approved=approved,
        target=target,
        configuration=expected.name,
        running=running,
        changes=drift_between(approved.policy, expected.settings, running),
    )


def _chosen(found: Sequence[Running], name: str, *, asked: bool) -> Running:
    if not found:
        raise InputError("the files hold no configuration")
    named = [item for item in found if item.name == name]
    if len(named) == 1:
        return named[0]
    if len(found) == 1 and not asked:
        return found[0]
    names = ", ".join(sorted({item.name or "(no name)" for item in found}))
    raise UsageError(
        f"no single configuration is called '{name}'; the files hold: {names}",
        hint="--name NAME",
    )


def _counterpart(ours: Sequence[Running], running: Running) -> Running:
    """The approved configuration of the live one's name; a single one is meant by any name."""
    named = [item for item in ours if item.name == running.name]
    if named:
        return named[0]
    if len(ours) == 1:
        return ours[0]
    names = ", ".join(sorted(item.name for item in ours))
    raise UsageError(
        f"the live configuration is called '{running.name}', and approved are: {names}",
        hint="give it the name of the one that it should be",
    )
