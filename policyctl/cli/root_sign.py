"""``policyctl root sign`` and ``policyctl root withdraw``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption


def sign(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Sign without asking.")] = False,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show what the pending trust root changes, then sign it."""
    import sys

    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import workplace
    from policyctl.errors import UsageError
    from policyctl.render.json.root_proposal import render as as_json
    from policyctl.render.text.root_proposal import render, render_done
    from policyctl.usecases.sign_root import prepare_root_signature, sign_root

    with workplace(key) as hands:
        asked = prepare_root_signature(hands)
        if format is Format.TEXT and asked.is_new:
            emit(lambda width: render(asked, width), lambda: "", format)
        if asked.is_new and not yes:
            if not sys.stdin.isatty() or format is not Format.TEXT:
                raise UsageError("nobody can be asked here, so nothing was signed", hint="--yes")
            if not typer.confirm(f"Sign this as {asked.who}?", default=False):
                raise UsageError("nothing was signed")
        given = sign_root(asked, now=moment(now), hands=hands)
    emit(
        lambda width: render_done(given, width),
        lambda: as_json(given, "root sign"),
        format,
    )


def withdraw(
    key: KeyOption = None, now: NowOption = None, format: FormatOption = Format.TEXT
) -> None:
    """Take back a proposed trust root that does not hold yet."""
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.root_proposal import render_withdrawn as as_json
    from policyctl.render.text.root_proposal import render_withdrawn as as_text
    from policyctl.usecases.sign_root import withdraw_root

    with workplace(key) as hands:
        withdrawn = withdraw_root(now=moment(now), hands=hands)
    emit(lambda width: as_text(withdrawn, width), lambda: as_json(withdrawn), format)
