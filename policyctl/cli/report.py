"""``policyctl report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.estate_reading import AppliedOption
from policyctl.cli.options import EngineOption, EventsOption, NowOption, PinOption, checked_pin

if TYPE_CHECKING:
    from datetime import datetime

    from policyctl.usecases.report import Since


def report(
    out: Annotated[
        str,
        typer.Option("--out", help="The page's file; - for standard output.", metavar="F.html"),
    ],
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            help="Call out what changed since a day or time, or since a checkpoint: 2026-11-01, or "
            "checkpoint-3.",
            metavar="WHEN",
        ),
    ] = None,
    events: EventsOption = None,
    engine: EngineOption = "auto",
    applied: AppliedOption = None,
    name: Annotated[
        str,
        typer.Option(
            "--name",
            help="What the page calls the repository. Default: its folder.",
            metavar="TEXT",
        ),
    ] = "",
    pin: PinOption = "",
    now: NowOption = None,
) -> None:
    """The estate as one self-contained page for browsers and paper.

    Stages, risks, every policy with its origins and evidence, controls, every change.
    """
    from policyctl.adapters.commits import commits_of
    from policyctl.cli.estate_reading import estate_at, limits_here, open_records
    from policyctl.cli.page_file import write_page
    from policyctl.cli.present import moment
    from policyctl.cli.witnessing import Wish, verified
    from policyctl.cli.workplace import workplace
    from policyctl.errors import TamperingError
    from policyctl.render.report.page import render
    from policyctl.usecases.estate import READ
    from policyctl.usecases.ledger_state import LedgerState
    from policyctl.usecases.report import report_on

    present, asked = moment(now), _since(since)
    records = open_records(events or (), engine)
    with workplace() as hands:
        wish = Wish(now=present, pin=checked_pin(pin), rev=hands.repository.head, whole=True)
        with commits_of(Path.cwd()) as commits:
            verification = verified(commits, wish)
        state = LedgerState(snapshot=hands.repository.snapshot(READ), ledger=verification.ledger)
        estate = estate_at(state, hands, present, applied=applied or (), records=records)
        found = report_on(
            estate,
            verification,
            state,
            hands,
            limits=limits_here(hands),
            name=name or hands.repository.folder.name,
            since=asked,
        )
    write_page(out, render(found))
    raise typer.Exit(TamperingError.exit_code if found.broken else 0)


def _since(text: str | None) -> Since | None:
    from policyctl.cli.present import moment
    from policyctl.errors import UsageError
    from policyctl.usecases.report import Since

    if text is None:
        return None
    head, _, number = text.partition("checkpoint-")
    if not head and number.isascii() and number.isdigit():
        return Since(checkpoint=int(number))
    try:
        found: datetime = moment(text)
    except UsageError as error:
        raise UsageError(
            f"--since {text!r} is no time and no checkpoint",
            hint="as in 2026-11-01, 2026-11-01T08:00:00Z or checkpoint-3",
        ) from error
    return Since(moment=found)
