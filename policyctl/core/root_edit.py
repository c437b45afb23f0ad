"""Changes of people, keys, roles and stewards, applied to one version to make the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from policyctl.core.canonical import sha256
from policyctl.core.frozen import fresh, frozen, replace
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.suggestion import suggestion
from policyctl.core.trust_root import Emergency, Member, Role, TrustRoot, root_bytes
from policyctl.errors import UsageError

Pairs = tuple[tuple[str, str], ...]


@frozen
class RootEdit:
    """What is to change, one wish beside the other.

    Attributes:
        add_keys: a further key for each person named.
        revoke_keys: person and fingerprint (``SHA256:…``) of the key that goes.
        add_roles: new roles with their members; teams likewise.
        remove_groups: roles or teams that go.
        join: role or team, and the person who comes into it.
        leave: role or team, and the person who leaves it.
        adopt: sha256 of each baseline that governance adopts, by ``id@version``.
        solo: None where it stays as it is.
    """

    add_people: Mapping[str, Member] = fresh(default_factory=dict)
    remove_people: tuple[str, ...] = ()
    add_keys: tuple[tuple[str, PublicKey], ...] = ()
    revoke_keys: Pairs = ()
    add_roles: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)
    add_teams: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)
    remove_groups: tuple[str, ...] = ()
    join: Pairs = ()
    leave: Pairs = ()
    add_stewards: tuple[str, ...] = ()
    remove_stewards: tuple[str, ...] = ()
    threshold: int | None = None
    adopt: Mapping[str, str] = fresh(default_factory=dict)
    solo: bool | None = None
    emergency: Emergency | None = None


def following(root: TrustRoot, before: TrustRoot, now: datetime) -> TrustRoot:
    """The governance of ``root`` as the version after ``before``."""
    prev = sha256(root_bytes(before))
    return replace(root, version=before.version + 1, prev=prev, created_at=now)


def edited(root: TrustRoot, edit: RootEdit) -> TrustRoot:
    """The root with the changes made; whoever leaves is out of all roles, teams and the stewards.

    Raises:
        UsageError: a change names somebody or something that is not there, or is there already.
    """
    root = _with_people(root, edit)
    root = _with_keys(root, edit)
    root = _with_groups(root, edit)
    root = _with_members(root, edit)
    return replace(
        root,
        stewards=_members(root.stewards, edit.add_stewards, edit.remove_stewards, "the stewards"),
        threshold=root.threshold if edit.threshold is None else edit.threshold,
        baselines=_adopted(root, edit.adopt),
        solo=root.solo if edit.solo is None else edit.solo,
        emergency=edit.emergency or root.emergency,
    )


def _with_people(root: TrustRoot, edit: RootEdit) -> TrustRoot:
    for who in edit.add_people:
        if who in root.people:
            raise UsageError(
                f"'{who}' is a person of this root already", hint=f"--add-key {who}=FILE.pub"
            )
    for who in edit.remove_people:
        _require(who, root.people, "person")
    gone = set(edit.remove_people)

    def stay(members: Iterable[str]) -> tuple[str, ...]:
        return tuple(who for who in members if who not in gone)

    people = {**root.people, **edit.add_people}
    return replace(
        root,
        people={who: member for who, member in people.items() if who not in gone},
        teams={name: stay(members) for name, members in root.teams.items()},
        roles={
            name: replace(role, members=stay(role.members)) for name, role in root.roles.items()
        },
        stewards=stay(root.stewards),
    )


def _with_keys(root: TrustRoot, edit: RootEdit) -> TrustRoot:
    people = dict(root.people)
    for who, key in edit.add_keys:
        _require(who, people, "person")
        if key in people[who].keys:
            raise UsageError(f"{key.fingerprint} is a key of '{who}' already")
        people[who] = replace(people[who], keys=(*people[who].keys, key))
    for who, fingerprint in edit.revoke_keys:
        _require(who, people, "person")
        keys = people[who].keys
        left = tuple(key for key in keys if key.fingerprint != fingerprint)
        if len(left) == len(keys):
            known = ", ".join(key.fingerprint for key in keys)
            raise UsageError(f"{fingerprint} is no key of '{who}'", hint=f"one of: {known}")
        people[who] = replace(people[who], keys=left)
    return replace(root, people=people)


def _with_groups(root: TrustRoot, edit: RootEdit) -> TrustRoot:
    for name in (*edit.add_roles, *edit.add_teams):
        if name in root.roles or name in root.teams:
            raise UsageError(
                f"'{name}' is a role or team of this root already",
                hint=f"--add-member {name}=ID",
            )
    for name in edit.remove_groups:
        _require(name, {*root.roles, *root.teams}, "role or team")
    roles = {**root.roles, **{name: Role(members=who) for name, who in edit.add_roles.items()}}
    teams = {**root.teams, **edit.add_teams}
    return replace(
        root,
        roles={name: role for name, role in roles.items() if name not in edit.remove_groups},
        teams={name: who for name, who in teams.items() if name not in edit.remove_groups},
    )


def _with_members(root: TrustRoot, edit: RootEdit) -> TrustRoot:
    roles, teams = dict(root.roles), dict(root.teams)
    touched = dict.fromkeys(name for name, _ in (*edit.join, *edit.leave))
    for name in touched:
        _require(name, {*roles, *teams}, "role or team")
        come = tuple(who for group, who in edit.join if group == name)
        go = tuple(who for group, who in edit.leave if group == name)
        if name in roles:
            members = _members(roles[name].members, come, go, f"'{name}'")
            roles[name] = replace(roles[name], members=members)
        if name in teams:
            teams[name] = _members(teams[name], come, go, f"'{name}'")
    return replace(root, roles=roles, teams=teams)


def _members(
    members: tuple[str, ...], come: tuple[str, ...], go: tuple[str, ...], group: str
) -> tuple[str, ...]:
    for who in come:
        if who in members:
            raise UsageError(f"'{who}' is one of {group} already")
    for who in go:
        if who not in members:
            raise UsageError(f"'{who}' is not one of {group}", hint=suggestion(who, members))
    return tuple(who for who in (*members, *come) if who not in go)


def _adopted(root: TrustRoot, adopt: Mapping[str, str]) -> dict[str, str]:
    for name, digest in adopt.items():
        if root.baselines.get(name, digest) != digest:
            raise UsageError(
                f"governance adopted another baseline as {name}",
                hint="give the changed baseline a new version",
            )
        if name in root.baselines:
            raise UsageError(f"governance adopted {name} already")
    return {**root.baselines, **adopt}


def _require(name: str, known: Iterable[str], kind: str) -> None:
    names = set(known)
    if name not in names:
        raise UsageError(f"this root knows no {kind} '{name}'", hint=suggestion(name, names))
