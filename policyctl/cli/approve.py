"""``policyctl approve``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption, PolicyArgument


def approve(
    policy: PolicyArgument,
    role: Annotated[
        str | None, typer.Option("--role", help="The role to sign in, where several are possible.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Sign without asking.")] = False,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show what will be signed, then sign the pending entry."""
    import sys
    from dataclasses import replace

    from policyctl.cli.output import emit
    from policyctl.cli.workplace import moment, policy_id, workplace
    from policyctl.errors import UsageError
    from policyctl.render.json.approve import render as as_json
    from policyctl.render.text.approve import render, render_given
    from policyctl.usecases.approve import give_approval, prepare_approval

    with workplace(key) as hands:
        asked = prepare_approval(policy_id(policy), role=role, hands=hands)
        if format is Format.TEXT:
            emit(lambda width: render(asked, width), lambda: "", format)
        if not yes:
            if not sys.stdin.isatty() or format is not Format.TEXT:
                raise UsageError("nobody can be asked here, so nothing was signed", hint="--yes")
            if not typer.confirm("Sign this?", default=False):
                raise UsageError("nothing was signed")
        given = replace(asked, commit=give_approval(asked, now=moment(now), hands=hands))
    emit(lambda _: render_given(given), lambda: as_json(given), format)
