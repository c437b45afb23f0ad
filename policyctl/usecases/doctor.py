"""Say whether policyctl can do its work here, and what to do where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from policyctl.core.frozen import frozen
from policyctl.errors import PolicyctlError


class Health(Enum):
    """How it stands with one thing."""

    FINE = "fine"
    ADVICE = "advice"  # works, and would be better otherwise
    REPAIR = "repair"  # something does not work, or will not


@frozen
class Check:
    """One thing that was looked at.

    Attributes:
        name: what was looked at, as ``signing key``.
        health: how it stands.
        message: one sentence that says what is true.
        hint: what to do, where there is something to do.
    """

    name: str
    health: Health
    message: str
    hint: str = ""


@frozen
class Diagnosis:
    """Everything that was looked at.

    Attributes:
        done: what was repaired before, one sentence each.
    """

    checks: tuple[Check, ...]
    done: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True if there is nothing to repair."""
        return all(check.health is not Health.REPAIR for check in self.checks)


Examination = Callable[[], Iterable[Check]]


def diagnose(examinations: Mapping[str, Examination], done: tuple[str, ...] = ()) -> Diagnosis:
    """Look at everything, in this order; what cannot be looked at is something to repair.

    Args:
        examinations: what is looked at, by its name.
        done: what was repaired before.
    """
    checks: list[Check] = []
    for name, examine in examinations.items():
        try:
            checks += examine()
        except PolicyctlError as error:
            checks.append(
                Check(name=name, health=Health.REPAIR, message=error.message, hint=error.hint)
            )
    return Diagnosis(checks=tuple(checks), done=done)


def fine(name: str, message: str) -> Check:
    """A thing that is as it should be."""
    return Check(name=name, health=Health.FINE, message=message)


def advice(name: str, message: str, hint: str) -> Check:
    """A thing that works, and would be better otherwise."""
    return Check(name=name, health=Health.ADVICE, message=message, hint=hint)


def repair(name: str, message: str, hint: str) -> Check:
    """A thing that does not work, or will not."""
    return Check(name=name, health=Health.REPAIR, message=message, hint=hint)
