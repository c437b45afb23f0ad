"""Configurations of NeMo Guardrails, read: all files of a folder together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyctl.core.engine_logs.fields import slug
from policyctl.core.engines.merging import merged
from policyctl.core.engines.nemo_tables import PATTERNS, SCORES, judged_in
from policyctl.core.engines.presidio import DETECTORS
from policyctl.core.engines.reading import Part
from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Raw, Running, Unread
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Topic
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

_UNDIALLED = Sensitivity.L2
_SUFFIX = ".nemo.yml"
_ATTACKS = re.compile(r"jailbreak detection (heuristics|model)\b")
_CONTENT = re.compile(r"(content safety|llama guard) check (input|output)\b")
_PERSONAL = re.compile(r"(mask|detect) sensitive data on (input|output)\Z")
_FLOW = re.compile(r"^\s*(define )?(sub)?flow ", re.MULTILINE)


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """What the configuration in these files does; NeMo reads all files of a folder as one.

    Raises:
        InputError: none of the files is a configuration.
    """
    folder = _Folder()
    for raw in raws:
        try:
            folder.open(raw)
        except InputError as error:
            raise InputError(f"{raw.name}: {error.message}", hint=error.hint) from error
    ours = [raw.name.rpartition("/")[2] for raw in raws if raw.name.endswith(_SUFFIX)]
    return (folder.running(ours[0].removesuffix(_SUFFIX) if ours else ""),)


class _Folder:
    """The files of one configuration."""

    def __init__(self) -> None:
        self._wholes: list[Part] = []
        self._rails: list[Part] = []
        self._prompts: dict[str, str] = {}
        self._unread: list[Unread] = []

    def open(self, raw: Raw) -> None:
        """Add a file."""
        if isinstance(raw.data, str) and raw.name.endswith(".co"):
            if _FLOW.search(raw.data):
                self._unread.append(Unread(place=raw.name, what="flows of Colang are not read"))
            return
        whole = Part.of(raw.data, "")
        known = ("rails", "prompts", "models", "instructions", "sample_conversation")
        if not any(key in whole for key in known):
            raise InputError(
                "no configuration of NeMo Guardrails: it has neither rails nor prompts nor models",
                hint="the config.yml of the folder, and its other .yml files beside it",
            )
        rails = whole.part("rails")
        self._rails += [rails] if rails else []
        for item in whole.parts("prompts"):
            item.expect("output_parser", "max_tokens", "models", "stop")
            self._prompts[item.text("task")] = item.text("content")
        self._wholes.append(whole)

    def running(self, name: str) -> Running:
        """What all of them do together."""
        settings = merged(
            Setting(guardrail=guardrail, acts=True)
            for rails in self._rails
            for direction in Direction
            for guardrail in self._side(rails, direction)
        )
        return Running(
            name=name,
            settings=settings,
            unread=(*self._unread, *(item for part in self._wholes for item in part.all_unread())),
            surplus=tuple(place for part in self._wholes for place in part.surplus()),
        )

    def _side(self, rails: Part, direction: Direction) -> Iterator[Guardrail]:
        side = rails.part(direction.value)
        if side is None:
            return
        for number, flow in enumerate(side.texts("flows")):
            guardrails = self._flow(flow, direction)
            if guardrails is None:
                side.unknown(_unknown(flow), f"flows[{number}]")
            else:
                yield from guardrails

    def _flow(self, flow: str, direction: Direction) -> tuple[Guardrail, ...] | None:
        """The guardrails that a flow stands for; None where that is not known."""
        if _ATTACKS.match(flow):
            return (_guardrail("prompt_attack", direction),)
        if _CONTENT.match(flow):
            return (_guardrail("moderated_content", direction),)
        if flow == f"self check {direction.value}":
            return self._judged(direction) or None
        if flow == f"regex check {direction.value}":
            return self._matched(direction)
        personal = _PERSONAL.match(flow)
        if personal:
            return self._personal(direction, masks=personal[1] == "mask")
        return None

    def _judged(self, direction: Direction) -> tuple[Guardrail, ...]:
        return tuple(
            _guardrail(f"topic/{slug(item.name)}", direction, topics=(item,))
            if isinstance(item, Topic)
            else _guardrail(item, direction)
            for item in judged_in(self._prompts.get(f"self_check_{direction.value}", ""))
        )

    def _matched(self, direction: Direction) -> tuple[Guardrail, ...]:
        found = []
        for part in self._options("regex_detection", direction):
            patterns = part.texts("patterns")
            if part.flag("case_insensitive", default=False):
                patterns = tuple(f"(?i){pattern}" for pattern in patterns)
            found.append(_guardrail(PATTERNS, direction, regex=patterns))
        return tuple(found)

    def _personal(self, direction: Direction, *, masks: bool) -> tuple[Guardrail, ...]:
        found: list[Guardrail] = []
        for part in self._options("sensitive_data_detection", direction):
            part.expect("mask_token")
            dial = _dial(part)
            action = Action.REDACT if masks else Action.BLOCK
            found += [
                _guardrail(
                    DETECTORS.get(name) or f"custom/pii_{slug(name)}",
                    direction,
                    action=action,
                    dial=dial,
                )
                for name in part.texts("entities")
            ]
        return tuple(found)

    def _options(self, name: str, direction: Direction) -> Iterator[Part]:
        for rails in self._rails:
            config = rails.part("config")
            options = config.part(name) if config else None
            side = options.part(direction.value) if options else None
            if side is not None:
                yield side


def _unknown(flow: str) -> str:
    if flow.startswith("self check "):
        return f"what the prompt of '{flow}' asks for is not known here"
    return f"the flow '{flow}' is unknown"


def _guardrail(
    detector: str,
    direction: Direction,
    *,
    action: Action = Action.BLOCK,
    dial: Sensitivity = _UNDIALLED,
    regex: tuple[str, ...] = (),
    topics: tuple[Topic, ...] = (),
) -> Guardrail:
    return Guardrail(
        detector=detector,
        direction=direction,
        action=action,
        sensitivity=dial,
        regex=regex,
        topics=topics,
    )


def _dial(part: Part) -> Sensitivity:
    """The strictest sensitivity that the score reaches; its default is 0.2."""
    told = part.value("score_threshold", SCORES[Sensitivity.L4])
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise InputError(f"{part.at('score_threshold')} is no number")
    return max((dial for dial in Sensitivity if told <= SCORES[dial]), default=Sensitivity.L1)
