"""Compare what an engine runs with what was approved for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core.diff.change import PolicyChange
from policyctl.core.engines.drift import drift_between
from policyctl.core.engines.exporting import ROUTING, exported
from policyctl.core.engines.target import Raw, Running, Target, Unread
from policyctl.core.frozen import frozen
from policyctl.errors import InputError, UsageError
from policyctl.usecases.approved import Approved


@frozen
class Compared:
    """One configuration, as approved and as it runs.

    Attributes:
        name: as approved.
        running: the live one, in policy terms.
        changes: before is what was approved, after is what runs.
    """

    name: str
    running: Running
    changes: tuple[PolicyChange, ...]


@frozen
class DriftReport:
    """What runs differently than approved.

    Attributes:
        live: name and sha256 of each file that was compared.
    """

    approved: Approved
    target: Target
    compared: tuple[Compared, ...]
    live: tuple[tuple[str, str], ...] = ()

    @property
    def changes(self) -> tuple[PolicyChange, ...]:
        """The differences in all configurations."""
        return tuple(change for item in self.compared for change in item.changes)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What was not understood, and may protect or not."""
        return tuple(dict.fromkeys(it for item in self.compared for it in item.running.unread))

    @property
    def surplus(self) -> tuple[str, ...]:
        """Places of values that policies say nothing about."""
        return tuple(dict.fromkeys(it for item in self.compared for it in item.running.surplus))

    @property
    def incident(self) -> bool:
        """True if more may be let through than was approved."""
        return bool(self.unread) or any(change.effect.may_weaken for change in self.changes)

    @property
    def drifted(self) -> bool:
        """True if anything that policies speak of is not as approved, or was not understood."""
        return bool(self.changes or self.unread)

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
        name: which of the configurations in these files is meant, where that is unclear.
        now: the moment by which expiry is judged.

    Raises:
        InputError: the files hold no configuration of this engine.
        RefusedError: the policy cannot be exported to it.
        UsageError: it is not clear which configurations to compare.
    """
    written = exported(approved.policy, target, approved.provenance, now)
    ours = target.read([Raw(it.name, it.data) for it in written.documents if it.name != ROUTING])
    theirs = target.read(live)
    if name:
        theirs = tuple(item for item in theirs if item.name == name) or _unnamed(theirs, name)
    pairs = _pairs(ours, theirs, whole=written.routed)
    return DriftReport(
        approved=approved,
        target=target,
        compared=tuple(
            Compared(
                name=wanted.name,
                running=running,
                changes=drift_between(approved.policy, wanted, running),
            )
            for wanted, running in pairs
        ),
        live=tuple((raw.name.rpartition("/")[2], raw.sha256) for raw in live),
    )


def _pairs(
    ours: Sequence[Running], theirs: Sequence[Running], *, whole: bool
) -> list[tuple[Running, Running]]:
    """Which configuration is compared with which: those of one name, or the only two.

    Args:
        ours: as approved.
        theirs: as they run.
        whole: whether the engine holds all of them in one place, so that a missing one is gone.
    """
    if not theirs:
        raise InputError("the files hold no configuration")
    live = {item.name: item for item in theirs}
    pairs = [(item, live[item.name]) for item in ours if item.name in live]
    if not pairs and len(ours) == len(theirs) == 1:
        return [(ours[0], theirs[0])]
    if not pairs:
        wanted = ", ".join(item.name for item in ours)
        raise UsageError(
            f"approved are {wanted}, and the files hold {_listed(theirs)}",
            hint="--name NAME, and the name of the approved one for what runs",
        )
    if whole:
        gone = [item for item in ours if item.name not in live]
        pairs += [(item, Running(name=item.name, settings=())) for item in gone]
    return pairs


def _unnamed(found: Sequence[Running], name: str) -> tuple[Running, ...]:
    raise UsageError(
        f"no configuration is called '{name}'; the files hold {_listed(found)}",
        hint="--name NAME",
    )


def _listed(found: Sequence[Running]) -> str:
    return ", ".join(sorted({item.name or "one without a name" for item in found}))
