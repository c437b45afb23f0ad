"""How a document of an older version becomes one of the present: step by step, as edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policyctl.core.finding import Path
from policyctl.core.frozen import frozen


@frozen
class RenameKey:
    """The key at ``at`` gets another name."""

    at: Path
    name: str


@frozen
class SetText:
    """The text at ``at`` becomes another."""

    at: Path
    value: str


Step = RenameKey | SetText

_STAGES = {"observe": "logging", "partial": "limited", "block": "enforce"}


def steps(data: Mapping[str, Any]) -> tuple[Step, ...]:
    """The edits that bring a document one version forward; none if it is of the present one.

    They are meant in order: a later place may have a name that an earlier step gave.
    """
    migrate = _MIGRATIONS.get(str(data.get("schema")))
    return tuple(migrate(data)) if migrate else ()


def _policy_v0(data: Mapping[str, Any]) -> Iterator[Step]:
    """Version 0 called the stage ``mode``, the purpose ``description`` and the expiry ``until``."""
    yield SetText(at=("schema",), value="policyctl/policy/v1")
    if "description" in data:
        yield RenameKey(at=("description",), name="purpose")
    if "mode" in data:
        yield RenameKey(at=("mode",), name="stage")
        if data["mode"] in _STAGES:
            yield SetText(at=("stage",), value=_STAGES[data["mode"]])
    exceptions = data.get("exceptions")
    for index, item in enumerate(exceptions if isinstance(exceptions, list) else ()):
        if isinstance(item, dict) and "until" in item:
            yield RenameKey(at=("exceptions", index, "until"), name="expires")


_MIGRATIONS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Step]]] = {
    "policyctl/policy/v0": _policy_v0,
}
