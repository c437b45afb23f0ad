"""From a decoded line to records: the engine's answers, and what stands around them.

What an engine does not say about a message stands beside its answer: either the answer itself has
the fields of `CONTEXT` too, or a line has them and holds the answer as ``answer``. Nothing but
these fields and what a reader names gets into a record; texts of messages are never read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from policyctl.core.engine_logs.answer import Answer, Message, joined
from policyctl.core.engine_logs.engines import READERS
from policyctl.core.engine_logs.fields import Fields, flag, part, text
from policyctl.core.engine_logs.identities import Identities, request_id_of
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.frozen import frozen
from policyctl.core.quick_record import quick_record
from policyctl.core.record import Record
from policyctl.core.unusable import UnusableError

CONTEXT = (
    "ts", "request_id", "session_id", "key", "app", "cohort", "direction", "source", "blocked",
    "detector_version", "policy_digest",
)  # fmt: skip
"""What may stand beside an engine's answer; ``source`` is Bedrock's word for a direction."""

PLAIN = "plain"
"""What ``--from`` calls detection records in policyctl's own format."""

_ANSWER = "answer"
_NO_LEVEL = "none"

Normalise = Callable[[Fields, str], tuple[Record, ...]]
"""The records of a line, given an id for its message if it has none."""


@frozen
class Defaults:
    """What an import says about lines that do not say it themselves."""

    app: str = ""
    direction: str = ""


def normaliser(
    engine: str, *, levels: LevelTable, identities: Identities, defaults: Defaults
) -> Normalise:
    """What makes records of an engine's lines, or of records (``plain``).

    What it makes raises `UnusableError` where a line cannot be used.

    Raises:
        KeyError: there is no such engine.
    """
    if engine == PLAIN:
        return _of_records(levels, identities, defaults)
    return _of_engine(engine, levels, identities, defaults)


def _of_engine(
    engine: str, levels: LevelTable, identities: Identities, defaults: Defaults
) -> Normalise:
    reader = READERS[engine]

    def normalise(line: Fields, spare_id: str) -> tuple[Record, ...]:
        context: Fields = {name: line[name] for name in CONTEXT if name in line}
        answer = part(line, _ANSWER) or line
        if "source" in context:
            answer = {**answer, "source": context["source"]}
        message = reader(answer, levels)
        common = _common(context, message, spare_id, identities) | {"engine": engine}
        return tuple(
            quick_record(common | _own(one, context, defaults)) for one in joined(message.answers)
        )

    return normalise


def _of_records(levels: LevelTable, identities: Identities, defaults: Defaults) -> Normalise:
    """Lines that are records already, but perhaps for a level or an application."""

    def normalise(line: Fields, spare_id: str) -> tuple[Record, ...]:  # noqa: ARG001
        fields = dict(line)
        if defaults.app:
            fields.setdefault("app", defaults.app)
        if defaults.direction:
            fields.setdefault("direction", defaults.direction)
        if "level" not in fields and fields.get("status") == "ok":
            fields |= _scored(fields, levels)
        for name in ("key", "session_id"):
            if isinstance(given := fields.get(name), str):
                fields[name] = identities.of(given) or None
        return (quick_record(fields),)

    return normalise


def _scored(fields: Fields, levels: LevelTable) -> dict[str, object]:
    score, detector = fields.get("score"), text(fields, "detector")
    if isinstance(score, bool) or not isinstance(score, int | float):
        return {}
    if levels.cuts_of(detector) is None:
        raise UnusableError("the record has a score and no level, and no thresholds are given")
    level = levels.score(detector, float(score))
    return {"level": level.label if level else _NO_LEVEL}


def _common(
    context: Fields, message: Message, spare_id: str, identities: Identities
) -> dict[str, object]:
    key = identities.of(text(context, "key") or message.user)
    session = identities.of(text(context, "session_id") or message.session_id)
    request_id = text(context, "request_id") or message.request_id
    return {
        "ts": text(context, "ts") or _written(message.time),
        "request_id": request_id_of(request_id) if request_id else spare_id,
        "session_id": session or None,
        "key": key or None,
        "cohort": text(context, "cohort") or None,
        "policy_digest": text(context, "policy_digest") or None,
    }


def _own(answer: Answer, context: Fields, defaults: Defaults) -> dict[str, object]:
    app = text(context, "app") or defaults.app
    if not app:
        raise UnusableError("the line does not say which application it is from: use --app")
    side = text(context, "direction") or (answer.direction.value if answer.direction else "")
    if not side and not defaults.direction:
        raise UnusableError("the line does not say which side of the model: use --direction")
    blocked = answer.blocked
    if blocked is None and answer.detected is not None:
        said = flag(context, "blocked")
        blocked = said if said is None else said and answer.detected
    return {
        "app": app,
        "direction": side or defaults.direction,
        "detector": answer.detector,
        "detector_version": text(context, "detector_version") or answer.version or None,
        "level": answer.level.label if answer.level else _NO_LEVEL,
        "score": answer.score,
        "status": answer.status.value,
        "detected": answer.detected,
        "would_block": answer.would_block,
        "blocked": blocked,
    }


def _written(time: str | float) -> str:
    if not time:
        raise UnusableError("the line has no time: put it beside the answer as 'ts'")
    if isinstance(time, str):
        return time
    try:
        return datetime.fromtimestamp(time, UTC).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise UnusableError("the line's time does not exist") from error
