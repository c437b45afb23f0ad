"""``policyctl void``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policyctl.cli.formats import Format
from policyctl.cli.options import (
    DryRunOption,
    FormatOption,
    KeyOption,
    NowOption,
    PolicyArgument,
    RationaleOption,
)

if TYPE_CHECKING:
    from policyctl.render.lines import Line
    from policyctl.usecases.recording import RecordedChange


def void(
    policy: PolicyArgument,
    rationale: RationaleOption = None,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Annul a policy's last change, on record.

    The policy file gets exactly the bytes from before it.
    """
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.rationale import reason
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.render.json.recorded import render as as_json
    from policyctl.render.text.recorded import render as as_text
    from policyctl.usecases.void import void as annul

    with workplace(key) as hands:

        def change(why: str, *, dry: bool) -> RecordedChange:
            return annul(
                policy_id(policy),
                rationale=why,
                change=change_name(),
                now=moment(now),
                hands=hands,
                dry_run=dry,
            )

        def preview(why: str) -> list[Line]:
            return as_text(change(why, dry=True))

        with reason(rationale, preview, dry_run=dry_run, form=format) as why:
            outcome = change(why, dry=dry_run)
    emit(lambda width: as_text(outcome, width), lambda: as_json("void", outcome), format)
