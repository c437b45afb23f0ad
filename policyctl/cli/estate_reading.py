"""Reading an estate, as ``status`` and ``report`` do, with what their options name beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policyctl.cli.workplace import Workplace
    from policyctl.core.due import Limits
    from policyctl.core.estate import Estate
    from policyctl.usecases.drift_checks import DriftChecks
    from policyctl.usecases.ledger_state import LedgerState
    from policyctl.usecases.ports import Analysis

AppliedOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--applied",
        help="A folder with statements of 'drift --attest': what engines were found to run.",
        metavar="DIR",
    ),
]


def open_records(events: Sequence[str], engine: str) -> Analysis | None:
    """Detection records, where some are named."""
    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.cli.query_progress import query_shown

    return open_analysis(events, engine, watch=query_shown) if events else None


def estate_at(
    state: LedgerState,
    hands: Workplace,
    now: datetime,
    *,
    applied: Sequence[Path],
    records: Analysis | None,
) -> Estate:
    """The estate of the commit that is checked out.

    Args:
        state: its ledger.
        hands: repository and readers.
        now: the present.
        applied: folders with results of drift checks.
        records: detection records, or None.
    """
    from policyctl.usecases.estate import Given, read_estate

    def compared(state: LedgerState) -> DriftChecks:
        from policyctl.adapters.applied_files import applied_files
        from policyctl.adapters.bare_verification import verify_plain
        from policyctl.usecases.drift_checks import drift_checks

        return drift_checks(applied_files(applied), state.root, verify_plain)

    given = Given(checks=compared if applied else None, records=records)
    return read_estate(state, hands, now=now, given=given)


def limits_here(hands: Workplace) -> Limits:
    """The deadlines that the organisation set in ``policyctl.toml``."""
    from policyctl.adapters.document_bytes import read
    from policyctl.adapters.settings_file import NAME, parse_settings
    from policyctl.usecases.selection import KNOWN
    from policyctl.usecases.status import limits_of

    path = hands.repository.folder / NAME
    content = read(path, file=NAME) if path.exists() else None
    return limits_of(parse_settings(content, NAME, KNOWN))
