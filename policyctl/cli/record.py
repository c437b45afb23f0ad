"""``policyctl record``."""

from __future__ import annotations

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    FormatOption,
    KeyOption,
    NowOption,
    PoliciesArgument,
    RationaleOption,
)


def record(
    policies: PoliciesArgument,
    rationale: RationaleOption,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Put new policies, or any edits but of a stage, under change control, in one commit."""
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.render.json.recorded import render_all as as_json
    from policyctl.render.text.recorded import render_all as as_text
    from policyctl.usecases.record import record_policies

    with workplace(key) as hands:
        outcomes = record_policies(
            [policy_id(policy) for policy in policies],
            rationale=rationale,
            change=change_name(),
            now=moment(now),
            hands=hands,
            dry_run=dry_run,
        )
    emit(lambda width: as_text(outcomes, width), lambda: as_json("record", outcomes), format)
