"""Bedrock guardrails, read: templates, requests, what ``get-guardrail`` answers, and Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policyctl.core.engine_logs.bedrock_assessment import CONTENT
from policyctl.core.engine_logs.fields import slug
from policyctl.core.engines import bedrock_tables as tables
from policyctl.core.engines.merging import merged
from policyctl.core.engines.reading import Part, read_each
from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Raw, Running
from policyctl.core.engines.terraform import in_camels, lowered, resources
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Topic
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

_UNDIALLED = Sensitivity.L2
_DIALS = {tables.STRENGTHS[dial]: dial for dial in reversed(Sensitivity)}
_TYPE = "AWS::Bedrock::Guardrail"
_TERRAFORM = ("aws_bedrock_guardrail", "awscc_bedrock_guardrail")
_NAMES = ("guardrailArn", "guardrailId", "blockedInputMessaging")
_SECTIONS = ("contentPolicy", "topicPolicy", "wordPolicy", "sensitiveInformationPolicy")
_POLICIES = frozenset({*_SECTIONS, *(f"{name}Config" for name in _SECTIONS)})
_LISTS = frozenset(
    {
        *("filtersConfig", "topicsConfig", "wordsConfig", "managedWordListsConfig"),
        *("piiEntitiesConfig", "regexesConfig", "tags", "examples"),
    }
)
_NUMBERED = re.compile(r"(.+)_[0-9]+\Z")


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """What guardrails do; a template or a Terraform file may hold several.

    Raises:
        InputError: a file holds none.
    """
    return read_each(raws, _guardrails)


def _guardrails(raw: Raw) -> Iterator[Running]:
    found = [*_found(raw.data)]
    if not found:
        raise InputError(
            _missing(raw.data),
            hint="aws bedrock get-guardrail --guardrail-identifier ID --guardrail-version 1",
        )
    for place, data in found:
        yield _running(Part.of(data, place))


def _found(data: Any) -> Iterator[tuple[str, Any]]:
    """The guardrails in a file, in the words of the API, each with its place."""
    if not isinstance(data, Mapping):
        return
    templates = data.get("Resources")
    if isinstance(templates, Mapping):
        for name, item in templates.items():
            if isinstance(item, Mapping) and item.get("Type") == _TYPE:
                made = in_camels(item.get("Properties"), lowered, _LISTS)
                yield f"Resources.{name}.Properties", made
        return
    yield from resources(data, _TERRAFORM, _LISTS)
    if any(name in data for name in _NAMES):
        yield "", data


def _missing(data: Any) -> str:
    """What a file lacks that holds no guardrail; an answer may have been cut to its policies."""
    held = sorted(_POLICIES & set(data)) if isinstance(data, Mapping) else []
    if not held:
        return "no guardrail of Bedrock"
    names = f"{', '.join(_NAMES[:-1])} or {_NAMES[-1]}"
    return (
        f"{' and '.join(held)} of a guardrail of Bedrock, and nothing that names the guardrail:"
        f" {names}"
    )


def _running(part: Part) -> Running:
    part.expect("blockedInputMessaging", "blockedOutputsMessaging", "description")
    for key in ("count", "forEach"):
        if part.value(key) is not None:
            part.unknown("whether there is one, and how many, is decided elsewhere", key)
    content, topics, words, sensitive = (_below(part, name) for name in _SECTIONS)
    settings = [*_content(content), *_topics(topics), *_words(words), *_sensitive(sensitive)]
    for key in ("contextualGroundingPolicy", "automatedReasoningPolicy"):
        for name in (key, f"{key}Config"):
            if part.value(name) is not None:
                part.unknown("policies do not speak of grounding and reasoning", name)
    return Running(
        name=part.text("name"),
        settings=merged(settings),
        unread=part.all_unread(),
        surplus=part.surplus(),
        mark=_mark(part),
    )


def _mark(part: Part) -> str:
    """The digest in the tags; a mapping of tags is Terraform's."""
    tags = part.value("tags") or []
    if isinstance(tags, list):
        tags = {it.get("key"): it.get("value") for it in tags if isinstance(it, Mapping)}
    return str(tags.get("policyctl-sha256", "")) if isinstance(tags, Mapping) else ""


def _below(part: Part, name: str) -> Part | None:
    """A policy under the name that requests give it, or the one that answers do."""
    return part.part(f"{name}Config") or part.part(name)


def _items(part: Part | None, name: str) -> Iterator[Part]:
    if part is not None:
        yield from part.parts(f"{name}Config")
        yield from part.parts(name)


def _content(part: Part | None) -> Iterator[Setting]:
    for item in _items(part, "filters"):
        item.expect("inputModalities", "outputModalities")
        kind = item.text("type")
        if kind not in CONTENT:
            item.unknown(f"the filter '{kind}' is unknown", "type")
            continue
        for direction, side in tables.SIDES.items():
            strength = item.text(f"{side}Strength", "NONE")
            if strength not in (*_DIALS, "NONE"):
                item.unknown(f"the strength '{strength}' is unknown", f"{side}Strength")
            elif strength != "NONE":
                yield from _side(item, direction, CONTENT[kind], dial=_DIALS[strength])
            else:
                item.expect(f"{side}Action", f"{side}Enabled")


def _topics(part: Part | None) -> Iterator[Setting]:
    for item in _items(part, "topics"):
        item.expect("type")
        topic = Topic(
            name=item.text("name"),
            definition=item.text("definition"),
            examples=item.texts("examples"),
        )
        for direction in Direction:
            yield from _side(item, direction, f"topic/{slug(topic.name)}", topics=(topic,))


def _words(part: Part | None) -> Iterator[Setting]:
    for item in _items(part, "words"):
        word = item.text("text")
        for direction in Direction:
            yield from _side(item, direction, tables.WORDS, words=(word,))
    for item in _items(part, "managedWordLists"):
        kind = item.text("type")
        if kind != "PROFANITY":
            item.unknown(f"the list '{kind}' is unknown", "type")
            continue
        for direction in Direction:
            yield from _side(item, direction, tables.PROFANITY)


def _sensitive(part: Part | None) -> Iterator[Setting]:
    for item in _items(part, "piiEntities"):
        kind = item.text("type")
        if kind not in tables.DETECTORS:
            item.unknown(f"the kind '{kind}' is unknown", "type")
            continue
        for direction in Direction:
            yield from _side(item, direction, tables.DETECTORS[kind])
    expressions = [*_items(part, "regexes")]
    names = {item.text("name") for item in expressions}
    for item in expressions:
        item.expect("description")
        name = item.text("name")
        numbered = _NUMBERED.match(name)
        base = numbered[1] if numbered and numbered[1] in names else name
        detector = "secrets" if base == "secrets" else f"custom/{slug(base)}"
        for direction in Direction:
            yield from _side(item, direction, detector, regex=(item.text("pattern"),))


def _side(
    item: Part,
    direction: Direction,
    detector: str,
    *,
    dial: Sensitivity = _UNDIALLED,
    **content: Any,
) -> Iterator[Setting]:
    """What an item does on one side; nothing where it is switched off."""
    side = tables.SIDES[direction]
    default = item.text("action", "BLOCK")
    action = item.text(f"{side}Action", default)
    if not item.flag(f"{side}Enabled", default=True):
        return
    if action not in ("BLOCK", "ANONYMIZE", "NONE"):
        item.unknown(f"the action '{action}' is unknown", f"{side}Action")
        return
    guardrail = Guardrail(
        detector=detector,
        direction=direction,
        action=Action.REDACT if action == "ANONYMIZE" else Action.BLOCK,
        sensitivity=dial,
        **content,
    )
    yield Setting(guardrail=guardrail, acts=action != "NONE")
