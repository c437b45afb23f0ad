"""``policyctl demote``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    Earlier,
    FormatOption,
    KeyOption,
    NowOption,
    PoliciesArgument,
    RationaleOption,
)

if TYPE_CHECKING:
    from policyctl.render.lines import Line
    from policyctl.usecases.recording import RecordedChange


def demote(
    policies: PoliciesArgument,
    to: Annotated[Earlier, typer.Option("--to", help="An earlier stage.")],
    rationale: RationaleOption = None,
    emergency: Annotated[
        bool,
        typer.Option(
            "--emergency",
            help="In force at once, signed by one of the role that governance names; the approvals "
            "follow within the time that it sets.",
        ),
    ] = False,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Move policies back to an earlier stage, without evidence."""
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.rationale import reason
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.core.stages import Stage
    from policyctl.render.json.recorded import render_all as as_json
    from policyctl.render.text.recorded import render_all as as_text
    from policyctl.usecases.demote import demote as move

    with workplace(key) as hands:

        def change(why: str, *, dry: bool) -> tuple[RecordedChange, ...]:
            return move(
                [policy_id(policy) for policy in policies],
                target=Stage(to.value),
                rationale=why,
                change=change_name(),
                now=moment(now),
                hands=hands,
                emergency=emergency,
                dry_run=dry,
            )

        def preview(why: str) -> list[Line]:
            return as_text(change(why, dry=True))

        with reason(rationale, preview, dry_run=dry_run, form=format) as why:
            outcomes = change(why, dry=dry_run)
    emit(lambda width: as_text(outcomes, width), lambda: as_json("demote", outcomes), format)
