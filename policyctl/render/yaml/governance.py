"""Governance as a YAML file to edit and propose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from policyctl.core.governance_document import governance_data
from policyctl.core.trust_root import TrustRoot

_PLAIN = re.compile(
    r"[A-Za-z][A-Za-z0-9_.@/+-]*(?: [A-Za-z0-9+/=_.-]+)*\Z|[0-9]+(?:\.[0-9]+)?[%hdw]\Z"
)
_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_NOTES = {
    "follows": "the version this was printed from; a proposal from an outdated file is refused",
    "solo": "one person fills every role; separation of duties is then not checked",
    "people": "everybody who may sign something; a key belongs to one person",
    "teams": "owners with several members, none of whom approves what the team owns",
    "roles": "who approves; touch: only signatures of a touched hardware key count",
    "stewards": "who signs the next version of this, and how many of them have to",
    "approvals": "a rule without actions, to or use_cases covers all of them; "
    "of all rules that cover a change, the highest number counts for each role",
    "gates": "the least evidence that a promotion to a stage needs, whatever a policy says",
    "appetite": "acceptable sensitivities by use case and data sensitivity",
    "baselines": "what policies may extend",
    "emergency": "who may step back at once, and how long the full approval may take",
}


def render(root: TrustRoot) -> str:
    """The whole output: governance with a word about each part."""
    lines = [
        "# Edit, look at 'policyctl root propose --from FILE --rationale … --dry-run',",
        "# then propose it without --dry-run.",
    ]
    for key, value in governance_data(root).items():
        if key in _NOTES:
            lines.append(f"# {_NOTES[key]}")
        lines += _entry(key, value, 0)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: object, depth: int) -> list[str]:
    """A key with its value: in one line where the value holds no further structure."""
    start = f"{'  ' * depth}{_scalar(key)}:"
    if isinstance(value, Mapping) and value and (depth == 0 or not _is_flat(value)):
        inner = [line for name, item in value.items() for line in _entry(name, item, depth + 1)]
        return [start, *inner]
    if isinstance(value, list) and value and not all(isinstance(item, str) for item in value):
        return [start, *(f"{'  ' * (depth + 1)}- {_flow(item)}" for item in value)]
    if key == "keys" and isinstance(value, list) and value:
        return [start, *(f"{'  ' * (depth + 1)}- {_flow(item)}" for item in value)]
    return [f"{start} {_flow(value)}"]


def _is_flat(value: Mapping[str, object]) -> bool:
    return "keys" not in value and not any(isinstance(item, Mapping) for item in value.values())


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """A scalar that every YAML reader takes for the same value."""
    if isinstance(value, str) and _PLAIN.match(value) and value.lower() not in _AMBIGUOUS:
        return value
    return json.dumps(value, ensure_ascii=False)
