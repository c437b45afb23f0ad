"""Amazon Bedrock Guardrails: answers of ApplyGuardrail and Converse, and model-invocation logs.

Converse and InvokeModel spell the same facts differently: ``trace.guardrail.inputAssessment`` and
``amazon-bedrock-trace.guardrail.input``, ``guardrail_intervened`` and ``INTERVENED``.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.engine_logs.answer import Answer, Message
from policyctl.core.engine_logs.bedrock_assessment import answers_of
from policyctl.core.engine_logs.fields import Fields, objects, part, parts, text
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.sides import Direction
from policyctl.core.unusable import UnusableError

_SIDES = {"INPUT": Direction.INPUT, "OUTPUT": Direction.OUTPUT}
_INTERVENED = ("INTERVENED", "GUARDRAIL_INTERVENED", "guardrail_intervened")
_TRACE = "amazon-bedrock-trace"
_ACTION = "amazon-bedrock-guardrailAction"


def read(data: Fields, levels: LevelTable) -> Message:
    """The message that an answer or a log line of Bedrock is about."""
    bodies = _bodies(data)
    answers = [answer for body in bodies for answer in _answers(body, levels)]
    if not answers:
        if text(data, "errorCode"):
            raise UnusableError("the call failed before any detector answered")
        if any(_intervened(body) for body in bodies):
            raise UnusableError("a guardrail intervened and no trace says which: switch it on")
    return Message(
        answers=tuple(answers),
        time=text(data, "timestamp"),
        request_id=text(data, "requestId"),
        user=text(part(data, "identity"), "arn"),
    )


def _bodies(data: Fields) -> tuple[Fields, ...]:
    """The answers of the model: of a log line the body, or what its stream was made of."""
    if "output" not in data or "modelId" not in data:
        return (data,)
    body = part(data, "output").get("outputBodyJson")
    found = body if isinstance(body, list) else [body]
    return tuple(
        inner
        for one in found
        if isinstance(one, dict)
        for inner in (one, part(one, "metadata"))
        if inner
    )


def _answers(body: Fields, levels: LevelTable) -> Iterator[Answer]:
    side = _SIDES.get(text(body, "source"))
    for assessment in parts(body, "assessments"):
        yield from answers_of(assessment, side, levels)
    converse = part(part(body, "trace"), "guardrail")
    invoke = part(part(body, _TRACE), "guardrail", "guardrails")
    for direction, trace, names in (
        (Direction.INPUT, converse, ("inputAssessment",)),
        (Direction.OUTPUT, converse, ("outputAssessments",)),
        (Direction.INPUT, invoke, ("input", "inputAssessment")),
        (Direction.OUTPUT, invoke, ("outputs", "outputAssessments")),
    ):
        for assessment in _assessments(trace, names):
            yield from answers_of(assessment, direction, levels)


def _assessments(trace: Fields, names: tuple[str, ...]) -> Iterator[Fields]:
    """Assessments by guardrail: one each, a list of them, or a list of objects of one each."""
    for name in names:
        value = trace.get(name)
        for guardrails in value if isinstance(value, list) else [value]:
            if not isinstance(guardrails, dict):
                continue
            yield from (one for _, one in objects(guardrails))
            for guardrail, listed in guardrails.items():
                if isinstance(listed, list):
                    yield from parts({guardrail: listed}, guardrail)


def _intervened(body: Fields) -> bool:
    return any(body.get(name) in _INTERVENED for name in (_ACTION, "action", "stopReason"))
