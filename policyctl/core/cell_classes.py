"""Cells that two policies cannot tell apart, so that rules are known before any record is.

A policy names some applications, cohorts and detectors; whatever it does in a cell, it does in
every cell that differs from it in nothing that is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from policyctl.core.covering import covers
from policyctl.core.decision_table import Cell
from policyctl.core.frozen import frozen
from policyctl.core.policy import Policy
from policyctl.core.sides import Direction

OTHER = ""
"""Stands for every name that no policy names."""


@frozen
class CellClasses:
    """The names that policies tell apart.

    Attributes:
        detectors: detectors and families, those that are more specific first.
    """

    apps: tuple[str, ...]
    cohorts: tuple[str, ...]
    detectors: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many `cells` there are."""
        apps, cohorts = len(self.apps) + 1, len(self.cohorts) + 1
        return apps * cohorts * len(Direction) * len(self.detectors)

    def cells(self) -> Iterator[Cell]:
        """One cell for each class; detectors that no policy names are decided by none."""
        apps, cohorts = (*self.apps, OTHER), (*self.cohorts, OTHER)
        for app, cohort, direction, detector in product(apps, cohorts, Direction, self.detectors):
            yield Cell(app=app, cohort=cohort, direction=direction, detector=detector)

    def of(self, cell: Cell) -> Cell:
        """The class of a cell, as one of `cells` or with a detector that is called `OTHER`."""
        return Cell(
            app=cell.app if cell.app in self.apps else OTHER,
            cohort=cell.cohort if cell.cohort in self.cohorts else OTHER,
            direction=cell.direction,
            detector=next((name for name in self.detectors if covers(name, cell.detector)), OTHER),
        )


def classes_of(policies: Iterable[Policy | None]) -> CellClasses:
    """The names that these policies tell apart."""
    apps: set[str] = set()
    cohorts: set[str] = set()
    detectors: set[str] = set()
    for policy in policies:
        if policy is None:
            continue
        apps.update(policy.apps)
        detectors.update(item.detector for item in policy.guardrails)
        for item in policy.exceptions:
            apps.update(item.apps)
            cohorts.update(item.cohorts)
            detectors.add(item.guardrail)
        if policy.limited:
            apps.update(policy.limited.apps)
            cohorts.update(policy.limited.cohorts)
            detectors.update(policy.limited.guardrails)
    return CellClasses(
        apps=tuple(sorted(apps)),
        cohorts=tuple(sorted(cohorts)),
        detectors=tuple(sorted(detectors, key=lambda name: (-len(name), name))),
    )
