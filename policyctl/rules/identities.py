"""Whom a policy names, and the people behind each name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policyctl.core.finding import Path

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

    from policyctl.core.trust_root import TrustRoot
    from policyctl.rules.rule import Subject


def named_identities(data: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield each identity that a policy names, with its place."""
    yield data["owner"], ("owner",)
    thresholds = data.get("thresholds", {})
    for key in ("owner", "reviewer"):
        if key in thresholds:
            yield thresholds[key], ("thresholds", key)
    for index, item in enumerate(data.get("exceptions", ())):
        yield item["owner"], ("exceptions", index, "owner")
    for index, item in enumerate(data.get("escalation", ())):
        if "notify" in item:
            yield item["notify"], ("escalation", index, "notify")


def people_behind(root: TrustRoot, identity: str) -> frozenset[str]:
    """The person, or the members of the team and the role, that an identity names."""
    role = root.roles.get(identity)
    return frozenset(
        (
            *((identity,) if identity in root.people else ()),
            *root.teams.get(identity, ()),
            *(role.members if role else ()),
        )
    )


def person_in_every_role(subject: Subject) -> str:
    """The one person who owns the policy, its thresholds, reviews and exceptions; else empty.

    A policy that names no owner or no reviewer of its thresholds has such roles to fill yet.
    """
    root, effective = subject.root, subject.effective
    if root is None or root.solo or effective is None:
        return ""
    policy = effective.policy
    thresholds = policy.thresholds
    if not thresholds.owner or not thresholds.reviewer:
        return ""
    named = {policy.owner, thresholds.owner, thresholds.reviewer}
    named |= {exception.owner for exception in policy.exceptions}
    groups = {people_behind(root, identity) for identity in named}
    people = next(iter(groups))
    return next(iter(people)) if len(groups) == 1 and len(people) == 1 else ""
