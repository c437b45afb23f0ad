"""Governance as a file that people edit: everything a trust root decides, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.document import Document
from policyctl.core.entry import ChangeAction
from policyctl.core.finding import Finding, Path
from policyctl.core.frozen import replace
from policyctl.core.ssh_keys import parse_public_key
from policyctl.core.stages import Stage
from policyctl.core.suggestion import suggestion
from policyctl.core.trust_root import ApprovalRule, Emergency, Member, Role, TrustRoot
from policyctl.errors import SignatureError

SCHEMA = "policyctl/governance/v1"


def governance_data(root: TrustRoot) -> dict[str, Any]:
    """What the file of a trust root says, in the order in which people read it."""
    return {
        "schema": SCHEMA,
        "follows": root.version,
        "solo": root.solo,
        "people": {
            who: {
                "name": member.name,
                "email": member.email,
                "keys": [key.line for key in member.keys],
            }
            for who, member in sorted(root.people.items())
        },
        "teams": {name: list(members) for name, members in sorted(root.teams.items())},
        "roles": {
            name: {"members": list(role.members), "touch": role.touch}
            for name, role in sorted(root.roles.items())
        },
        "stewards": {"members": list(root.stewards), "threshold": root.threshold},
        "approvals": [_rule_data(rule) for rule in root.approvals],
        "gates": {stage: dict(gate) for stage, gate in root.gates.items()},
        "appetite": {
            use_case: {data: list(levels) for data, levels in by_data.items()}
            for use_case, by_data in root.appetite.items()
        },
        "baselines": sorted(root.baselines),
        "emergency": (
            {"role": root.emergency.role, "within": root.emergency.within}
            if root.emergency
            else None
        ),
    }


def governed_by(
    root: TrustRoot, data: Mapping[str, Any], baselines: Mapping[str, str]
) -> TrustRoot:
    """The root with everything that the file decides; identity, number and time stay.

    Args:
        root: the version to start from.
        data: the values of a file in which `problems` found nothing.
        baselines: sha256 of each baseline that the file may name.
    """
    emergency = data["emergency"]
    return replace(
        root,
        solo=data["solo"],
        people={who: _member(who, item) for who, item in data["people"].items()},
        teams={name: tuple(members) for name, members in data["teams"].items()},
        roles={
            name: Role(members=tuple(item["members"]), touch=item.get("touch", False))
            for name, item in data["roles"].items()
        },
        stewards=tuple(data["stewards"]["members"]),
        threshold=data["stewards"]["threshold"],
        approvals=tuple(_rule(item) for item in data["approvals"]),
        gates=data["gates"],
        appetite={
            use_case: {name: tuple(levels) for name, levels in by_data.items()}
            for use_case, by_data in data["appetite"].items()
        },
        baselines={name: baselines[name] for name in data["baselines"]},
        emergency=(
            Emergency(role=emergency["role"], within=emergency["within"]) if emergency else None
        ),
    )


def problems(document: Document, data: Mapping[str, Any]) -> Iterator[Finding]:
    """What no schema can say: keys that are none or shared, and names that nothing has.

    Args:
        document: where the values stand.
        data: its values, which fit the schema.
    """
    yield from _key_problems(document, data)
    for at, members in _member_lists(data):
        for index, who in enumerate(members):
            yield from _unknown(document, (*at, index), who, "person", data["people"])
    for number, rule in enumerate(data["approvals"]):
        for role in rule["need"]:
            place = ("approvals", number, "need", role)
            yield from _unknown(document, place, role, "role", data["roles"], key=True)
    if data["emergency"]:
        role = data["emergency"]["role"]
        yield from _unknown(document, ("emergency", "role"), role, "role", data["roles"])


def _key_problems(document: Document, data: Mapping[str, Any]) -> Iterator[Finding]:
    holders: dict[bytes, str] = {}
    for who, item in data["people"].items():
        for index, line in enumerate(item["keys"]):
            at = ("people", who, "keys", index)
            try:
                key = parse_public_key(line)
            except SignatureError as error:
                yield document.finding("bad-key", f"a key of '{who}': {error.message}", at=at)
                continue
            other = holders.setdefault(key.blob, who)
            if other != who:
                message = f"'{who}' and '{other}' share a key"
                hint = "give each person keys of their own"
                yield document.finding("shared-key", message, at=at, hint=hint)


def _member_lists(data: Mapping[str, Any]) -> Iterator[tuple[Path, list[str]]]:
    for name, members in data["teams"].items():
        yield ("teams", name), members
    for name, role in data["roles"].items():
        yield ("roles", name, "members"), role["members"]
    yield ("stewards", "members"), data["stewards"]["members"]


def _unknown(
    document: Document,
    at: Path,
    name: str,
    kind: str,
    known: Mapping[str, object],
    *,
    key: bool = False,
) -> Iterator[Finding]:
    if name not in known:
        message = f"there is no {kind} '{name}'"
        hint = suggestion(name, known)
        yield document.finding(f"unknown-{kind}", message, at=at, hint=hint, key=key)


def _member(who: str, item: Mapping[str, Any]) -> Member:
    return Member(
        name=item.get("name", who),
        email=item.get("email", ""),
        keys=tuple(parse_public_key(line) for line in item["keys"]),
    )


def _rule(item: Mapping[str, Any]) -> ApprovalRule:
    return ApprovalRule(
        actions=tuple(ChangeAction(action) for action in item.get("actions", ())),
        to=tuple(Stage(stage) for stage in item.get("to", ())),
        use_cases=tuple(item.get("use_cases", ())),
        need=item["need"],
    )


def _rule_data(rule: ApprovalRule) -> dict[str, object]:
    data: dict[str, object] = {}
    if rule.actions:
        data["actions"] = [action.value for action in rule.actions]
    if rule.to:
        data["to"] = [stage.value for stage in rule.to]
    if rule.use_cases:
        data["use_cases"] = list(rule.use_cases)
    return {**data, "need": dict(rule.need)}
