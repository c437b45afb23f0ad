"""``policyctl verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, NowOption, PinOption, checked_pin


def verify(
    pin: PinOption = "",
    rev: Annotated[
        str, typer.Option("--rev", help="The commit that is judged.", metavar="REV")
    ] = "HEAD",
    base: Annotated[
        str,
        typer.Option(
            "--base",
            help="Judge a pull request: what the commit adds to this branch.",
            metavar="REV",
        ),
    ] = "",
    history: Annotated[
        bool, typer.Option("--history", help="Judge every state that the branch went through, too.")
    ] = False,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(
            "--checkpoint",
            help="Compare with the notes in this file too, which somebody kept elsewhere ('-': "
            "standard input).",
            metavar="FILE",
        ),
    ] = None,
    tsa_certificates: Annotated[
        Path | None,
        typer.Option(
            "--tsa-certificates",
            help="Verify time stamps of checkpoints with these root certificates (PEM).",
            metavar="FILE",
        ),
    ] = None,
    memory: Annotated[
        bool,
        typer.Option(
            "--memory/--no-memory", help="Compare with what passed before, and remember this."
        ),
    ] = True,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Forget first what passed before in this repository."),
    ] = False,
    records: Annotated[
        list[str] | None,
        typer.Option(
            "--records",
            help="Compute the evidence of promotions again from these detection records, and "
            "compare.",
            metavar="FILE",
        ),
    ] = None,
    labels: Annotated[
        list[str] | None,
        typer.Option(
            "--labels", help="With --records: the verdicts that promotions name.", metavar="FILE"
        ),
    ] = None,
    requests: Annotated[
        str | None,
        typer.Option(
            "--requests",
            help="With --records: the count of requests that promotions name.",
            metavar="FILE",
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            help="With --records: what counts them, as for 'evidence'.",
            metavar="ENGINE",
            show_default=False,
        ),
    ] = "",
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Verify the ledger of a commit, from git objects alone."""
    from policyctl.cli.present import moment
    from policyctl.cli.verifying import Recomputing, verify_ledger
    from policyctl.cli.witnessing import Wish

    wish = Wish(
        pin=checked_pin(pin),
        now=moment(now),
        rev=rev,
        base=base,
        history=history,
        checkpoints=tuple(checkpoint or ()),
        certificates=tsa_certificates,
        memory=memory,
        forget=forget,
    )
    again = Recomputing(
        records=records or (), labels=labels or (), requests=requests, engine=engine
    )
    raise typer.Exit(verify_ledger(wish, format, again))
