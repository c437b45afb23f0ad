"""A guardrail for LiteLLM's proxy that acts as an approved policy says.

It wraps a guardrail of any provider: that one finds, the policy decides by stage, scope and
exceptions, and every answer becomes a detection record. `docs/decide.md` has the configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import HTTPException
from litellm.integrations.custom_guardrail import CustomGuardrail

from policyctl.core.decision import Verdict
from policyctl.core.engine_logs.answer import Answer
from policyctl.core.record import Status
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage
from policyctl.decide.answers import completed, failed, heard, looked
from policyctl.decide.caller import caller
from policyctl.decide.followed import Followed
from policyctl.decide.judging import Judged, judged, record_line
from policyctl.decide.options import key_of, options_from, require_app
from policyctl.decide.recording import Recorder
from policyctl.decide.wrapped import Outcome, Wrapped

ENGINE = "litellm"
_REFUSED = 400
_UNANSWERED = 503


class PolicyGuardrail(CustomGuardrail):  # type: ignore[misc]  # there is no litellm to check with
    """``guardrail: policyctl.decide.litellm.PolicyGuardrail``.

    A stream is checked once, as a whole. In every stage but ``logging`` it is held back until then,
    because what a user has read cannot be taken back; what would be masked in it is refused.
    """

    streaming_end_of_stream_only = True

    def __init__(
        self,
        guardrail_name: str,
        event_hook: Any,
        default_on: bool | None = None,
        policyctl: object = None,
        **others: Any,
    ) -> None:
        """Take the configuration as LiteLLM's loader gives it.

        Raises:
            InputError: it cannot be used, or the compiled policy, the records or the wrapped
                guardrail cannot.
            RefusedError: the policy is a draft.
        """
        options = options_from(policyctl, event_hook)
        super().__init__(
            guardrail_name=guardrail_name,
            event_hook=event_hook,
            default_on=bool(default_on),
            **others,
        )
        self._options = options
        self._policy = Followed(
            options.policy,
            drafts=options.drafts,
            require=lambda decider: key_of(options, decider.policy),
        )
        require_app(options, self._policy.decider.policy)
        self._recorder = Recorder(options.records)
        name = f"{guardrail_name} (wrapped)"
        self._wrapped = Wrapped(name, event_hook, options.wraps, options.timeout)

    @property
    def streaming_buffer_until_moderated(self) -> bool:
        """Whether LiteLLM holds a stream back until it is checked."""
        return self._policy.decider.policy.stage is not Stage.LOGGING

    async def apply_guardrail(
        self,
        inputs: dict[str, Any],
        request_data: dict[str, Any],
        input_type: str,
        logging_obj: object = None,  # noqa: ARG002  LiteLLM gives it by name
    ) -> dict[str, Any]:
        """Have a message checked, and decide; LiteLLM calls this for every endpoint.

        Raises:
            HTTPException: the message is refused: 400 where the policy blocks, 503 where there was
                no answer to what it could have blocked. Or what the wrapped guardrail raised.
        """
        direction = Direction.INPUT if input_type == "request" else Direction.OUTPUT
        outcome = await self._wrapped.ask(inputs, request_data, direction)
        done = self._judged(outcome, request_data, direction)
        acting = [item for item in done if item.acts]
        if any(item.answer.status is not Status.OK for item in acting):
            raise HTTPException(_UNANSWERED, self._detail("a guardrail gave no answer", acting))
        if not acting:
            return inputs
        masks = all(item.decision.verdict is Verdict.REDACT for item in acting)
        streamed = direction is Direction.OUTPUT and request_data.get("stream") is True
        if not masks or outcome.masked is None or streamed:
            raise outcome.refusal or HTTPException(
                _REFUSED, self._detail("the message was refused", acting)
            )
        return outcome.masked

    def _judged(
        self, outcome: Outcome, request: Mapping[str, Any], direction: Direction
    ) -> tuple[Judged, ...]:
        """What becomes of each answer, recorded."""
        options, decider, now = self._options, self._policy.decider, datetime.now(UTC)
        who = caller(
            request,
            decider.policy,
            app=options.app,
            key=key_of(options, decider.policy),
            request_tags=options.request_tags,
        )
        answers = self._answers(outcome, direction)
        done = judged(decider, answers, who, direction, now, closed=options.closed)
        self._recorder.write(
            record_line(
                item,
                who,
                direction,
                now,
                engine=ENGINE,
                version=options.version,
                digest=decider.digest,
            )
            for item in done
        )
        return done

    def _answers(self, outcome: Outcome, direction: Direction) -> tuple[Answer, ...]:
        options = self._options
        if outcome.status is not Status.OK:
            return failed(options.detectors, direction, outcome.status)
        said = heard([*outcome.rows], self._wrapped.provider, options.levels)
        if outcome.found and not any(answer.level for answer in said):
            first = options.detectors[0]
            level = options.levels.detection(first, None)
            said = (*said, Answer(detector=first, level=level, detected=True))
        whole = outcome.refusal is None and looked(outcome.rows)
        return completed(said, options.detectors, direction, whole=whole)

    def _detail(self, said: str, acting: Iterable[Judged]) -> dict[str, object]:
        return {
            "error": said,
            "guardrail": self.guardrail_name,
            "detectors": [item.answer.detector for item in acting],
        }
