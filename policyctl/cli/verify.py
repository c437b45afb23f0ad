"""``policyctl verify``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption


def verify(
    pin: Annotated[
        str,
        typer.Option(
            "--pin",
            envvar="POLICYCTL_ROOT",
            help="sha256 that trust root 1 must have, learnt outside the repository.",
            metavar="SHA256",
        ),
    ] = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Verify the ledger of the commit that is checked out, from git objects alone."""
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import workplace
    from policyctl.core.entry import DIGEST
    from policyctl.errors import TamperingError, UsageError
    from policyctl.render.json.verify import render as as_json
    from policyctl.render.text.verify import render as as_text
    from policyctl.usecases.verify import verify as check

    if pin and not DIGEST.match(pin):
        raise UsageError(f"--pin {pin!r} is not a sha256", hint="64 lower-case hex digits")
    with workplace() as hands:
        report = check(
            repository=hands.repository,
            documents=hands.documents,
            signatures=hands.verify,
            pin=pin,
        )
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(0 if report.passed else TamperingError.exit_code)
