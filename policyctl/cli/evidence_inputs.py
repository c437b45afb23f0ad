"""What evidence is computed with beside the records, as the command line names it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policyctl.usecases.evidence import Beside
    from policyctl.usecases.exception_history import ExceptionHistory


def beside(labels: str | None, requests: str | None) -> Beside:
    """The verdicts and the counts that were named.

    Raises:
        InputError: a file cannot be read as what it should be.
    """
    from policyctl.adapters.request_counts import request_counter
    from policyctl.adapters.review_files import read_small
    from policyctl.usecases.evidence import Beside

    return Beside(
        labels=(Path(labels).name, read_small(Path(labels))) if labels else None,
        counter=request_counter(Path(requests)) if requests else None,
    )


def recorded_history(policy: str, content: bytes, folder: Path | None) -> ExceptionHistory:
    """What the ledger says about a policy's exceptions, where there is a ledger that verifies."""
    from policyctl.cli.workplace import workplace
    from policyctl.errors import PolicyctlError
    from policyctl.usecases.exception_history import (
        ExceptionHistory,
        exception_history,
        exceptions_of,
    )
    from policyctl.usecases.ledger_state import ledger_state, require_intact

    if folder is None:
        return ExceptionHistory(known=False)
    try:
        with workplace(folder=folder) as hands:
            state = ledger_state(hands)
            chain = state.chain(policy)
            if chain is None:
                return ExceptionHistory(known=False)
            require_intact(state, policy, unrecorded=True)
            present = exceptions_of(content, hands.documents)
            return exception_history(present, chain.entries, hands.repository, hands.documents)
    except PolicyctlError:
        # No repository, no ledger, or one that does not verify: 'verify' says which.
        return ExceptionHistory(known=False)
