"""Evidence as the ledger keeps it: read back from its exact bytes, to be shown."""

from __future__ import annotations

from collections.abc import Mapping

from policyctl.core.canonical import decode, sha256
from policyctl.core.criterion import Outcome
from policyctl.core.frozen import frozen
from policyctl.core.layout import EVIDENCE_TYPE

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any


@frozen
class KeptCriterion:
    """One thing that the gate asked for, and what the records said."""

    name: str
    outcome: Outcome
    sentence: str


@frozen
class KeptBound:
    """What reviews said about the false positives of one stratum.

    Attributes:
        name: guardrail, direction and application.
        estimate: the share among what was reviewed; None where nothing was.
        lower: lower bound on the share, and ``upper`` the bound that the gate went by.
        limit: what the gate tolerates.
    """

    name: str
    estimate: float | None
    lower: float
    upper: float
    limit: float


@frozen
class KeptEvidence:
    """What an evidence report says.

    Attributes:
        digest: its sha256, which the entry names.
        records: how many detection records it was computed from.
        first: the time of the first of them, and ``last`` of the last, as the report spells it.
    """

    digest: str
    verdict: Outcome
    records: int
    first: str
    last: str
    criteria: tuple[KeptCriterion, ...]
    bounds: tuple[KeptBound, ...]


def kept_evidence(content: bytes) -> KeptEvidence:
    """What `core.evidence.evidence_bytes` wrote.

    Raises:
        ValueError: the bytes are no such report.
    """
    data = decode(content)
    try:
        return _from(_mapping(data), sha256(content))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no evidence report: {error}") from error


def _from(data: Mapping[str, Any], digest: str) -> KeptEvidence:
    if data["type"] != EVIDENCE_TYPE:
        raise ValueError("no evidence report")
    traffic, gate = _mapping(data["traffic"]), _mapping(data["gate"])
    return KeptEvidence(
        digest=digest,
        verdict=Outcome(data["verdict"]),
        records=int(traffic["records"]),
        first=str(traffic["first"] or ""),
        last=str(traffic["last"] or ""),
        criteria=tuple(
            KeptCriterion(
                name=str(item["name"]),
                outcome=Outcome(item["outcome"]),
                sentence=str(item["sentence"]),
            )
            for item in map(_mapping, data["criteria"])
        ),
        bounds=tuple(
            _bound(item, gate) for item in map(_mapping, data["strata"]) if item["newly_blocked"]
        ),
    )


def _bound(item: Mapping[str, Any], gate: Mapping[str, Any]) -> KeptBound:
    found = _mapping(item["false_positive_bounds"])
    reviewed = int(item["reviewed"])
    where = f" in {item['app']}" if item["app"] else ""
    return KeptBound(
        name=f"{item['guardrail']} ({item['direction']}){where}",
        estimate=int(item["false_positives"]) / reviewed if reviewed else None,
        lower=float(found["lower"]),
        upper=float(found["anytime_upper" if gate["inference"] == "anytime" else "upper"]),
        limit=float(gate["false_positives"]),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value
