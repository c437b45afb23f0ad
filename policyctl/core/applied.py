"""What an engine was found to run, as an in-toto statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from policyctl.core.attestation import STATEMENT_TYPE
from policyctl.core.canonical import encode
from policyctl.core.diff.change import PolicyChange
from policyctl.core.engines.target import Provenance, Unread
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
