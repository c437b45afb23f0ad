"""A new policy file, from a baseline, in ``logging``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from policyctl.core.entry import SLUG
from policyctl.core.frozen import frozen
from policyctl.core.policy import PLACEHOLDER, Policy
from policyctl.core.portable_names import is_device
from policyctl.errors import UsageError
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import baseline_of, read_document, require_effective

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.()'/-]*[A-Za-z0-9.)]\Z")


@frozen
class Wish:
    """What the caller said about the new policy; empty where nothing was said."""

    id: str
    use_case: str
    owner: str
    baseline: str = ""
    name: str = ""
    purpose: str = ""
    data_sensitivity: str = ""
    apps: tuple[str, ...] = ()
    engine: str = ""
    threshold_owner: str = ""
    reviewer: str = ""


@frozen
class NewPolicy:
    """The file to write, and the policy that it amounts to."""

    file: str
    content: bytes
    policy: Policy


def new_policy(
    wish: Wish, *, file: str, schema: str, documents: Documents, governance: Governance
) -> NewPolicy:
    """The content of a new policy file.

    Args:
        wish: what the caller said.
        file: where the file will stand.
        schema: the JSON Schema's path as seen from the file, for editors.
        documents: reads and checks YAML.
        governance: baselines and people.

    Raises:
        UsageError: the id is none, or the baseline does not exist.
        DocumentError: what was asked for is no sound policy.
    """
    if not SLUG.match(wish.id):
        raise UsageError(
            f"'{wish.id}' cannot be a policy's id",
            hint="lower-case letters, digits and single hyphens, as in 'support-assistant'",
        )
    if is_device(wish.id):
        raise UsageError(
            f"'{wish.id}' cannot be a policy's id: Windows keeps the name for a device",
            hint=f"a longer one, as in '{wish.id}-assistant'",
        )
    extends = _baseline(wish, documents, governance)
    base = baseline_of({"extends": extends}, documents, governance)
    content = _content(wish, extends, base or {}, schema).encode()
    reading = read_document(content, file=file, documents=documents, governance=governance)
    effective = require_effective(reading)
    return NewPolicy(file=file, content=content, policy=effective.policy)


def _baseline(wish: Wish, documents: Documents, governance: Governance) -> str:
    """The baseline that was asked for, or the newest that was made for the use case."""
    names = governance.baseline_names()
    asked = wish.baseline
    if "@" in asked and asked in names:
        return asked
    if asked:
        fitting = [name for name in names if name.partition("@")[0] == asked]
    else:
        made_for = {name: baseline_of({"extends": name}, documents, governance) for name in names}
        fitting = [
            name for name in names if (made_for[name] or {}).get("use_case") == wish.use_case
        ]
    if not fitting:
        wanted = f"there is no baseline '{asked}'"
        if not asked:
            wanted = f"no baseline was made for use case '{wish.use_case}'"
        raise UsageError(wanted, hint=f"--baseline with one of: {', '.join(names)}")
    return max(fitting, key=lambda name: int(name.partition("@")[2]))


def _content(wish: Wish, extends: str, base: Mapping[str, Any], schema: str) -> str:
    name = wish.name or wish.id.replace("-", " ").capitalize()
    data = wish.data_sensitivity or base.get("data_sensitivity", "restricted")
    lines = [
        f"# yaml-language-server: $schema={schema}",
        "schema: policyctl/policy/v1",
        f"id: {wish.id}",
        f"name: {_scalar(name)}",
        f"purpose: {_scalar(wish.purpose or PLACEHOLDER)}",
        f"use_case: {_scalar(wish.use_case)}",
        f"extends: {extends}",
        f"data_sensitivity: {_scalar(data)}        # public | internal | confidential | restricted",
        f"owner: {_scalar(wish.owner)}",
    ]
    if wish.apps or wish.engine:
        lines.append("applies_to:")
        if wish.apps:
            lines.append(f"  apps: [{', '.join(_scalar(app) for app in wish.apps)}]")
        if wish.engine:
            lines.append(f"  engine: {_scalar(wish.engine)}")
    lines.append("stage: logging        # moved by 'policyctl promote', never by hand")
    if wish.threshold_owner or wish.reviewer:
        lines.append("thresholds:")
        for key, who, note in (
            ("owner", wish.threshold_owner, "approves a change of sensitivity"),
            ("reviewer", wish.reviewer, "reviews false positives"),
        ):
            lines += [f"  {key}: {_scalar(who)}        # {note}"] if who else []
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """The text as a YAML scalar that every reader takes for the same text."""
    ambiguous = text.lower() in {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
    return text if _PLAIN.match(text) and not ambiguous else json.dumps(text, ensure_ascii=False)
