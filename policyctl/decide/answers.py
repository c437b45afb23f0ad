"""What a guardrail of LiteLLM found, out of what it wrote down for the proxy's logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from policyctl.core.covering import covers
from policyctl.core.engine_logs import bedrock, lakera, litellm, model_armor
from policyctl.core.engine_logs.answer import Answer, joined
from policyctl.core.engine_logs.engines import Reader
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engines.litellm_tables import CATEGORIES, FILTER, PATTERNS
from policyctl.core.frozen import replace
from policyctl.core.levels import Level
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_READERS: Mapping[str, Reader] = {
    "bedrock": bedrock.read,
    "lakera_v2": lakera.read,
    "model_armor": model_armor.read,
}
"""Providers whose own answer is kept whole in LiteLLM's row, with its confidences."""

_KINDS = {
    kind: detector
    for table in (PATTERNS, CATEGORIES)
    for detector, kinds in table.items()
    for kind in kinds
}
_SEVERITIES = {
    "high": Level.L1_CONFIDENT,
    "medium": Level.L2_VERY_LIKELY,
    "low": Level.L3_LIKELY,
}
"""The content filter's severities: at the leniest threshold only ``high`` counts."""


def heard(rows: object, provider: str, levels: LevelTable) -> tuple[Answer, ...]:
    """What a guardrail found, detector by detector.

    Args:
        rows: the proxy's ``standard_logging_guardrail_information`` of this one call.
        provider: the guardrail's ``guardrail:``.
        levels: how the organisation reads the engine.
    """
    if not isinstance(rows, list):
        return ()
    return tuple(
        answer
        for row in rows
        if isinstance(row, Mapping)
        for answer in _answers(row, provider, levels)
    )


def completed(
    answers: Sequence[Answer], detectors: Sequence[str], direction: Direction, *, whole: bool
) -> tuple[Answer, ...]:
    """One answer for each detector that the guardrail stands for, found or not.

    What is none of these counts as the first of them, so that nothing found is lost. Where the
    guardrail failed in part, what it did not find was not answered.

    Args:
        answers: what the guardrail found.
        detectors: what it stands for.
        direction: the side of the model.
        whole: whether it looked at everything. One that stopped at what it found says nothing
            about the other detectors, and gets no answer of theirs.
    """
    unanswered = [answer.status for answer in answers if answer.status is not Status.OK]
    named = [
        replace(answer, direction=direction, detector=_name_of(answer, detectors))
        for answer in answers
        if answer.status is Status.OK
    ]
    left = [
        name for name in detectors if not any(covers(name, answer.detector) for answer in named)
    ]
    if unanswered:
        return joined((*named, *failed(left, direction, unanswered[0])))
    silent = (Answer(detector=name, direction=direction, detected=False) for name in left)
    return joined((*named, *(silent if whole else ())))


def _name_of(answer: Answer, detectors: Sequence[str]) -> str:
    known = any(covers(name, answer.detector) for name in detectors)
    return answer.detector if known else detectors[0]


def looked(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a guardrail looked at the message, rather than say that there was nothing for it."""
    said = [row.get("guardrail_status") for row in rows]
    return not said or any(status != "not_run" for status in said)


def failed(detectors: Sequence[str], direction: Direction, status: Status) -> tuple[Answer, ...]:
    """The answers of a guardrail that gave none."""
    return tuple(Answer(detector=name, direction=direction, status=status) for name in detectors)


def _answers(row: Mapping[str, Any], provider: str, levels: LevelTable) -> tuple[Answer, ...]:
    response = row.get("guardrail_response")
    if provider == FILTER and isinstance(response, list):
        return tuple(_filtered(response, levels))
    reader = _READERS.get(provider)
    if reader is not None and isinstance(response, Mapping):
        try:
            return reader(response, levels).answers
        except UnusableError:
            pass  # an error in place of an answer: the row still has its status
    try:
        return litellm.read({"guardrail_information": [{**row}]}, levels).answers
    except UnusableError:
        return (Answer(detector=provider, status=Status.ERROR),)


def _filtered(found: Iterable[object], levels: LevelTable) -> Iterator[Answer]:
    """What the content filter lists: patterns, words and categories, each with what it did."""
    for item in found:
        if not isinstance(item, Mapping):
            continue
        kind = item.get("pattern_name") or item.get("category") or item.get("type")
        if not isinstance(kind, str):
            continue
        detector = levels.names.get(kind) or _KINDS.get(kind) or kind
        yield Answer(
            detector=detector,
            level=_SEVERITIES.get(str(item.get("severity"))) or levels.detection(detector, None),
            detected=True,
        )
