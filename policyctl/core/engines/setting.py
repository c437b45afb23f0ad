"""A policy as engines can be told it: which guardrails act, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.covering import covers
from policyctl.core.detectors import FAMILIES
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Guardrail, Limited, Policy
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage


@frozen
class Setting:
    """One guardrail that is switched on.

    Attributes:
        acts: whether detections are blocked or redacted; they are only logged otherwise.
    """

    guardrail: Guardrail
    acts: bool

    @property
    def side(self) -> tuple[str, Direction]:
        """The detector and the direction, by which settings are told apart."""
        return self.guardrail.detector, self.guardrail.direction

    @property
    def label(self) -> str:
        """The side as people read it: ``pii/email (output)``."""
        return f"{self.guardrail.detector} ({self.guardrail.direction.value})"


@frozen
class Audience:
    """Whose traffic a configuration is for; an empty tuple does not narrow it."""

    apps: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()

    @property
    def is_everybody(self) -> bool:
        """True if it is for all traffic that no other configuration is for."""
        return not (self.apps or self.cohorts)


@frozen
class Variant:
    """What one configuration of the engine has to do.

    Attributes:
        name: what it is called, unique in the engine: the policy's id, with ``-limited`` behind it
            for the part of the traffic on which a limited policy acts.
        settings: the guardrails that are switched on, by detector and direction; families of
            detectors as their members.
        audience: whose traffic it is for.
    """

    name: str
    settings: tuple[Setting, ...]
    audience: Audience = Audience()

    @property
    def is_mixed(self) -> bool:
        """True if some guardrails act and some only log."""
        return len({setting.acts for setting in self.settings}) > 1


def variants(policy: Policy) -> tuple[Variant, ...]:
    """What the engine is to do in the policy's stage.

    One configuration, but where a limited policy acts on some apps or cohorts only: then a second
    one, which only logs, is for everybody else. A share of the traffic is not looked at.
    """
    match policy.stage:
        case Stage.LOGGING:
            return (Variant(name=policy.id, settings=_settings(policy, None)),)
        case Stage.LIMITED:
            return tuple(_limited(policy, policy.limited))
        case Stage.ENFORCE:
            return (Variant(name=policy.id, settings=_settings(policy, Limited())),)


def _limited(policy: Policy, scope: Limited | None) -> Iterator[Variant]:
    """A missing scope holds nothing: the policy only logs."""
    if scope is None or not (scope.apps or scope.cohorts):
        yield Variant(name=policy.id, settings=_settings(policy, scope))
        return
    yield Variant(
        name=f"{policy.id}-limited",
        settings=_settings(policy, scope),
        audience=Audience(apps=scope.apps, cohorts=scope.cohorts),
    )
    yield Variant(name=policy.id, settings=_settings(policy, None))


def _settings(policy: Policy, scope: Limited | None) -> tuple[Setting, ...]:
    named = {(guardrail.detector, guardrail.direction) for guardrail in policy.guardrails}
    found = [
        setting
        for guardrail in policy.guardrails
        for member in _members(guardrail, named)
        if member.enabled
        for setting in _split(member, scope)
    ]
    return tuple(sorted(found, key=lambda setting: (setting.side[0], setting.side[1].value)))


def _members(guardrail: Guardrail, named: set[tuple[str, Direction]]) -> Iterator[Guardrail]:
    """A family as those of its members that have no guardrail of their own."""
    members = FAMILIES.get(guardrail.detector)
    if members is None:
        yield guardrail
        return
    for name in members:
        if (name, guardrail.direction) not in named:
            yield replace(guardrail, detector=name)


def _split(guardrail: Guardrail, scope: Limited | None) -> Iterator[Setting]:
    """A guardrail in its scope; detectors below it that the scope names stand for themselves."""
    names = scope.guardrails if scope is not None else ()
    inside = scope is not None and not names
    acts = inside or any(covers(name, guardrail.detector) for name in names)
    yield Setting(guardrail=guardrail, acts=acts)
    if acts:
        return
    for name in sorted(set(names)):
        if covers(guardrail.detector, name):
            yield Setting(guardrail=replace(guardrail, detector=name), acts=True)
