"""Where records are counted: by which guardrail, and whether the stage acts there at all."""

from __future__ import annotations

from policyctl.core.covering import covering
from policyctl.core.decision import in_scope
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Guardrail, Policy
from policyctl.core.record import Record
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage


@frozen
class CountingPlace:
    """What a record is counted for.

    Attributes:
        guardrail: the enabled guardrail that decides about it.
        reached: whether the stage acts on it, whatever share of the keys it takes in.
    """

    guardrail: Guardrail
    reached: bool


class CountingPlaces:
    """The places of a policy, each looked up once for all records that have it in common."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._unshared = replace(policy.limited, share=None) if policy.limited else None
        self._places: dict[tuple[str, Direction, str, str], CountingPlace | None] = {}

    def of(self, record: Record) -> CountingPlace | None:
        """The place of a record; None if no enabled guardrail covers it."""
        key = (record.detector, record.direction, record.app, record.cohort)
        try:
            return self._places[key]
        except KeyError:
            return self._places.setdefault(key, self._found(record))

    def _found(self, record: Record) -> CountingPlace | None:
        guardrail = covering(self._policy.guardrails, record.detector, record.direction)
        if guardrail is None or not guardrail.enabled:
            return None
        return CountingPlace(guardrail=guardrail, reached=self._reaches(record))

    def _reaches(self, record: Record) -> bool:
        """Neither the record's time nor its key matters: no exception is asked, and no share."""
        match self._policy.stage:
            case Stage.LOGGING:
                return False
            case Stage.LIMITED:
                return in_scope(self._unshared, record.detection)
            case Stage.ENFORCE:
                return True
