"""A change in words: what it is about, and the values before and after, short enough to compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policyctl.core.diff.change import Kind, PolicyChange
from policyctl.core.frozen import frozen

_MOST_WHOLE = 3
_MOST_ITEMS = 6
_LONGEST = 120
_NONE = "none"


@frozen
class Wording:
    """A change as people read it.

    Attributes:
        about: what changes, in a few words.
        before: the value before.
        after: the value after.
    """

    about: str
    before: str
    after: str


def wording(change: PolicyChange) -> Wording:
    """The words for a change."""
    if isinstance(change.before, list) or isinstance(change.after, list):
        before, after = _lists(change.before or [], change.after or [])
        if change.kind in _NARROWING:
            before = _NARROWING[change.kind] if not change.before else before
            after = _NARROWING[change.kind] if not change.after else after
    else:
        show = _SHOWN.get(change.kind, _value)
        before, after = show(change.before), show(change.after)
    return Wording(about=_about(change), before=_brief(before), after=_brief(after))


def _about(change: PolicyChange) -> str:
    if change.kind in _WHOLE:
        return _WHOLE[change.kind]
    head, _, rest = change.path.partition(".")
    if head == "guardrails":
        # A detector's name holds no dot.
        return rest.replace(".", " ").replace("allowed_domains", "allowed domains")
    if head == "exceptions":
        name, _, value = rest.rpartition(".")
        return f"exception {rest}" if change.kind in _ENTIRE else f"exception {name} {value}"
    if head == "gates":
        return f"gate of {rest.replace('.', ': ').replace('_', ' ')}"
    return change.path.replace(".", " ").replace("_", " ")


def _lists(before: list[Any], after: list[Any]) -> tuple[str, str]:
    """Short lists whole; of longer ones what only one of them has, and a count of the rest."""
    if max(len(before), len(after)) <= _MOST_WHOLE:
        return _listed(before, ""), _listed(after, "")
    gone = [item for item in before if item not in after]
    came = [item for item in after if item not in before]
    both = len(before) - len(gone)
    alike = f"{both} other{'s' if both != 1 else ''}" if both else ""
    return _listed(gone, alike), _listed(came, alike)


def _listed(items: list[Any], alike: str) -> str:
    shown = [_item(item) for item in items[:_MOST_ITEMS]]
    if len(items) > _MOST_ITEMS:
        shown.append(f"{len(items) - _MOST_ITEMS} more")
    if alike:
        shown.append(f"and {alike}" if shown else alike)
    return ", ".join(shown).replace(", and ", " and ") or _NONE


def _item(item: Any) -> str:
    return f"{item['name']} ({item['definition']})" if isinstance(item, Mapping) else str(item)


def _guardrail(data: Mapping[str, Any] | None) -> str:
    if data is None:
        return _NONE
    if not data["enabled"]:
        return "switched off"
    parts = [f"{data['action']}s from {data['sensitivity']}"]
    parts += [
        f"{len(data[key])} {key.replace('_', ' ')}"
        for key in ("words", "regex", "topics", "allowed_domains")
        if key in data
    ]
    return ", ".join(parts)


def _exception(data: Mapping[str, Any] | None) -> str:
    if data is None:
        return _NONE
    expires = data.get("expires", "no day that exists")
    return f"{data['guardrail']} where {_criterion(data.get('when'))}, until {expires}"


def _criterion(data: Mapping[str, Any] | None) -> str:
    if not data:
        return "always"
    return " and ".join(
        f"{key} is {' or '.join(value) if isinstance(value, list) else value}"
        for key, value in data.items()
    )


def _limited(data: Mapping[str, Any] | None) -> str:
    if data is None:
        return "nothing"
    parts = [
        f"{key} {', '.join(data[key])}" for key in ("guardrails", "apps", "cohorts") if key in data
    ]
    if "share" in data:
        parts.append(f"{data['share']} by {data['key']}")
    return "; ".join(parts) or "everything"


def _trigger(data: Mapping[str, Any] | None) -> str:
    if data is None:
        return _NONE
    notify = f", notify {data['notify']}" if "notify" in data else ""
    return f"{data['do']} when {data['when']}{notify}"


def _value(value: Any) -> str:
    if value is None:
        return _NONE
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _brief(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.GUARDRAIL_ADDED: _guardrail,
    Kind.GUARDRAIL_REMOVED: _guardrail,
    Kind.EXCEPTION_ADDED: _exception,
    Kind.EXCEPTION_REMOVED: _exception,
    Kind.EXCEPTION_CRITERION: _criterion,
    Kind.LIMITED: _limited,
    Kind.LIMITED_SHARE: lambda value: value or "everybody",
    Kind.ESCALATION: _trigger,
}
_NARROWING = {
    Kind.LIMITED_GUARDRAILS: "all guardrails",
    Kind.LIMITED_APPS: "all applications",
    Kind.LIMITED_COHORTS: "everybody",
    Kind.APPS: "all applications",
}
_ENTIRE = (Kind.EXCEPTION_ADDED, Kind.EXCEPTION_REMOVED)
_WHOLE = {
    Kind.POLICY_NEW: "a new policy",
    Kind.POLICY_RETIRED: "the policy is gone",
    Kind.POLICY_RENAMED: "the policy's id",
    Kind.SENSITIVITY: "sensitivity of the policy",
    Kind.ESCALATION: "escalation",
}
