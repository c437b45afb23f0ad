"""The trust root: who is who, who must approve what, and the floors no policy goes below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from policyctl.core.canonical import encode
from policyctl.core.entry import ChangeAction, moment_text
from policyctl.core.frozen import fresh, frozen
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.stages import Stage

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

TYPE = "policyctl/root/v1"


@frozen
class Member:
    """A person and the keys that speak for them."""

    name: str
    keys: tuple[PublicKey, ...]
    email: str = ""


@frozen
class Role:
    """Who may approve under one name.

    Attributes:
        touch: whether only signatures of a touched hardware key count.
    """

    members: tuple[str, ...]
    touch: bool = False


@frozen
class ApprovalRule:
    """How many approvals, by role, the changes that it covers need.

    An empty tuple covers every action, target stage or use case.
    """

    need: Mapping[str, int]
    actions: tuple[ChangeAction, ...] = ()
    to: tuple[Stage, ...] = ()
    use_cases: tuple[str, ...] = ()

    def covers(self, action: ChangeAction, target: Stage | None, use_case: str) -> bool:
        """True if a change of this kind needs the rule's approvals."""
        return (
            (not self.actions or action in self.actions)
            and (not self.to or target in self.to)
            and (not self.use_cases or use_case in self.use_cases)
        )


@frozen
class Emergency:
    """Who may step back at once, and how long the full approval may take (``72h``)."""

    role: str
    within: str


@frozen
class TrustRoot:
    """One version of the trust root.

    Attributes:
        log: the ledger's id: 64 hex digits drawn once.
        prev: sha256 of the version before, or None for the first.
        stewards: who may sign a new version.
        threshold: how many of them have to.
        gates: the least evidence that a promotion needs, by target stage, as a policy writes it.
        appetite: acceptable sensitivities by use case and data sensitivity.
        baselines: sha256 of each adopted baseline, by ``id@version``.
        solo: one person fills every role; separation of duties is then not checked.
    """

    log: str
    version: int
    prev: str | None
    created_at: datetime
    people: Mapping[str, Member]
    roles: Mapping[str, Role]
    stewards: tuple[str, ...]
    threshold: int
    approvals: tuple[ApprovalRule, ...]
    teams: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)
    gates: Mapping[str, Mapping[str, Any]] = fresh(default_factory=dict)
    appetite: Mapping[str, Mapping[str, tuple[str, ...]]] = fresh(default_factory=dict)
    baselines: Mapping[str, str] = fresh(default_factory=dict)
    emergency: Emergency | None = None
    solo: bool = False

    def need(
        self, action: ChangeAction, target: Stage | None, use_cases: Iterable[str]
    ) -> dict[str, int]:
        """The approvals that a change needs, by role: the highest number any rule asks for.

        Where no rule names reviews, a review needs what an edit would: to leave a policy as it is
        weighs as much as to change it.

        Args:
            action: what kind of change it is.
            target: the stage after it.
            use_cases: the policy's use case before and after; both count, so that no change
                escapes the approvals it needs by changing its use case.
        """
        kinds = [(self._ruled_as(action, target, use_case), use_case) for use_case in use_cases]
        needed: dict[str, int] = {}
        for rule in self.approvals:
            if any(rule.covers(kind, target, use_case) for kind, use_case in kinds):
                for role, count in rule.need.items():
                    needed[role] = max(count, needed.get(role, 0))
        return needed

    def _ruled_as(self, action: ChangeAction, target: Stage | None, use_case: str) -> ChangeAction:
        """The kind of change by whose rules one is judged."""
        if action is not ChangeAction.REVIEW or any(
            action in rule.actions and rule.covers(action, target, use_case)
            for rule in self.approvals
        ):
            return action
        return ChangeAction.EDIT

    def owners(self, owner: str) -> frozenset[str]:
        """The people behind an owner: the person, the members of the team and of the role."""
        role = self.roles.get(owner)
        members = (*self.teams.get(owner, ()), *(role.members if role else ()))
        return frozenset(members or (owner,))

    def knows(self, identity: str) -> bool:
        """True if the identity is a person, team or role of this root."""
        return identity in self.people or identity in self.teams or identity in self.roles

    def holder(self, key: PublicKey) -> str | None:
        """The person for whom a key speaks."""
        for who, member in self.people.items():
            if any(own.blob == key.blob for own in member.keys):
                return who
        return None

    @property
    def checkpointers(self) -> tuple[str, ...]:
        """Who may sign checkpoints: the role of this name, or the stewards if there is none."""
        role = self.roles.get("checkpointer")
        return role.members if role else self.stewards

    def roles_of(self, who: str) -> tuple[str, ...]:
        """The roles that a person fills."""
        return tuple(sorted(name for name, role in self.roles.items() if who in role.members))


def root_bytes(root: TrustRoot) -> bytes:
    """The exact bytes that are stored, chained and signed."""
    return encode(
        {
            "type": TYPE,
            "log": root.log,
            "version": root.version,
            "prev": root.prev,
            "created_at": moment_text(root.created_at),
            "people": {
                who: {
                    "name": member.name,
                    "email": member.email,
                    "keys": [key.line for key in member.keys],
                }
                for who, member in root.people.items()
            },
            "teams": {name: list(members) for name, members in root.teams.items()},
            "roles": {
                name: {"members": list(role.members), "touch": role.touch}
                for name, role in root.roles.items()
            },
            "root": {"members": list(root.stewards), "threshold": root.threshold},
            "approvals": [_rule_data(rule) for rule in root.approvals],
            "gates": {stage: dict(gate) for stage, gate in root.gates.items()},
            "appetite": {
                use_case: {data: list(levels) for data, levels in by_data.items()}
                for use_case, by_data in root.appetite.items()
            },
            "baselines": dict(root.baselines),
            "emergency": (
                {"role": root.emergency.role, "within": root.emergency.within}
                if root.emergency
                else None
            ),
            "solo": root.solo,
        }
    )


def allowed_signers(root: TrustRoot) -> str:
    """An OpenSSH allowed-signers file: each person's keys, for the namespaces of their roles.

    With it, ``ssh-keygen -Y verify`` enforces who may sign in which role. The format is that of
    ssh-keygen(1), ALLOWED SIGNERS.
    """
    lines = []
    for who, member in sorted(root.people.items()):
        namespaces = [AUTHOR_NAMESPACE, CHANGELOG_NAMESPACE]
        if who in root.stewards:
            namespaces += [ROOT_NAMESPACE, REDACT_NAMESPACE]
        if who in root.checkpointers:
            namespaces.append(CHECKPOINT_NAMESPACE)
        namespaces += [approval_namespace(role) for role in root.roles_of(who)]
        options = f'namespaces="{",".join(namespaces)}"'
        lines += [f"{who} {options} {key.line}\n" for key in member.keys]
    return "".join(lines)


def approval_namespace(role: str) -> str:
    """The SSH signature namespace of approvals in a role."""
    return f"policyctl/approve/{role}"


AUTHOR_NAMESPACE = "policyctl/author"
ROOT_NAMESPACE = "policyctl/root"
REDACT_NAMESPACE = "policyctl/redact"
CHECKPOINT_NAMESPACE = "policyctl/checkpoint"
CHANGELOG_NAMESPACE = "policyctl/changelog"


def unanswered(root: TrustRoot, use_cases: Iterable[str] = ("",)) -> tuple[str, ...]:
    """The kinds of change for which no rule says who approves them."""
    return tuple(
        f"{action.value}{f' to {target.value}' if target else ''}"
        for action, target in _KINDS
        for use_case in use_cases
        if not any(rule.covers(action, target, use_case) for rule in root.approvals)
    )


_KINDS: tuple[tuple[ChangeAction, Stage | None], ...] = (
    (ChangeAction.REGISTER, Stage.LOGGING),
    *((ChangeAction.EDIT, stage) for stage in Stage),
    *((ChangeAction.EXCEPTION, stage) for stage in Stage),
    (ChangeAction.PROMOTE, Stage.LIMITED),
    (ChangeAction.PROMOTE, Stage.ENFORCE),
    (ChangeAction.DEMOTE, Stage.LOGGING),
    (ChangeAction.DEMOTE, Stage.LIMITED),
    (ChangeAction.RETIRE, None),
)


def _rule_data(rule: ApprovalRule) -> dict[str, object]:
    return {
        "actions": [action.value for action in rule.actions],
        "to": [stage.value for stage in rule.to],
        "use_cases": list(rule.use_cases),
        "need": dict(rule.need),
    }
