"""Verify the ledger of a commit, from git objects alone."""

from __future__ import annotations

from dataclasses import dataclass

from policyctl.core import paths
from policyctl.core.ledger import Ledger, check_ledger
from policyctl.core.signature_files import VerifySignature
from policyctl.errors import NotJudgedError
from policyctl.usecases.policy_facts import facts_reader
from policyctl.usecases.ports import Documents, Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verification found, and how far it went.

    Attributes:
        commit: the commit that was judged.
        level: ``tree``: everything that one commit's files can prove.
    """

    commit: str
    ledger: Ledger
    level: str = "tree"

    @property
    def passed(self) -> bool:
        """True if nothing was found."""
        return not self.ledger.findings


def verify(
    *, repository: Repository, documents: Documents, signatures: VerifySignature, pin: str = ""
) -> Verification:
    """Judge the ledger at the commit that is checked out.

    Args:
        repository: where the objects are read from.
        documents: reads the policy files.
        signatures: whether a signature was made over a message.
        pin: sha256 that trust root 1 must have, or empty.

    Raises:
        NotJudgedError: the commit holds neither policies nor a ledger.
    """
    snapshot = repository.snapshot()
    if not any(path.startswith((paths.HOME, paths.POLICIES)) for path in snapshot):
        raise NotJudgedError(
            "nothing here is governed: the commit has neither policies/ nor .policyctl/",
            hint="run 'policyctl init'",
        )
    ledger = check_ledger(snapshot, verify=signatures, read_facts=facts_reader(documents), pin=pin)
    return Verification(commit=repository.head, ledger=ledger)
