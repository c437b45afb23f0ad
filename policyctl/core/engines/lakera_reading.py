"""Policies and projects of Lakera Guard, read: as exported, and as the platform's API answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policyctl.core.engines.lakera_tables import DETECTORS, THRESHOLDS
from policyctl.core.engines.merging import merged
from policyctl.core.engines.reading import Part
from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Raw, Running, Unread
from policyctl.core.frozen import frozen, replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail
from policyctl.core.sides import Action, Direction
from policyctl.errors import InputError

_LISTS = {"input_detectors": Direction.INPUT, "output_detectors": Direction.OUTPUT}
_NAMES = {
    **{theirs: ours for ours, theirs in DETECTORS.items()},
    "moderated_content/self_harm": "moderated_content/self_harm",
    "unknown_link": "unknown_links",
}
_DIALS = {threshold: dial for dial, threshold in THRESHOLDS.items()}
_DETECT = ".detect"
_DEFAULT = THRESHOLDS[Sensitivity.L4]  # what the platform takes where a policy does not say


@frozen
class _Project:
    """What a project says of its policy."""

    acts: bool
    mark: str
    surplus: tuple[str, ...]
    unread: tuple[Unread, ...]


def read(raws: Sequence[Raw]) -> tuple[Running, ...]:
    """What policies do in their projects.

    Without its project, nothing says whether a policy acts.

    Raises:
        InputError: a file is neither a policy nor a project.
    """
    projects: dict[str, _Project] = {}
    policies: list[tuple[str, tuple[Guardrail, ...], Part]] = []
    for raw in raws:
        try:
            part = _opened(raw)
            if part.place == "project" or "action" in part:
                projects[_policy_of(part)] = _project(part)
            else:
                policies.append(_policy(part))
        except InputError as error:
            raise InputError(f"{raw.name}: {error.message}", hint=error.hint) from error
    found: dict[str, Running] = {}
    for name, guardrails, part in policies:
        one = _running(name, guardrails, part, projects)
        before = found.get(one.name)
        found[one.name] = _joined(before, one) if before else one
    return tuple(found.values())


def _opened(raw: Raw) -> Part:
    """The policy or project, out of the envelope in which the API answers."""
    part = Part.of(raw.data, "")
    inner = part.part("data") if "data" in part else None
    if inner is not None:
        part = inner
    known = ("input_detectors", "output_detectors", "detectors", "action", "policy", "policy_id")
    if not any(key in part for key in known):
        raise InputError(
            "neither a policy nor a project of Lakera Guard",
            hint="the answer of GET /api/v1-beta/policies/ID, and of /projects/ID beside it",
        )
    return part


def _policy_of(part: Part) -> str:
    return part.text("policy") or part.text("policy_id")


def _project(part: Part) -> _Project:
    part.expect("name", "id")
    action = part.text("action")
    if action not in ("flag", "detect"):
        part.unknown(f"the action '{action}' is neither flag nor detect", "action")
    metadata = part.part("metadata")
    mark = metadata.text("policyctl_sha256") if metadata else ""
    if metadata:
        metadata.expect("policyctl_policy", "policyctl_entry")
    return _Project(
        acts=action != "detect", mark=mark, surplus=part.surplus(), unread=part.all_unread()
    )


def _policy(part: Part) -> tuple[str, tuple[Guardrail, ...], Part]:
    part.expect("policy_mode", "id")
    default = part.text("default_threshold", _DEFAULT)
    found = [
        guardrail
        for key, direction in _LISTS.items()
        for item in part.parts(key)
        for guardrail in _detector(item, (direction,), default)
    ]
    listed = part.value("detectors") or []
    if not isinstance(listed, list):
        raise InputError("'detectors' is no list")
    for number, item in enumerate(listed):
        place = f"detectors[{number}]"
        one = Part({"type": item}, place) if isinstance(item, str) else Part.of(item, place)
        found += _detector(one, tuple(Direction), default)
        part.unread += one.all_unread()
    if part.value("custom_guardrail_ids"):
        part.unknown("what custom guardrails look for is not in here", "custom_guardrail_ids")
    return part.text("name") or part.text("id"), tuple(found), part


def _detector(item: Part, directions: Sequence[Direction], default: str) -> Iterator[Guardrail]:
    name = item.text("type")
    threshold = item.text("threshold", default)
    detector = _NAMES.get(name)
    if detector is None:
        item.unknown(f"policies have no detector for '{name}'", "type")
        return
    if threshold not in _DIALS:
        item.unknown(f"the threshold '{threshold}' is unknown", "threshold")
        return
    for direction in directions:
        yield Guardrail(
            detector=detector,
            direction=direction,
            action=Action.BLOCK,
            sensitivity=_DIALS[threshold],
            allowed_domains=item.texts("allowed_domains"),
        )


def _running(
    name: str, guardrails: Sequence[Guardrail], part: Part, projects: Mapping[str, _Project]
) -> Running:
    project = projects.get(name) or projects.get(part.text("id"))
    unread = part.all_unread()
    if project is None:
        missing = Unread(place=name, what="no project says whether it flags or only detects")
        return Running(
            name=name,
            settings=merged(Setting(guardrail=item, acts=True) for item in guardrails),
            unread=(*unread, missing),
            surplus=part.surplus(),
        )
    return Running(
        name=name.removesuffix(_DETECT),
        settings=merged(Setting(guardrail=item, acts=project.acts) for item in guardrails),
        unread=(*unread, *project.unread),
        surplus=(*part.surplus(), *project.surplus),
        mark=project.mark,
    )


def _joined(one: Running, other: Running) -> Running:
    return replace(
        one,
        settings=merged([*one.settings, *other.settings]),
        unread=(*one.unread, *other.unread),
        surplus=(*one.surplus, *other.surplus),
    )
