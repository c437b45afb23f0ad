"""The verdicts of a review, as the file that evidence is computed with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from policyctl.core.canonical import NonCanonicalError, decode, encode
from policyctl.core.entry import SLUG
from policyctl.core.frozen import frozen
from policyctl.core.record import Label
from policyctl.core.review_sample import Case
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage

TYPE = "policyctl/review-labels/v1"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z)?\Z")
_LONGEST = 512
_FIELDS = {"request_id", "detector", "direction", "verdict", "reviewer", "reviewed_at"}
_KNOWN = {"type", "policy", "from", "to", "policy_digest", "size", "labels"}


@frozen(order=True)
class Verdict:
    """What one person said about one detection.

    Attributes:
        reviewer: a person whom governance knows.
        reviewed_at: the day or the moment (UTC), as 2026-11-20 or 2026-11-20T08:00:00Z.
    """

    case: Case
    reviewer: str
    label: Label
    reviewed_at: str


@frozen
class ReviewLabels:
    """All verdicts about one sample.

    Attributes:
        policy_digest: sha256 of the policy file for which it was drawn.
        size: how many detections of each stratum were drawn.
    """

    policy: str
    source: Stage
    target: Stage
    policy_digest: str
    size: int
    verdicts: tuple[Verdict, ...]


def labels_bytes(labels: ReviewLabels) -> bytes:
    """The exact bytes of the file: the same verdicts give the same bytes."""
    return encode(
        {
            "type": TYPE,
            "policy": labels.policy,
            "from": labels.source.value,
            "to": labels.target.value,
            "policy_digest": labels.policy_digest,
            "size": labels.size,
            "labels": [
                {
                    "request_id": item.case.request_id,
                    "detector": item.case.detector,
                    "direction": item.case.direction.value,
                    "verdict": item.label.value,
                    "reviewer": item.reviewer,
                    "reviewed_at": item.reviewed_at,
                }
                for item in in_order(labels.verdicts)
            ],
        }
    )


def in_order(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts by what they are about, then by reviewer."""
    return sorted(
        verdicts,
        key=lambda item: (
            item.case.request_id,
            item.case.detector,
            item.case.direction.value,
            item.reviewer,
        ),
    )


def labels_from(content: bytes) -> ReviewLabels:
    """The verdicts that a file holds.

    Raises:
        ValueError: it is not such a file; the message is one sentence.
    """
    try:
        data = decode(content)
        if not isinstance(data, dict) or set(data) != _KNOWN or data["type"] != TYPE:
            raise ValueError("it is not what 'policyctl review import' writes")
        return _labels(data)
    except NonCanonicalError as error:
        raise ValueError("it is not what 'policyctl review import' writes") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a field is missing, or holds something else") from error


def verdict_from(row: Mapping[str, Any]) -> Verdict:
    """The verdict that a row states.

    Raises:
        ValueError: it is not one; the message is one sentence.
    """
    for name in sorted(_FIELDS):
        value = row.get(name)
        if not isinstance(value, str) or not value:
            raise ValueError(f"the verdict has no '{name}'")
        if len(value) > _LONGEST or not value.isprintable():
            raise ValueError(f"'{name}' is too long, or holds control characters")
    labels = [label.value for label in Label]
    if row["verdict"] not in labels:
        raise ValueError(f"the verdict '{row['verdict']}' is not one of {', '.join(labels)}")
    if row["direction"] not in [side.value for side in Direction]:
        raise ValueError(f"the direction '{row['direction']}' is neither input nor output")
    if not SLUG.match(row["reviewer"]):
        raise ValueError(f"the reviewer '{row['reviewer']}' is not a person's id")
    if not _MOMENT.match(row["reviewed_at"]):
        raise ValueError(
            f"reviewed_at '{row['reviewed_at']}' is not written as 2026-11-20 or"
            " 2026-11-20T08:00:00Z"
        )
    return Verdict(
        case=Case(row["request_id"], row["detector"], Direction(row["direction"])),
        reviewer=row["reviewer"],
        label=Label(row["verdict"]),
        reviewed_at=row["reviewed_at"],
    )


def _labels(data: Mapping[str, Any]) -> ReviewLabels:
    size = data["size"]
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise ValueError("the size of the sample is not a number from 1")
    verdicts = tuple(verdict_from(row) for row in data["labels"])
    if len({(item.case, item.reviewer) for item in verdicts}) < len(verdicts):
        raise ValueError("somebody gives two verdicts on one detection")
    return ReviewLabels(
        policy=data["policy"],
        source=Stage(data["from"]),
        target=Stage(data["to"]),
        policy_digest=data["policy_digest"],
        size=size,
        verdicts=verdicts,
    )
