"""``policyctl withdraw``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption, PolicyArgument


def withdraw(
    policy: PolicyArgument,
    pushed: Annotated[
        bool,
        typer.Option("--pushed", help="Also an entry that the upstream branch has already."),
    ] = False,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Take back a pending entry; your edit stays.

    What you had written stays in the working tree.
    """
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.render.json.withdraw import render as as_json
    from policyctl.render.text.withdraw import render as as_text
    from policyctl.usecases.withdraw import withdraw as take_back

    with workplace(key) as hands:
        done = take_back(policy_id(policy), pushed=pushed, now=moment(now), hands=hands)
    emit(lambda width: as_text(done, width), lambda: as_json(done), format)
