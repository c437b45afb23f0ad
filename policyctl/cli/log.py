"""``policyctl log``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.completion import policy_ids
from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, NowOption


def log(
    policy: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="A policy's id, or the path of its file.",
            autocompletion=policy_ids,
        ),
    ] = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """The trail: who changed what, when, and why.

    On what evidence, and with whose approval.
    """
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.render.json.log import render as as_json
    from policyctl.render.text.log import render as as_text
    from policyctl.usecases.log import trail

    with workplace() as hands:
        report = trail(policy_id(policy) if policy else None, now=moment(now), hands=hands)
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(report.exit_code)
