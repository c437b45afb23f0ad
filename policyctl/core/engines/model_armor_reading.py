"""Templates of Model Armor, read: as exported, and as `gcloud` prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyctl.core.engines.merging import merged
from policyctl.core.engines.model_armor_tables import (
    BASIC_DATA,
    CONFIDENCES,
    DANGEROUS,
    RESPONSIBLE,
)
from policyctl.core.engines.reading import Part
from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Raw, Running, Unread
from policyctl.core.engines.terraform import resources
from policyctl.core.frozen import frozen, replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

_UNDIALLED = Sensitivity.L2
_DIALS = {CONFIDENCES[dial]: dial for dial in reversed(Sensitivity)}
_KINDS = {kind: name for name, kind in RESPONSIBLE.items()} | {"DANGEROUS": DANGEROUS}
_SUFFIXES = {
    "-input": Direction.INPUT,
    "-prompt": Direction.INPUT,
    "-output": Direction.OUTPUT,
    "-response": Direction.OUTPUT,
}
_TERRAFORM = ("google_model_armor_template",)
_LISTS = frozenset({"raiFilters"})
_MARKS = ("policyctl-policy", "policyctl-entry")


@frozen
class _Read:
    """One template.

    Attributes:
        configuration: what it belongs to.
    """

    configuration: str
    settings: tuple[Setting, ...]
    unread: tuple[Unread, ...]
    surplus: tuple[str, ...]
    mark: str


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """What templates do; those of one configuration, by their labels, belong together.

    A template without our labels is for the direction that its name ends with (``-input``,
    ``-prompt``, ``-output``, ``-response``), else for both.

    Raises:
        InputError: a file holds no template.
    """
    found: dict[str, Running] = {}
    for raw in raws:
        try:
            parts = [_template(part) for part in _parts(raw)]
        except InputError as error:
            raise InputError(f"{raw.name}: {error.message}", hint=error.hint) from error
        for one in parts:
            before = found.get(one.configuration, Running(name=one.configuration, settings=()))
            found[one.configuration] = replace(
                before,
                settings=merged([*before.settings, *one.settings]),
                unread=(*before.unread, *one.unread),
                surplus=(*before.surplus, *one.surplus),
                mark=before.mark or one.mark,
            )
    return tuple(found.values())


def _parts(raw: Raw) -> tuple[Part, ...]:
    """The templates in a file: one, a list as `gcloud … list` prints it, or Terraform's."""
    if isinstance(raw.data, list) and raw.data:
        return tuple(Part.of(item, f"[{number}]") for number, item in enumerate(raw.data))
    found = [*resources(raw.data, _TERRAFORM, _LISTS)]
    if found:
        return tuple(Part.of({"name": name, **data}, name) for name, data in found)
    return (Part.of(raw.data, ""),)


def _template(part: Part) -> _Read:
    config = part.part("filterConfig")
    if config is None:
        raise InputError(
            "no template of Model Armor: 'filterConfig' is missing",
            hint="gcloud model-armor templates describe NAME --location=… --format=json",
        )
    name = part.text("name").rpartition("/")[2]
    labels = part.part("labels")
    directions: tuple[Direction, ...] = tuple(Direction)
    mark = configuration = ""
    if labels is not None:
        labels.expect(*_MARKS)
        mark = labels.text("policyctl-sha256")
        configuration = labels.text("policyctl-configuration")
        told = labels.text("policyctl-direction")
        directions = tuple(item for item in Direction if item.value == told) or directions
    for suffix, direction in _SUFFIXES.items():
        if not configuration and name.endswith(suffix):
            name, directions = name.removesuffix(suffix), (direction,)
    metadata = part.part("templateMetadata")
    settings = tuple(
        Setting(
            guardrail=Guardrail(
                detector=detector, direction=direction, action=Action.BLOCK, sensitivity=dial
            ),
            acts=_acts(metadata),
        )
        for detector, dial in _filters(config)
        for direction in directions
    )
    return _Read(
        configuration=configuration or name,
        settings=settings,
        unread=part.all_unread(),
        surplus=part.surplus(),
        mark=mark,
    )


def _acts(metadata: Part | None) -> bool:
    """An unset enforcement acts."""
    if metadata is None:
        return True
    metadata.expect("logSanitizeOperations", "logTemplateOperations")
    told = metadata.text("enforcementType", "INSPECT_AND_BLOCK")
    if told not in ("INSPECT_ONLY", "INSPECT_AND_BLOCK", "ENFORCEMENT_TYPE_UNSPECIFIED"):
        metadata.unknown(f"the enforcement '{told}' is unknown", "enforcementType")
    return told != "INSPECT_ONLY"


def _filters(config: Part) -> Iterator[tuple[str, Sensitivity]]:
    responsible = config.part("raiSettings")
    for item in responsible.parts("raiFilters") if responsible else ():
        kind = item.text("filterType")
        dial = _dial(item)
        if kind not in _KINDS:
            item.unknown(f"the filter '{kind}' is unknown", "filterType")
        elif dial is not None:
            yield _KINDS[kind], dial
    attack = config.part("piAndJailbreakFilterSettings")
    if attack is not None and _enabled(attack):
        dial = _dial(attack)
        if dial is not None:
            yield "prompt_attack", dial
    links = config.part("maliciousUriFilterSettings")
    if links is not None and _enabled(links):
        yield "unknown_links", _UNDIALLED
    yield from _sensitive(config.part("sdpSettings"))


def _sensitive(data: Part | None) -> Iterator[tuple[str, Sensitivity]]:
    basic = data.part("basicConfig") if data else None
    if basic is not None and _enabled(basic):
        for name in BASIC_DATA:
            yield name, _UNDIALLED
    if data is not None and data.value("advancedConfig") is not None:
        data.unknown("what an inspection template of yours looks for is not in here")


def _enabled(part: Part) -> bool:
    return part.text("filterEnforcement", "DISABLED") == "ENABLED"


def _dial(part: Part) -> Sensitivity | None:
    told = part.text("confidenceLevel", "MEDIUM_AND_ABOVE")
    if told not in _DIALS:
        part.unknown(f"the confidence '{told}' is unknown", "confidenceLevel")
        return None
    return _DIALS[told]
