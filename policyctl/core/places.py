"""Places in a document by what stands there, so that reordering a list moves nothing."""

from __future__ import annotations

from policyctl.core.finding import Path


def stable_place(data: object, at: Path) -> str:
    """The place with list items named by their identity: ``guardrails[pii/email].sensitivity``.

    Guardrails go by detector and direction, exceptions by id, triggers by their condition, texts by
    themselves; whatever has no identity goes by its index.

    Args:
        data: the document's values.
        at: the place; it may go on where the document ends, as for a key that is missing.
    """
    text = ""
    for step in at:
        inner = _step(data, step)
        if isinstance(step, int):
            text += f"[{_identity(inner) or step}]"
        else:
            text += f".{step}" if text else step
        data = inner
    return text


def _step(data: object, step: str | int) -> object:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _identity(item: object) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, dict):
        return ""
    if isinstance(item.get("detector"), str):
        return " ".join(str(item[key]) for key in ("detector", "direction") if key in item)
    return next((str(item[key]) for key in ("id", "when") if isinstance(item.get(key), str)), "")
