"""``policyctl redact``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption, PolicyArgument


def redact(
    policy: PolicyArgument,
    seq: Annotated[int, typer.Argument(metavar="SEQ", help="The number of the entry.")],
    rationale: Annotated[
        str | None,
        typer.Option(
            "--rationale",
            help="Why, in one line, and without the text in question. A further steward leaves "
            "it out.",
            metavar="TEXT",
        ),
    ] = None,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Take a rationale out of an entry, as a steward.

    Git's history still holds it.
    """
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.render.json.redact import render as as_json
    from policyctl.render.text.redact import render as as_text
    from policyctl.usecases.redact import redact as take_out

    with workplace(key) as hands:
        done = take_out(
            policy_id(policy),
            seq,
            rationale=rationale,
            change=change_name(),
            now=moment(now),
            hands=hands,
        )
    emit(lambda width: as_text(done, width), lambda: as_json(done), format)
