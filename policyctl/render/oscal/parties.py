"""Who answers for policies, and what a document says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.estate import PolicyState
from policyctl.core.trust_root import TrustRoot
from policyctl.render.oscal.parts import Part, filled, log_of, prop
from policyctl.render.oscal.spelling import OSCAL_VERSION, identifier, line, value
from policyctl.usecases.assess import Assessment

_ROLES = {
    "owner": "Owner of a policy",
    "threshold-owner": "Approves changes of sensitivity",
    "false-positive-reviewer": "Reviews false positives",
    "author": "Author of an entry",
}


def metadata(
    found: Assessment, *, title: str, modified: str, version: str, remarks: Sequence[str]
) -> Part:
    """What a document says of itself, with all roles and people that it names."""
    roots, root = found.verification.ledger.roots, found.estate.root
    props = [prop("ledger", root.log)] if root else []
    if root:
        props += [
            prop("trust-root", root.version),
            prop("trust-root-sha256", roots.digests[root.version]),
            prop("trust-root-pin", roots.pin),
        ]
    known = _roles_and_parties(found)
    return filled(
        title=line(title),
        last_modified=modified,
        version=version,
        oscal_version=OSCAL_VERSION,
        props=props,
        roles=[{"id": role, "title": _role_title(role)} for role in sorted({r for r, _ in known})],
        parties=[_party(root, log_of(found), who) for who in sorted({who for _, who in known})],
        remarks="\n\n".join(line(text) for text in remarks),
    )


def responsible(log: str, state: PolicyState) -> list[Part]:
    """Who answers for a policy, and who wrote and approved the entry that is in force."""
    by_role: dict[str, list[str]] = {}
    for role, who in _responsible(state):
        by_role.setdefault(role, []).append(identifier(log, "party", who))
    return [{"role-id": role, "party-uuids": by_role[role]} for role in sorted(by_role)]


def _responsible(state: PolicyState) -> list[tuple[str, str]]:
    found = [("owner", state.owner)] if state.owner else []
    if state.policy is not None:
        thresholds = state.policy.thresholds
        found += [("threshold-owner", thresholds.owner)] if thresholds.owner else []
        found += [("false-positive-reviewer", thresholds.reviewer)] if thresholds.reviewer else []
    if state.last is not None:
        found += [("author", who) for who in sorted(state.last.authors)]
        for role, people in sorted(state.last.approvals.items()):
            found += [(f"approver-{role}", who) for who in sorted(people)]
    return found


def _roles_and_parties(found: Assessment) -> set[tuple[str, str]]:
    return {pair for state in found.policies for pair in _responsible(state)}


def _role_title(role: str) -> str:
    return _ROLES.get(role) or f"Approver in the role {role.removeprefix('approver-')}"


def _party(root: TrustRoot | None, log: str, who: str) -> Part:
    member = root.people.get(who) if root else None
    return {
        "uuid": identifier(log, "party", who),
        "type": "person" if member else "organization",
        "name": value(member.name if member and member.name.strip() else who),
        "short-name": value(who),
    }
