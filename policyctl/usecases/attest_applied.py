"""State, signed, what an engine was found to run: that the control was applied, on what, when."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.applied import applied_statement
from policyctl.core.attestation import envelope, pre_authentication
from policyctl.core.frozen import frozen
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import RefusedError
from policyctl.usecases.drift import DriftReport
from policyctl.usecases.ledger_state import signing_person
from policyctl.usecases.ports import BareSigner, Signer


@frozen
class AppliedAttestation:
    """Somebody's envelope around the result of a comparison."""

    who: str
    name: str
    envelope: bytes


def attest_applied(
    report: DriftReport, root: TrustRoot, *, signer: Signer, bare: BareSigner, now: datetime
) -> AppliedAttestation:
    """Sign the result of a comparison, whatever it was.

    Args:
        report: what was compared, and found.
        root: the newest trust root, which knows the key.
        signer: the user's key.
        bare: the same key, signing bytes without SSH's format around them.
        now: when the comparison was made.

    Raises:
        RefusedError: nobody knows the key, or a draft was compared.
    """
    if not report.approved.provenance.entry:
        raise RefusedError("a draft is approved by nobody, so nothing is attested of it")
    who = signing_person(root, signer)
    payload = applied_statement(
        report.approved.provenance,
        target=report.target.name,
        live=report.live,
        changes=report.changes,
        unread=report.unread,
        who=who,
        now=now,
    )
    policy, when = report.approved.policy.id, now.strftime("%Y%m%dT%H%M%SZ")
    return AppliedAttestation(
        who=who,
        name=f"{policy}.{report.target.name}.{when}.{who}.dsse.json",
        envelope=envelope(payload, bare.key.fingerprint, bare.sign(pre_authentication(payload))),
    )
