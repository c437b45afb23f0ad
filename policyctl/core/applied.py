"""What an engine was found to run, as an in-toto statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core.attestation import STATEMENT_TYPE
from policyctl.core.canonical import decode, encode
from policyctl.core.diff.change import PolicyChange
from policyctl.core.diff.effect import Effect, together
from policyctl.core.engines.target import Provenance, Unread
from policyctl.core.entry import SLUG, is_digest, moment_from, with_fields
from policyctl.core.frozen import frozen
from policyctl.core.paths import policy_path

PREDICATE_TYPE = "urn:policyctl:applied:v1"


def applied_statement(
    provenance: Provenance,
    *,
    target: str,
    live: Sequence[tuple[str, str]],
    changes: Sequence[PolicyChange],
    unread: Sequence[Unread],
    who: str,
    now: datetime,
) -> bytes:
    """The statement, in its one spelling.

    Args:
        provenance: the approved policy.
        target: the engine.
        live: name and sha256 of each file that was compared; the statement is about these.
        changes: what runs differently.
        unread: what was not understood.
        who: the person who states it.
        now: when they compared.
    """
    drifted = bool(changes or unread)
    predicate = {
        "policy": provenance.policy,
        "entry": provenance.entry,
        "policy_sha256": provenance.digest,
        "target": target,
        "checked": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": who,
        "result": "drifted" if drifted else "as-approved",
        "changes": [
            {
                "id": change.id,
                "fingerprint": change.fingerprint,
                "effect": change.effect.value,
            }
            for change in changes
        ],
        "unread": [{"place": item.place, "what": item.what} for item in unread],
    }
    subjects = [{"name": name, "digest": {"sha256": digest}} for name, digest in live]
    subjects.append(
        {"name": policy_path(provenance.policy), "digest": {"sha256": provenance.digest}}
    )
    return encode(
        {
            "_type": STATEMENT_TYPE,
            "subject": subjects,
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


@frozen
class DriftCheck:
    """What somebody found an engine to run, as a statement says.

    Attributes:
        policy: the policy's id.
        entry: the entry that was approved then, and ``digest`` the policy file's sha256 in it.
        target: the engine.
        checked: when they compared.
        by: who states it.
        effect: what runs, beside what was approved; unknown where something was not understood.
        differences: how many things differ or were not understood.
    """

    policy: str
    entry: int
    digest: str
    target: str
    checked: datetime
    by: str
    effect: Effect
    differences: int


def drift_check_from(payload: bytes) -> DriftCheck:
    """What `applied_statement` stated.

    Raises:
        ValueError: the bytes are no such statement.
    """
    outer = with_fields(
        decode(payload),
        {
            "_type": lambda value: value == STATEMENT_TYPE,
            "subject": lambda value: isinstance(value, list),
            "predicateType": lambda value: value == PREDICATE_TYPE,
            "predicate": lambda value: isinstance(value, dict),
        },
    )
    data = with_fields(
        outer["predicate"],
        {
            "policy": _is_slug,
            "entry": lambda value: isinstance(value, int) and not isinstance(value, bool),
            "policy_sha256": is_digest,
            "target": _is_slug,
            "checked": lambda value: isinstance(value, str),
            "by": _is_slug,
            "result": lambda value: value in ("as-approved", "drifted"),
            "changes": lambda value: isinstance(value, list),
            "unread": lambda value: isinstance(value, list),
        },
    )
    effects = [_effect(change) for change in data["changes"]]
    count = len(effects) + len(data["unread"])
    if (data["result"] == "drifted") is not bool(count):
        raise ValueError(f"'result' is '{data['result']}', with {count} differences")
    return DriftCheck(
        policy=data["policy"],
        entry=data["entry"],
        digest=data["policy_sha256"],
        target=data["target"],
        checked=moment_from(data["checked"]),
        by=data["by"],
        effect=together([*effects, *([Effect.UNKNOWN] if data["unread"] else [])]),
        differences=count,
    )


def _effect(change: object) -> Effect:
    if not isinstance(change, dict):
        raise ValueError("a change is no object")
    return Effect(change.get("effect"))


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and bool(SLUG.match(value))
