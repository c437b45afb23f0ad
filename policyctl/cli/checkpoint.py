"""``policyctl checkpoint``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    FormatOption,
    KeyOption,
    NowOption,
    PinOption,
    checked_pin,
)


def checkpoint(
    key: KeyOption = None,
    pin: PinOption = "",
    timestamp: Annotated[
        str | None,
        typer.Option(
            "--timestamp", help="Have this RFC 3161 authority attest the time.", metavar="URL"
        ),
    ] = None,
    timestamp_token: Annotated[
        Path | None,
        typer.Option(
            "--timestamp-token",
            help="Keep this RFC 3161 response beside the newest checkpoint.",
            metavar="FILE",
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show", help="Print the notes of all checkpoints, to keep elsewhere.")
    ] = False,
    proof: Annotated[
        str | None,
        typer.Option(
            "--prove",
            help="Print the proof that the newest checkpoint begins with checkpoint N, or that it "
            "covers an entry (support-assistant/2).",
            metavar="N|ID/SEQ",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Sign how far the ledger reaches; run it after a merge.

    A tag keeps it.
    """
    from policyctl.adapters.commits import Commits
    from policyctl.adapters.git_tags import WritableTags
    from policyctl.adapters.history_line import HistoryLine
    from policyctl.cli.output import emit, write_bytes
    from policyctl.cli.present import moment
    from policyctl.cli.witnessing import Wish, verified
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.checkpoint import render as as_json
    from policyctl.render.text.checkpoint import render as as_text
    from policyctl.usecases.checkpoint import keep_timestamp, make_checkpoint, notes_in_order, prove

    with workplace(key) as hands:
        tags = WritableTags(hands.repository.store)
        report = verified(
            Commits(hands.repository.store), Wish(now=moment(now), pin=checked_pin(pin), whole=True)
        )
        if show:
            write_bytes(notes_in_order(report))
            return
        if proof is not None:
            write_bytes(prove(proof, report))
            return
        stamp = None
        if timestamp is not None:
            from policyctl.adapters.timestamping import authority

            stamp = authority(timestamp)
        if timestamp_token is not None:
            from policyctl.adapters.timestamping import response_in

            outcome = keep_timestamp(
                report,
                response_in(timestamp_token),
                hands=hands,
                checkpoints=tags,
                now=moment(now),
            )
        else:
            outcome = make_checkpoint(
                report,
                hands=hands,
                checkpoints=tags,
                line=HistoryLine(hands.repository.store, hands.repository.head),
                now=moment(now),
                stamp=stamp,
                dry_run=dry_run,
            )
    emit(lambda width: as_text(outcome, width), lambda: as_json(outcome), format)
