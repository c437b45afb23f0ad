"""Wiring: evidence computed again, for ``policyctl verify --records``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policyctl.core.frozen import replace

if TYPE_CHECKING:
    from policyctl.cli.verifying import Recomputing
    from policyctl.usecases.verify import Verification


def with_records(report: Verification, again: Recomputing) -> Verification:
    """The verification, with every promotion's evidence computed again.

    Args:
        report: the verification.
        again: the records, and what evidence was computed with besides.

    Raises:
        InputError: a file cannot be read as what it should be.
        UsageError: the commit that was judged is not the one that is checked out.
    """
    from pathlib import Path

    from policyctl.adapters.analytics.opening import AUTOMATIC, open_analysis
    from policyctl.adapters.request_counts import request_counter
    from policyctl.adapters.review_files import read_small
    from policyctl.cli.workplace import workplace
    from policyctl.errors import UsageError
    from policyctl.usecases.ledger_state import ledger_state
    from policyctl.usecases.recompute import recompute

    with workplace() as hands:
        if hands.repository.head != report.commit:
            raise UsageError(
                "evidence is computed again at the commit that is checked out",
                hint="leave --rev away, or check that commit out",
            )
        found = recompute(
            ledger_state(hands),
            hands,
            open_analysis(again.records, again.engine or AUTOMATIC),
            labels=[(Path(name).name, read_small(Path(name))) for name in again.labels],
            counter=request_counter(Path(again.requests)) if again.requests else None,
        )
    return replace(report, recomputed=found)
