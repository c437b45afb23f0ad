"""State what the ledger says of a policy, for readers that know in-toto."""

from __future__ import annotations

from policyctl.core.attestation import (
    Standing,
    envelope,
    envelope_name,
    pre_authentication,
    statement,
)
from policyctl.core.chain import Recorded
from policyctl.core.frozen import frozen
from policyctl.core.ledger import Ledger
from policyctl.core.snapshot import content_of
from policyctl.errors import NotJudgedError, RefusedError, TamperingError
from policyctl.usecases.ledger_state import Hands, signing_person, unknown_policy
from policyctl.usecases.ports import BareSigner
from policyctl.usecases.verify import Verification


@frozen
class Attestation:
    """Somebody's envelope around the statement about a policy.

    Attributes:
        who: the person whose key signed it.
        name: the name of its file.
        envelope: the exact bytes.
    """

    policy: str
    seq: int
    who: str
    level: str
    name: str
    envelope: bytes


def attest(
    policy: str, verified: Verification, *, hands: Hands, signer: BareSigner, pin: str = ""
) -> Attestation:
    """Sign what a ledger that holds says of one policy.

    The level is what anybody finds who has the repository: that the ledger was compared with this
    verifier's memory too is no part of what several people sign.

    Args:
        policy: the policy's id.
        verified: what verification says of the commit, with every witness that there is.
        hands: the repository, and the user's key.
        signer: the same key, signing bytes without SSH's format around them.
        pin: sha256 that trust root 1 must have, or empty.

    Raises:
        TamperingError: the ledger does not verify.
        NotJudgedError: something could not be compared.
        RefusedError: approvals are missing, the policy is retired, or nobody knows the key.
        UsageError: there is no such policy.
    """
    ledger = verified.ledger
    _require_sound(verified)
    level = "tree+checkpoint" if verified.witnessed.checkpoints.compared else "tree"
    last = _standing_entry(ledger, policy)
    root = ledger.roots.latest
    if root is None:
        raise TamperingError("the trust root does not verify", hint="policyctl verify")
    who = signing_person(root, hands.signer)
    snapshot = hands.repository.snapshot()
    payload = statement(
        last,
        {path: content_of(snapshot, path) or b"" for path in last.signatures},
        Standing(
            level=level,
            pinned=bool(pin),
            pin=ledger.roots.pin,
            root_digest=ledger.roots.digests[last.entry.root],
        ),
    )
    made = signer.sign(pre_authentication(payload))
    return Attestation(
        policy=policy,
        seq=last.entry.seq,
        who=who,
        level=level,
        name=envelope_name(policy, last.entry.seq, who),
        envelope=envelope(payload, signer.key.fingerprint, made),
    )


def _require_sound(verified: Verification) -> None:
    if not verified.findings:
        if verified.gaps:
            raise NotJudgedError(verified.gaps[0].message, hint=verified.gaps[0].hint)
        return
    codes = sorted({item.code for item in verified.findings})
    if set(codes) <= {"APPROVALS_MISSING", "EMERGENCY_PENDING"}:
        first = verified.findings[0]
        raise RefusedError(
            f"nothing is attested while approvals are missing: {first.message}", hint=first.hint
        )
    raise TamperingError(
        f"the ledger does not verify ({', '.join(codes)}), so nothing of it is attested",
        hint="policyctl verify",
    )


def _standing_entry(ledger: Ledger, policy: str) -> Recorded:
    chain = ledger.chains.get(policy)
    if chain is None or chain.last is None:
        raise unknown_policy(ledger, policy)
    if chain.last.entry.after is None:
        raise RefusedError(f"'{policy}' is retired: there is no file to attest")
    return chain.last
