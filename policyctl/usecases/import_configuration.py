"""Bring a configuration that already runs under change control: a policy that means the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from policyctl.core.engines.setting import Setting
from policyctl.core.engines.target import Raw, Running, Target
from policyctl.core.entry import SLUG
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.levels import Sensitivity
from policyctl.core.paths import policy_path
from policyctl.core.policy import PLACEHOLDER, Guardrail, Policy
from policyctl.core.portable_names import is_device
from policyctl.core.sides import Direction
from policyctl.core.stages import Stage
from policyctl.errors import InputError, UsageError
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import read_document, require_effective

_OTHER = re.compile(r"[^a-z0-9]+")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _/-]*\Z")
_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_REASON = "as it ran when it was imported"
_LONGEST = 100
_LONGEST_ID = 63


@frozen
class ImportWish:
    """What the caller says about the policy; empty where nothing was said.

    Attributes:
        configuration: which one of the files is meant, by the engine's name for it.
        extends: the baseline that it shall extend; without one, all stands in the policy itself.
    """

    owner: str
    use_case: str
    data_sensitivity: str
    id: str = ""
    configuration: str = ""
    purpose: str = ""
    extends: str = ""


@frozen
class Nearest:
    """The baseline that is most like a configuration, of those made for the use case if any is.

    Attributes:
        use_case: what the baseline was made for.
        alike: guardrails that both have, whatever their dials.
        of: guardrails that either has.
    """

    baseline: str
    use_case: str
    alike: int
    of: int


@frozen
class _Base:
    """A baseline: what it was made for, and the guardrails that are switched on."""

    use_case: str
    guardrails: tuple[Guardrail, ...]


@frozen
class Imported:
    """A configuration as a policy file.

    Attributes:
        stage: what the configuration amounts to.
        acting: its guardrails that act.
        findings: warnings about the policy.
    """

    file: str
    content: bytes
    policy: Policy
    target: Target
    running: Running
    stage: Stage
    acting: tuple[Setting, ...]
    nearest: Nearest | None
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """1 if something that may protect was not understood."""
        return 1 if self.running.unread else 0


def import_configuration(
    raws: Sequence[Raw],
    target: Target,
    wish: ImportWish,
    *,
    schema: str,
    documents: Documents,
    governance: Governance,
) -> Imported:
    """The policy that a configuration amounts to.

    Args:
        raws: the decoded files.
        target: the engine.
        wish: what the caller says.
        schema: the JSON Schema's path as seen from the policy file, for editors.
        documents: reads and checks YAML.
        governance: baselines and people.

    Raises:
        DocumentError: what comes out is no sound policy.
        InputError: the files hold no configuration, or one without any guardrail.
        UsageError: it is unclear which configuration is meant, or the id is none.
    """
    running = _chosen(target.read(raws), wish.configuration)
    if not running.settings:
        raise _nothing(running)
    name = _id(wish.id or _OTHER.sub("-", running.name.lower()).strip("-")[:_LONGEST_ID])
    bases = {base: _baseline(base, documents, governance) for base in governance.baseline_names()}
    if wish.extends and wish.extends not in bases:
        raise UsageError(
            f"there is no baseline '{wish.extends}'", hint=f"there are: {', '.join(bases)}"
        )
    acting = tuple(item for item in running.settings if item.acts)
    stage = _amounts_to(running, acting)
    base = bases[wish.extends].guardrails if wish.extends else ()
    lines = _Lines(wish, running, target, stage=stage, acting=acting)
    content = "\n".join(lines.whole(name, schema, base)) + "\n"
    file = policy_path(name)
    reading = read_document(content.encode(), file=file, documents=documents, governance=governance)
    return Imported(
        file=file,
        content=content.encode(),
        policy=require_effective(reading).policy,
        target=target,
        running=running,
        stage=stage,
        acting=acting,
        nearest=_nearest(running, bases, wish.use_case),
        findings=reading.findings,
    )


def _chosen(found: Sequence[Running], name: str) -> Running:
    fitting = [item for item in found if item.name == name] if name else [*found]
    if len(fitting) == 1:
        return fitting[0]
    if not found:
        raise InputError("the files hold no configuration of this engine")
    names = ", ".join(item.name or "(no name)" for item in found)
    raise UsageError(
        f"no configuration is called '{name}'; the files hold: {names}"
        if name
        else f"the files hold {len(found)} configurations: {names}",
        hint="--name NAME",
    )


def _nothing(running: Running) -> InputError:
    called = f" '{running.name}'" if running.name else ""
    if not running.unread:
        return InputError(f"the configuration{called} has no guardrail that is switched on")
    listed = "; ".join(f"{item.place}: {item.what}" for item in running.unread)
    return InputError(f"nothing of the configuration{called} was understood: {listed}")


def _id(name: str) -> str:
    if not SLUG.match(name) or is_device(name):
        raise UsageError(
            f"'{name}' cannot be a policy's id" if name else "the configuration has no name",
            hint="--id with lower-case letters, digits and single hyphens, as in support-assistant",
        )
    return name


def _amounts_to(running: Running, acting: Sequence[Setting]) -> Stage:
    if not acting:
        return Stage.LOGGING
    return Stage.ENFORCE if len(acting) == len(running.settings) else Stage.LIMITED


def _baseline(name: str, documents: Documents, governance: Governance) -> _Base:
    """A baseline as a policy has it that only extends it."""
    draft = {
        "schema": "policyctl/policy/v1",
        "id": "draft",
        "name": "Draft",
        "purpose": PLACEHOLDER,
        "use_case": "any",
        "extends": name,
        "data_sensitivity": "internal",
        "owner": "nobody",
        "stage": "logging",
    }
    reading = read_document(
        json.dumps(draft).encode(), file=name, documents=documents, governance=governance
    )
    made = reading.subject.baseline if reading.subject else None
    items = reading.effective.policy.guardrails if reading.effective else ()
    return _Base(
        use_case=made["use_case"] if made else "",
        guardrails=tuple(item for item in items if item.enabled),
    )


def _nearest(running: Running, bases: Mapping[str, _Base], use_case: str) -> Nearest | None:
    ours = {item.side for item in running.settings}
    found = []
    for name, base in bases.items():
        theirs = {(item.detector, item.direction) for item in base.guardrails}
        alike, of = len(ours & theirs), len(ours | theirs)
        if alike:
            found.append(Nearest(baseline=name, use_case=base.use_case, alike=alike, of=of))
    return max(
        found,
        key=lambda item: (item.use_case == use_case, item.alike / item.of, item.baseline),
        default=None,
    )


class _Lines:
    """Writes the policy file."""

    def __init__(
        self,
        wish: ImportWish,
        running: Running,
        target: Target,
        *,
        stage: Stage,
        acting: Sequence[Setting],
    ) -> None:
        self._wish = wish
        self._running = running
        self._target = target
        self._stage = stage
        self._acting = acting
        dials = Counter(item.guardrail.sensitivity for item in running.settings)
        self._dial = max(dials, key=lambda dial: (dials[dial], dial), default=Sensitivity.L2)

    def whole(self, name: str, schema: str, base: Sequence[Guardrail]) -> list[str]:
        """All lines.

        Args:
            name: the policy's id.
            schema: the JSON Schema's path as seen from the file.
            base: the guardrails of the baseline that is extended; empty without one.
        """
        wish = self._wish
        title = self._running.name or name.replace("-", " ").capitalize()
        extends = [f"extends: {wish.extends}"] if wish.extends else []
        dial = [] if wish.extends else [f"sensitivity: {self._dial.name}"]
        return [
            f"# yaml-language-server: $schema={schema}",
            *self._remarks(),
            "schema: policyctl/policy/v1",
            f"id: {name}",
            f"name: {_scalar(title[:_LONGEST])}",
            f"purpose: {_scalar(wish.purpose or PLACEHOLDER)}",
            f"use_case: {_scalar(wish.use_case)}",
            *extends,
            f"data_sensitivity: {_scalar(wish.data_sensitivity)}",
            f"owner: {_scalar(wish.owner)}",
            f"applies_to: {{engine: {self._target.engine}}}",
            *self._stage_lines(),
            *dial,
            *self._guardrails(base),
        ]

    def _remarks(self) -> list[str]:
        lines = [f"# Imported from a configuration of {self._target.title}."]
        unread = self._running.unread
        if unread:
            lines.append("# Not understood, and so not part of this policy:")
            lines += [f"#   {_remark(item.place)}: {_remark(item.what)}" for item in unread]
        return lines

    def _stage_lines(self) -> list[str]:
        lines = ["stage: logging        # moved by 'policyctl promote', never by hand"]
        if self._stage is not Stage.LOGGING:
            lines.insert(0, f"# What runs amounts to '{self._stage.value}'.")
        if self._stage is Stage.LIMITED:
            names = ", ".join(sorted({item.guardrail.detector for item in self._acting}))
            lines += ["limited:", f"  guardrails: [{names}]        # those that act"]
        return lines

    def _guardrails(self, base: Sequence[Guardrail]) -> list[str]:
        items = [*self._own(base), *self._switched_off(base)]
        return ["guardrails:", *(f"  - {item}" for item in items)] if items else []

    def _own(self, base: Sequence[Guardrail]) -> Iterable[str]:
        known = {(item.detector, item.direction): item for item in base}
        sides = {item.side: _values(item.guardrail) for item in self._running.settings}
        for (detector, direction), values in sides.items():
            other = (detector, _opposite(direction))
            alike = not base and sides.get(other) == values
            if alike and direction is Direction.OUTPUT:
                continue
            before = known.get((detector, direction))
            if before is not None and _values(before) == values:
                continue
            data: dict[str, Any] = {"detector": detector}
            if not alike:
                data["direction"] = direction.value
            data.update(values)
            if not base and data["sensitivity"] == self._dial.name:
                del data["sensitivity"]
            if before is not None:
                data["reason"] = _REASON
            yield _flow(data)

    def _switched_off(self, base: Sequence[Guardrail]) -> Iterable[str]:
        running = {item.side for item in self._running.settings}
        for item in base:
            if (item.detector, item.direction) not in running:
                yield _flow(
                    {
                        "detector": item.detector,
                        "direction": item.direction.value,
                        "enabled": False,
                        "reason": _REASON,
                    }
                )


def _values(guardrail: Guardrail) -> dict[str, Any]:
    """What a guardrail does, as the policy file spells it."""
    data: dict[str, Any] = {
        "action": guardrail.action.value,
        "sensitivity": guardrail.sensitivity.name,
        "words": [*guardrail.words],
        "regex": [*guardrail.regex],
        "topics": [
            {
                "name": topic.name,
                "definition": topic.definition,
                **({"examples": [*topic.examples]} if topic.examples else {}),
            }
            for topic in guardrail.topics
        ],
        "allowed_domains": [*guardrail.allowed_domains],
    }
    return {key: value for key, value in data.items() if value != []}


def _opposite(direction: Direction) -> Direction:
    return Direction.OUTPUT if direction is Direction.INPUT else Direction.INPUT


def _flow(value: Any) -> str:
    """Plain data as YAML's flow style."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _scalar(str(value))


def _scalar(text: str) -> str:
    """The text as a YAML scalar that every reader takes for the same text."""
    if _PLAIN.match(text) and text.lower() not in _AMBIGUOUS and text == text.strip():
        return text
    return json.dumps(text, ensure_ascii=True)


def _remark(text: str) -> str:
    """Text of a foreign file inside a comment."""
    return json.dumps(text, ensure_ascii=True)[1:-1].replace('\\"', '"')
