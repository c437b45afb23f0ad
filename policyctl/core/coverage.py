"""Which controls the policies claim to serve, and which no policy claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from policyctl.core.catalogue import Application, Catalogue
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.stages import Stage


@frozen
class Claim:
    """A policy that names a control, and the stage that says how much the claim is worth."""

    policy: str
    stage: Stage


@frozen
class ControlCoverage:
    """One control, and the policies that claim it.

    Attributes:
        applies: the days from which it applies, where it has such days.
    """

    id: str
    title: str
    claims: tuple[Claim, ...]
    applies: tuple[Application, ...] = ()


@frozen
class FrameworkCoverage:
    """One framework: first the controls that no policy claims, then the others.

    Attributes:
        url: where the framework is published.
    """

    id: str
    title: str
    url: str
    gaps: tuple[ControlCoverage, ...]
    covered: tuple[ControlCoverage, ...]

    @property
    def size(self) -> int:
        """How many controls the framework has."""
        return len(self.gaps) + len(self.covered)


@frozen
class Coverage:
    """Policies against controls.

    Attributes:
        policies: the policies that were looked at.
        silent: those of them that claim no control of these frameworks.
        frameworks: those that were asked for, else those that a policy names.
        unnamed: the frameworks that are known, were not asked for, and that no policy names.
    """

    policies: tuple[str, ...]
    silent: tuple[str, ...]
    frameworks: tuple[FrameworkCoverage, ...]
    unnamed: tuple[str, ...]


def cover(
    policies: Iterable[Policy], catalogues: Mapping[str, Catalogue], framework: str = ""
) -> Coverage:
    """Compare what policies in force claim with what frameworks hold.

    Args:
        policies: the policies; only controls that their catalogues have count.
        catalogues: control frameworks by their id.
        framework: the one framework to look at, an id in ``catalogues``; empty for all that a
            policy names.
    """
    looked = sorted(policies, key=lambda policy: policy.id)
    named = {name for policy in looked for name in policy.controls}
    chosen = [framework] if framework else [name for name in sorted(catalogues) if name in named]
    shown = tuple(_framework(catalogues[name], looked) for name in chosen)
    speaking = {
        claim.policy for one in shown for control in one.covered for claim in control.claims
    }
    return Coverage(
        policies=tuple(policy.id for policy in looked),
        silent=tuple(policy.id for policy in looked if policy.id not in speaking),
        frameworks=shown,
        unnamed=()
        if framework
        else tuple(name for name in sorted(catalogues) if name not in named),
    )


def _framework(catalogue: Catalogue, policies: Sequence[Policy]) -> FrameworkCoverage:
    claims: dict[str, list[Claim]] = {control: [] for control in catalogue.controls}
    for policy in policies:
        for control in policy.controls.get(catalogue.id, ()):
            if control in claims:
                claims[control].append(Claim(policy=policy.id, stage=policy.stage))
    controls = [
        ControlCoverage(
            id=control,
            title=title,
            claims=tuple(claims[control]),
            applies=catalogue.applies.get(control, ()),
        )
        for control, title in catalogue.controls.items()
    ]
    return FrameworkCoverage(
        id=catalogue.id,
        title=catalogue.title,
        url=catalogue.url,
        gaps=tuple(control for control in controls if not control.claims),
        covered=tuple(control for control in controls if control.claims),
    )
