"""Pipelines of OpenAI Guardrails, read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from policyctl.core.engine_logs.fields import slug
from policyctl.core.engines.merging import merged
from policyctl.core.engines.openai_guardrails_tables import (
    CATEGORIES,
    CONFIDENCES,
    KEYWORDS,
    SECRETS,
    subject,
)
from policyctl.core.engines.presidio import DETECTORS, ENTITIES
from policyctl.core.engines.reading import Part, read_each
from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Raw, Running
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

_UNDIALLED = Sensitivity.L2
_STAGES = {
    "pre_flight": Direction.INPUT,
    "input": Direction.INPUT,
    "output": Direction.OUTPUT,
}
_SUFFIX = ".openai-guardrails.json"
_BY_CATEGORY = {
    category: detector for detector, listed in CATEGORIES.items() for category in listed
}
_BY_THRESHOLD = {SECRETS[dial]: dial for dial in reversed(Sensitivity)}


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """What pipelines do; they have no names, so each is called after its file.

    Raises:
        InputError: a file holds no pipeline.
    """
    return read_each(raws, _pipelines)


def _pipelines(raw: Raw) -> Iterator[Running]:
    whole = Part.of(raw.data, "")
    stages = [stage for stage in _STAGES if stage in whole]
    if not stages:
        raise InputError(
            "no pipeline of OpenAI Guardrails: it has none of the stages pre_flight, input, output",
            hint='as in {"version": 1, "input": {"version": 1, "guardrails": […]}}',
        )
    whole.expect("version")
    found: list[Setting] = []
    for stage in stages:
        part = whole.part(stage)
        if part is None:
            continue
        part.expect("version")
        for item in part.parts("guardrails"):
            found += (_acting(one, _STAGES[stage]) for one in _check(item))
    name = raw.name.rpartition("/")[2]
    yield Running(
        name=name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else "",
        settings=merged(found),
        unread=whole.all_unread(),
        surplus=whole.surplus(),
    )


def _acting(guardrail: Guardrail, direction: Direction) -> Setting:
    return Setting(guardrail=replace(guardrail, direction=direction), acts=True)


def _check(item: Part) -> Iterator[Guardrail]:
    name = item.text("name")
    config = item.part("config") or Part({}, item.at("config"))
    make = _CHECKS.get(name)
    if make is None:
        item.unknown(f"policies have no detector for the check '{name}'", "name")
        return
    yield from make(config)


def _guardrail(
    detector: str, *, action: Action = Action.BLOCK, dial: Sensitivity = _UNDIALLED
) -> Guardrail:
    """A guardrail whose direction its stage says."""
    return Guardrail(detector=detector, direction=Direction.INPUT, action=action, sensitivity=dial)


def _dial(config: Part) -> Sensitivity:
    """The strictest sensitivity that the threshold reaches; its default is 0.7."""
    told = config.value("confidence_threshold", CONFIDENCES[Sensitivity.L2])
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise InputError(f"{config.at('confidence_threshold')} is no number")
    reached = [dial for dial in Sensitivity if told <= CONFIDENCES[dial]]
    return max(reached, default=Sensitivity.L1)


def _jailbreak(config: Part) -> Iterator[Guardrail]:
    config.expect("model")
    yield _guardrail("prompt_attack", dial=_dial(config))


def _moderation(config: Part) -> Iterator[Guardrail]:
    listed = config.texts("categories") or tuple(_BY_CATEGORY)
    found = dict.fromkeys(_BY_CATEGORY[name] for name in listed if name in _BY_CATEGORY)
    for name in listed:
        if name not in _BY_CATEGORY:
            config.unknown(f"the category '{name}' is unknown", "categories")
    yield from map(_guardrail, found)


def _personal(config: Part) -> Iterator[Guardrail]:
    action = Action.BLOCK if config.flag("block", default=False) else Action.REDACT
    for name in config.texts("entities") or ENTITIES.values():
        yield _guardrail(DETECTORS.get(name) or f"custom/pii_{slug(name)}", action=action)


def _secret(config: Part) -> Iterator[Guardrail]:
    told = config.text("threshold", SECRETS[Sensitivity.L2])
    dial = _BY_THRESHOLD.get(told)
    if dial is None:
        config.unknown(f"the threshold '{told}' is unknown", "threshold")
        return
    yield replace(_guardrail("secrets", dial=dial), regex=config.texts("custom_regex"))


def _links(config: Part) -> Iterator[Guardrail]:
    config.expect("allowed_schemes", "block_userinfo")
    domains = config.texts("url_allow_list")
    if config.flag("allow_subdomains", default=False):
        domains = (*domains, *(f"*.{name}" for name in domains))
    yield replace(_guardrail("unknown_links"), allowed_domains=domains)


def _words(config: Part) -> Iterator[Guardrail]:
    yield replace(_guardrail(KEYWORDS), words=config.texts("keywords"))


def _prompt(config: Part) -> Iterator[Guardrail]:
    config.expect("model")
    topic = subject(config.text("system_prompt_details"))
    dial = _dial(config)
    if topic is None:
        config.unknown("what the prompt asks for is not known here", "system_prompt_details")
        return
    yield replace(_guardrail(f"topic/{slug(topic.name)}", dial=dial), topics=(topic,))


_CHECKS: Mapping[str, Callable[[Part], Iterable[Guardrail]]] = {
    "Contains PII": _personal,
    "Custom Prompt Check": _prompt,
    "Jailbreak": _jailbreak,
    "Keyword Filter": _words,
    "Moderation": _moderation,
    "Secret Keys": _secret,
    "URL Filter": _links,
}
