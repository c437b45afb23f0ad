"""A judge of commits that remembers what commits have in common."""

from __future__ import annotations

from datetime import datetime

from policyctl.core.ledger import Ledger, check_ledger
from policyctl.core.ledger_memo import LedgerMemo, remembered_facts, remembered_signatures
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import Snapshot
from policyctl.usecases.policy_facts import facts_reader
from policyctl.usecases.ports import Documents


def ledger_memo(
    documents: Documents,
    signatures: VerifySignature,
    pin: str = "",
    now: datetime | None = None,
) -> LedgerMemo:
    """A judge of the ledgers of many commits.

    Args:
        documents: reads the policy files.
        signatures: whether a signature was made over a message.
        pin: sha256 that trust root 1 must have, or empty.
        now: the present; None if nothing that depends on a clock is judged.
    """
    verify = remembered_signatures(signatures)
    read_facts = remembered_facts(facts_reader(documents))

    def check(snapshot: Snapshot) -> Ledger:
        return check_ledger(snapshot, verify=verify, read_facts=read_facts, pin=pin, now=now)

    return LedgerMemo(check)
