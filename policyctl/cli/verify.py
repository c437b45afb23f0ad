"""``policyctl verify``."""

from __future__ import annotations

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, PinOption, checked_pin


def verify(
    pin: PinOption = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Verify the ledger of the commit that is checked out, from git objects alone."""
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import workplace
    from policyctl.errors import TamperingError
    from policyctl.render.json.verify import render as as_json
    from policyctl.render.text.verify import render as as_text
    from policyctl.usecases.verify import verify as check

    with workplace() as hands:
        report = check(
            repository=hands.repository,
            documents=hands.documents,
            signatures=hands.verify,
            pin=checked_pin(pin),
        )
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(0 if report.passed else TamperingError.exit_code)
