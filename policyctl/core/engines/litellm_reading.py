"""Configurations of LiteLLM's proxy, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policyctl.core.detectors import is_known
from policyctl.core.engine_logs.fields import slug
from policyctl.core.engines.litellm_answers import joined
from policyctl.core.engines.litellm_tables import (
    AT,
    CATEGORIES,
    FILTER,
    MODES,
    PATTERNS,
    SEVERITIES,
)
from policyctl.core.engines.merging import merged
from policyctl.core.engines.presidio import DETECTORS
from policyctl.core.engines.reading import Part, read_each
from policyctl.core.engines.setting import Audience, Setting
from policyctl.core.engines.target import Raw, Running
from policyctl.core.frozen import frozen
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

_UNDIALLED = Sensitivity.L2
_DIALS = {SEVERITIES[dial]: dial for dial in reversed(Sensitivity)}
_OF_PATTERN = {name: detector for detector, names in PATTERNS.items() for name in names}
_OF_CATEGORY = {name: detector for detector, names in CATEGORIES.items() for name in names}
_MODES = {
    **{mode: direction for direction, mode in MODES.items()},
    "during_call": Direction.INPUT,
}
_ACTIONS = {"BLOCK": Action.BLOCK, "MASK": Action.REDACT}
_DEEPEST = 16  # policies that inherit from each other in turn
_PARAMS = ("api_base", "api_key", "project_id")


@frozen
class _Loaded:
    """One guardrail of the configuration.

    Attributes:
        default: whether it runs without being asked for.
    """

    settings: tuple[Setting, ...]
    part: Part
    default: bool


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """What each attached policy does; without policies, what runs for everybody.

    Answers of the REST API are read together, as one configuration.

    Raises:
        InputError: a file has no guardrails.
    """
    return read_each(joined(raws), _configurations)


def _configurations(raw: Raw) -> Iterator[Running]:
    whole = Part.of(raw.data, "")
    if "guardrails" not in whole or "model" in whole:
        raise InputError(
            "no configuration of LiteLLM's proxy with guardrails",
            hint="its config.yaml, with 'guardrails:' at the top",
        )
    loaded = dict(_guardrail(item) for item in whole.parts("guardrails"))
    policies = whole.part("policies")
    attached = _attachments(whole)
    always = {name for name, item in loaded.items() if item.default}
    if policies is None or not _names(raw.data["policies"]):
        for name in loaded.keys() - always:
            loaded[name].part.unknown("it runs only where a request asks for it")
        yield _running("", always, loaded, whole)
        return
    for name in _names(raw.data["policies"]):
        part = policies.part(name)
        if part is None:
            continue
        wanted = _added(name, policies)
        for missing in sorted(wanted - loaded.keys()):
            part.unknown(f"the guardrail '{missing}' is not there", "guardrails")
        if name not in attached:
            part.unknown("no attachment says whom the policy is for")
        running = _running(name, (wanted | always) & loaded.keys(), loaded, whole)
        audience = attached.get(name, Audience())
        yield Running(
            name=running.name,
            settings=running.settings,
            unread=running.unread,
            surplus=running.surplus,
            audience=audience,
            mark=part.text("description"),
        )


def _names(policies: object) -> tuple[str, ...]:
    return tuple(map(str, policies)) if isinstance(policies, Mapping) else ()


def _running(
    name: str, wanted: set[str] | frozenset[str], loaded: Mapping[str, _Loaded], whole: Part
) -> Running:
    settings = merged(item for one in sorted(wanted) for item in loaded[one].settings)
    return Running(
        name=name,
        settings=settings,
        unread=whole.all_unread(),
        surplus=whole.surplus(),
    )


def _added(name: str, policies: Part, depth: int = 0) -> frozenset[str]:
    """The guardrails of a policy, with those that it inherits."""
    part = policies.part(name)
    if part is None or depth > _DEEPEST:
        return frozenset()
    part.expect("description")
    guardrails = part.part("guardrails")
    above = part.text("inherit")
    found = _added(above, policies, depth + 1) if above else frozenset()
    if guardrails is not None:
        found = (found | set(guardrails.texts("add"))) - set(guardrails.texts("remove"))
    for key in ("condition", "pipeline"):
        if part.value(key) is not None:
            part.unknown("when and in which order it runs is not read", key)
    return found


def _attachments(whole: Part) -> dict[str, Audience]:
    """Whom each policy is for."""
    found: dict[str, Audience] = {}
    for item in whole.parts("policy_attachments"):
        item.expect("scope", "priority", "default")
        audience = Audience(apps=item.texts("keys"), cohorts=item.texts("tags"))
        for key in ("teams", "models"):
            if item.texts(key):
                item.unknown("policies know no teams and no models", key)
        found[item.text("policy")] = audience
    return found


def _guardrail(item: Part) -> tuple[str, _Loaded]:
    name = item.text("guardrail_name")
    params = item.part("litellm_params")
    if params is None:
        raise InputError(f"{item.at('litellm_params')} is missing")
    default = params.flag("default_on", default=False)
    settings = tuple(
        Setting(guardrail=guardrail, acts=acts)
        for direction, acts in _runs(params)
        for guardrail in _checks(name, params, direction)
    )
    return name, _Loaded(settings=settings, part=item, default=default)


def _runs(params: Part) -> Iterator[tuple[Direction, bool]]:
    """On which sides a guardrail looks, and whether it acts there."""
    told = params.value("mode")
    for mode in told if isinstance(told, list) else [told]:
        if mode == "logging_only":
            scope = params.text("logging_only_scope")
            yield from ((it, False) for it in Direction if scope in ("", it.value))
        elif mode in _MODES:
            yield _MODES[mode], params.text("on_flagged") not in ("monitor", "log")
        else:
            params.unknown(f"the mode '{mode}' is unknown", "mode")


def _checks(name: str, params: Part, direction: Direction) -> Iterator[Guardrail]:
    provider = params.text("guardrail")
    if provider == FILTER:
        yield from _filter(name, params, direction)
    elif provider == "presidio":
        yield from _presidio(params, direction)
    elif provider in ("lakera", "lakera_v2", "azure/prompt_shield"):
        params.expect(*_PARAMS)
        yield _made("prompt_attack", direction)
    elif provider == "hide-secrets":
        yield _made("secrets", direction, action=Action.REDACT)
    else:
        params.unknown(f"what '{provider}' looks for is not in here", "guardrail")


def _presidio(params: Part, direction: Direction) -> Iterator[Guardrail]:
    entities = params.value("pii_entities_config")
    for kind, action in entities.items() if isinstance(entities, Mapping) else ():
        detector = DETECTORS.get(str(kind)) or f"custom/pii_{slug(str(kind))}"
        yield _made(detector, direction, action=_ACTIONS.get(str(action), Action.BLOCK))
    if not isinstance(entities, Mapping):
        for detector in DETECTORS.values():
            yield _made(detector, direction, action=Action.REDACT)


def _filter(name: str, params: Part, direction: Direction) -> Iterator[Guardrail]:
    """What the content filter looks for; what is not ours goes by the guardrail's name."""
    own = _own_name(name)
    whole: dict[str, set[str]] = {}
    for item in params.parts("patterns"):
        action = _action(item)
        item.expect("name")
        if item.text("pattern_type") == "regex":
            yield _made(own, direction, action=action, regex=(item.text("pattern"),))
            continue
        pattern = item.text("pattern_name")
        detector = _OF_PATTERN.get(pattern) or f"custom/{slug(pattern)}"
        whole.setdefault(detector, set()).add(pattern)
        yield _made(detector, direction, action=action)
    for item in params.parts("blocked_words"):
        item.expect("description")
        word = item.text("keyword")
        yield _made(own, direction, action=_action(item), words=(word,))
    for item in params.parts("categories"):
        yield from _category(item, direction, whole)
    for detector, found in whole.items():
        lacking = sorted({*PATTERNS.get(detector, ()), *CATEGORIES.get(detector, ())} - found)
        if lacking:
            params.unknown(f"only a part of '{detector}', without {', '.join(lacking)}")
    params.expect("severity_threshold")


def _category(item: Part, direction: Direction, whole: dict[str, set[str]]) -> Iterator[Guardrail]:
    category = item.text("category")
    action = _action(item)
    dial = _DIALS.get(item.text("severity_threshold", SEVERITIES[_UNDIALLED]))
    if not item.flag("enabled", default=True):
        return
    if dial is None:
        item.unknown("the severity is not high, medium or low", "severity_threshold")
        return
    detector = _OF_CATEGORY.get(category) or f"custom/{slug(category)}"
    whole.setdefault(detector, set()).add(category)
    yield _made(detector, direction, action=action, dial=dial)


def _own_name(name: str) -> str:
    """The detector that a guardrail's name stands for."""
    ours = name.partition(AT)[0]
    return ours if AT in name and is_known(ours) else f"custom/{slug(name)}"


def _action(item: Part) -> Action:
    told = item.text("action", "BLOCK")
    if told not in _ACTIONS:
        item.unknown(f"the action '{told}' is unknown", "action")
    return _ACTIONS.get(told, Action.BLOCK)


def _made(
    detector: str,
    direction: Direction,
    *,
    action: Action = Action.BLOCK,
    dial: Sensitivity = _UNDIALLED,
    words: tuple[str, ...] = (),
    regex: tuple[str, ...] = (),
) -> Guardrail:
    return Guardrail(
        detector=detector,
        direction=direction,
        action=action,
        sensitivity=dial,
        words=words,
        regex=regex,
    )
