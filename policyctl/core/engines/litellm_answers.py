"""What LiteLLM's REST API answers, put together to the configuration that it amounts to.

``GET /guardrails/list`` (or ``/v2/guardrails/list``), ``/policies/list`` and
``/policies/attachments/list``, as ``litellm`` 1.106 types them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from policyctl.core.engines.target import Raw
from policyctl.errors import InputError

_LISTS = ("guardrails", "policies", "attachments")
_IN_FORCE = "production"


def joined(raws: Sequence[Raw]) -> tuple[Raw, ...]:
    """The files as they are, or the answers among them as one configuration.

    Raises:
        InputError: an answer's list has something else than objects in it.
    """
    answers = [raw for raw in raws if _is_answer(raw.data)]
    if not answers:
        return tuple(raws)
    lists = {name: [*_listed(answers, name)] for name in _LISTS}
    whole = {
        "guardrails": lists["guardrails"],
        "policies": {
            str(item.get("policy_name")): _policy(item)
            for item in lists["policies"]
            if item.get("version_status", _IN_FORCE) == _IN_FORCE
        },
        "policy_attachments": [_attachment(item) for item in lists["attachments"]],
    }
    others = [raw for raw in raws if raw not in answers]
    return (*others, Raw(" + ".join(raw.name for raw in answers), whole))


def _is_answer(data: Any) -> bool:
    """True for what the API answers: its policies are a list, and its guardrails have ids."""
    if not isinstance(data, Mapping):
        return False
    if "attachments" in data or isinstance(data.get("policies"), list):
        return True
    guardrails = data.get("guardrails")
    return isinstance(guardrails, list) and any(
        isinstance(item, Mapping) and "guardrail_definition_location" in item for item in guardrails
    )


def _listed(answers: Sequence[Raw], name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for raw in answers:
        items = raw.data.get(name) or []
        if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
            raise InputError(f"{raw.name}: '{name}' is no list of objects")
        found += items
    return found


def _policy(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": item.get("description"),
        "inherit": item.get("inherit"),
        "condition": item.get("condition"),
        "pipeline": item.get("pipeline"),
        "guardrails": {
            "add": item.get("guardrails_add") or [],
            "remove": item.get("guardrails_remove") or [],
        },
    }


def _attachment(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("scope", "teams", "keys", "models", "tags", "priority", "default")
    return {"policy": item.get("policy_name"), **{key: item.get(key) for key in kept}}
