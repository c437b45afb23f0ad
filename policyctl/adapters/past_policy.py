"""A policy as a commit has it, under the governance of that commit."""

from __future__ import annotations

from pathlib import Path

from policyctl.adapters.diff_sides import DiffSides
from policyctl.adapters.ssh_verification import verify
from policyctl.core import paths
from policyctl.core.policy import Policy
from policyctl.errors import UsageError
from policyctl.usecases.memo import ledger_memo
from policyctl.usecases.ports import Documents
from policyctl.usecases.reading import read_document, require_effective


def past_policy(policy: str, rev: str, here: Path, documents: Documents) -> Policy | None:
    """The policy in force at a revision, or None if it was not there.

    Raises:
        UsageError: there is no such revision.
        DocumentError: the file had errors then.
    """
    with DiffSides(here, ledger_memo(documents, verify, "").judge) as found:
        if not found.is_revision(rev):
            raise UsageError(f"{rev!r} is no revision here", hint="or name a file: --against FILE")
        side = found.commit(rev)
    file = paths.policy_path(policy)
    content = side.files.get(file)
    if content is None:
        return None
    reading = read_document(
        content, file=f"{rev}:{file}", documents=documents, governance=side.governance
    )
    return require_effective(reading).policy
