"""``policyctl record``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    FormatOption,
    KeyOption,
    NowOption,
    PoliciesArgument,
    RationaleOption,
)

if TYPE_CHECKING:
    from policyctl.render.lines import Line
    from policyctl.usecases.recording import RecordedChange


def record(
    policies: PoliciesArgument,
    rationale: RationaleOption = None,
    reviewed: Annotated[
        bool,
        typer.Option(
            "--reviewed",
            help="The policies were reviewed and stay as they are: the time until the next review "
            "begins anew.",
        ),
    ] = False,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Put new policies, or edits, under change control.

    Any edits but of a stage, or that nothing has to change; all of them in one commit.
    """
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.rationale import differences, reason
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.render.json.recorded import render_all as as_json
    from policyctl.render.text.recorded import render_all as as_text
    from policyctl.usecases.record import record_policies
    from policyctl.usecases.record_review import record_reviews

    put = record_reviews if reviewed else record_policies
    names = [policy_id(policy) for policy in policies]
    with workplace(key) as hands:

        def change(why: str, *, dry: bool) -> tuple[RecordedChange, ...]:
            return put(
                names,
                rationale=why,
                change=change_name(),
                now=moment(now),
                hands=hands,
                dry_run=dry,
            )

        def preview(why: str) -> list[Line]:
            return [*as_text(change(why, dry=True)), (), *differences(names, hands)]

        with reason(rationale, preview, dry_run=dry_run, form=format) as why:
            outcomes = change(why, dry=dry_run)
    emit(lambda width: as_text(outcomes, width), lambda: as_json("record", outcomes), format)
