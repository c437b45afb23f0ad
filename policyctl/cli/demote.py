"""``policyctl demote``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    Earlier,
    FormatOption,
    KeyOption,
    NowOption,
    PolicyArgument,
    RationaleOption,
)


def demote(
    policy: PolicyArgument,
    to: Annotated[Earlier, typer.Option("--to", help="An earlier stage.")],
    rationale: RationaleOption,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Move a policy back to an earlier stage; no evidence is needed to block less."""
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import change_name, moment, policy_id, workplace
    from policyctl.core.stages import Stage
    from policyctl.render.json.recorded import render as as_json
    from policyctl.render.text.recorded import render as as_text
    from policyctl.usecases.demote import demote as move

    with workplace(key) as hands:
        outcome = move(
            policy_id(policy),
            target=Stage(to.value),
            rationale=rationale,
            change=change_name(),
            now=moment(now),
            hands=hands,
            dry_run=dry_run,
        )
    emit(lambda width: as_text(outcome, width), lambda: as_json("demote", outcome), format)
