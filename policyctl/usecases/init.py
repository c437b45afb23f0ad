"""Bring a repository under governance: its first trust root, and the files around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.forge import Forge
from policyctl.core.frozen import frozen
from policyctl.core.layout import DRIVER_ATTRIBUTE
from policyctl.core.root_document import RootError, problem
from policyctl.core.root_effects import lonely_emergencies
from policyctl.core.root_signing import Owed, owed
from policyctl.core.snapshot import Snapshot
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.stages import Stage
from policyctl.core.trailers import commit_message
from policyctl.core.trust_root import (
    ROOT_NAMESPACE,
    ApprovalRule,
    Emergency,
    Member,
    Role,
    TrustRoot,
    root_bytes,
)
from policyctl.errors import RefusedError, UsageError
from policyctl.usecases.add_ci import is_governed
from policyctl.usecases.ports import Person, Repository, Signer

_ACTING = (Stage.LIMITED, Stage.ENFORCE)
_GATES: Mapping[str, Mapping[str, object]] = {
    "limited": {
        "window": "7d",
        "records": 1000,
        "reviewed": 100,
        "false_positives": "5%",
        "confidence": "95%",
    },
    "enforce": {
        "window": "14d",
        "records": 2000,
        "reviewed": 200,
        "false_positives": "2%",
        "confidence": "95%",
    },
}
_ANY = ("L1", "L2", "L3", "L4")
_EVERY_DATA = ("public", "internal", "confidential", "restricted")
_APPETITE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "content-safety": dict.fromkeys(_EVERY_DATA, _ANY),
    "prompt-defense": dict.fromkeys(_EVERY_DATA, _ANY),
    "public-facing": {
        "public": _ANY,
        "internal": _ANY[1:],
        "confidential": _ANY[1:],
        "restricted": _ANY[2:],
    },
    "internal-facing": {
        "public": _ANY,
        "internal": _ANY,
        "confidential": _ANY,
        "restricted": _ANY[1:],
    },
    "regulated": {
        "public": _ANY[1:],
        "internal": _ANY[1:],
        "confidential": _ANY[2:],
        "restricted": _ANY[3:],
    },
}
_ATTRIBUTES = f"""\
# Approvals bind to exact bytes: git must not convert line endings here.
policies/** -text
.policyctl/** -text
# 'policyctl hook install' tells a clone how git shows a policy's change in policy terms.
{DRIVER_ATTRIBUTE}
"""
_PRE_COMMIT = """\
repos:
  - repo: local
    hooks:
      - id: policyctl-validate
        name: policyctl validate
        entry: policyctl validate
        language: system
        files: ^policies/.*\\.ya?ml$
        types: []
        types_or: [file, symlink]
      # What all policies rest on: when it changes, all of them are checked again.
      - id: policyctl-validate-repository
        name: policyctl validate, all policies
        entry: policyctl validate
        language: system
        pass_filenames: false
        files: ^(\\.policyctl/(schemas|baselines|root)/|policyctl\\.toml$|catalogues/)
        types: []
        types_or: [file, symlink]
"""


@frozen
class Founding:
    """Who is who at the start.

    Attributes:
        me: the person who founds the ledger and signs its first trust root.
        people: everybody's display name and keys, ``me`` included.
        roles: approvers by role; the first role approves what acts on traffic, and a promotion to
            ``enforce`` needs every role.
        stewards: who signs trust roots, ``me`` among them.
        threshold: how many of them have to sign.
        log: the ledger's id, 64 hex digits drawn by the caller.
    """

    me: str
    people: Mapping[str, Member]
    roles: Mapping[str, tuple[str, ...]]
    teams: Mapping[str, tuple[str, ...]]
    stewards: tuple[str, ...]
    threshold: int
    log: str
    now: datetime


@frozen
class Founded:
    """What was set up.

    Attributes:
        kept: files that were there already and were left alone.
        owed: what the stewards owe to the root before it holds.
        warnings: what this trust root will not allow, and somebody will need.
        forge: the forge that will judge pull requests, or None.
    """

    root: TrustRoot
    pin: str
    commit: str
    files: tuple[str, ...]
    kept: tuple[str, ...]
    owed: Owed
    warnings: tuple[str, ...]
    forge: Forge | None = None


def found(
    founding: Founding,
    *,
    baselines: Mapping[str, bytes],
    schemas: Mapping[str, bytes],
    snapshot: Snapshot,
    repository: Repository,
    signer: Signer,
    forge: Forge | None = None,
    ci: Mapping[str, bytes] | None = None,
) -> Founded:
    """Write and sign the first trust root, and commit it with baselines and schemas.

    Args:
        founding: people, roles and teams.
        baselines: shipped baselines by ``id@version``.
        schemas: shipped JSON Schemas by file name, for editors.
        snapshot: the governed files that are there already; empty in a new repository.
        repository: where the commit goes.
        signer: the key of ``founding.me``.
        forge: the forge that shall judge pull requests, or None.
        ci: the files that make it do so.

    Raises:
        RefusedError: the repository is governed already.
        UsageError: people, roles and keys do not fit together.
    """
    if is_governed(snapshot):
        raise RefusedError("this repository is governed already", hint="policyctl root show")
    root = _root(founding, {name: sha256(content) for name, content in baselines.items()})
    try:
        problem(root)
    except RootError as error:
        raise UsageError(error.message) from error
    _require_own_key(founding, signer.key)
    content = root_bytes(root)
    wanted: dict[str, bytes | None] = {
        paths.root_path(1): content,
        paths.root_signature_path(1, founding.me): signer.sign(content, ROOT_NAMESPACE),
        **{paths.baseline_path(name): data for name, data in baselines.items()},
        **{paths.SCHEMAS + name: data for name, data in schemas.items()},
    }
    optional = {
        ".gitattributes": _ATTRIBUTES.encode(),
        ".pre-commit-config.yaml": _PRE_COMMIT.encode(),
        paths.POLICIES + ".gitkeep": b"",
        **(ci or {}),
    }
    kept = tuple(path for path in optional if repository.working_file(path) is not None)
    wanted |= {path: data for path, data in optional.items() if path not in kept}
    repository.require_ready(sorted(wanted))
    member = founding.people[founding.me]
    by = repository.identity() or Person(
        name=member.name, email=member.email or f"{founding.me}@policyctl.invalid"
    )
    trailers = [("Policy-Root", f"1 sha256:{sha256(content)}")]
    message = commit_message("policyctl: found the ledger", trailers)
    commit = repository.commit(wanted, message=message, by=by, now=founding.now)
    [owed_now] = owed(root, None, {founding.me: signer.key.blob})
    return Founded(
        root=root,
        pin=sha256(content),
        commit=commit,
        files=tuple(sorted(wanted)),
        kept=kept,
        owed=owed_now,
        warnings=tuple(lonely_emergencies(root)),
        forge=forge,
    )


def _root(founding: Founding, baselines: Mapping[str, str]) -> TrustRoot:
    solo = len(founding.people) == 1
    roles = dict(founding.roles)
    if solo and not roles:
        roles = {"approver": (founding.me,)}
    if not roles:
        raise UsageError("nobody is named who approves", hint="--role security=WHO[,WHO]")
    first, every = next(iter(roles)), dict.fromkeys(roles, 1)
    return TrustRoot(
        log=founding.log,
        version=1,
        prev=None,
        created_at=founding.now,
        people=founding.people,
        teams=founding.teams,
        roles={name: Role(members=members) for name, members in roles.items()},
        stewards=founding.stewards,
        threshold=founding.threshold,
        approvals=_rules(first, every),
        gates=_GATES,
        appetite=_APPETITE,
        baselines=baselines,
        emergency=Emergency(role=first, within="72h"),
        solo=solo,
    )


def _rules(first: str, every: Mapping[str, int]) -> tuple[ApprovalRule, ...]:
    edits = (ChangeAction.EDIT, ChangeAction.EXCEPTION)
    back = (ChangeAction.DEMOTE, ChangeAction.RETIRE, ChangeAction.VOID)
    return (
        ApprovalRule(actions=(ChangeAction.REGISTER,), need={}),
        ApprovalRule(actions=edits, to=(Stage.LOGGING,), need={}),
        ApprovalRule(actions=edits, to=_ACTING, need={first: 1}),
        ApprovalRule(actions=(ChangeAction.PROMOTE,), to=(Stage.LIMITED,), need={first: 1}),
        ApprovalRule(actions=(ChangeAction.PROMOTE,), to=(Stage.ENFORCE,), need=every),
        ApprovalRule(
            actions=(*back, ChangeAction.EMERGENCY_DEMOTE, ChangeAction.REDACT), need={first: 1}
        ),
    )


def _require_own_key(founding: Founding, key: PublicKey) -> None:
    if all(own.blob != key.blob for own in founding.people[founding.me].keys):
        raise UsageError(f"the signing key is not a key of '{founding.me}'")
