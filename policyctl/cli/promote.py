"""``policyctl promote``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    EventsOption,
    FormatOption,
    KeyOption,
    NowOption,
    PolicyArgument,
    RationaleOption,
    Target,
)


def promote(
    policy: PolicyArgument,
    to: Annotated[Target, typer.Option("--to", help="The stage that follows the present one.")],
    rationale: RationaleOption,
    events: EventsOption = None,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check the gate, move the stage, and record it as one signed commit."""
    from pathlib import Path

    from policyctl.adapters.records.jsonl import RecordFiles
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.core.stages import Stage
    from policyctl.render.json.promote import render as as_json
    from policyctl.render.text.promote import render as as_text
    from policyctl.usecases.promote import promote as move

    with workplace(key) as hands:
        promotion = move(
            policy_id(policy),
            target=Stage(to.value),
            rationale=rationale,
            records=RecordFiles([Path(name) for name in events]) if events else None,
            change=change_name(),
            now=moment(now),
            hands=hands,
            dry_run=dry_run,
        )
    emit(lambda width: as_text(promotion, width), lambda: as_json(promotion), format)
    raise typer.Exit(0 if promotion.outcome else 1)
