"""``policyctl changelog``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption


def changelog(
    write: Annotated[
        bool, typer.Option("--write", help="Commit policies/CHANGELOG.md, signed.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Say whether the page that is committed is up to date."),
    ] = False,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """The ledger as one page for people.

    Printed, or with --write committed and signed.
    """
    from policyctl.adapters.git_tags import CheckpointTags
    from policyctl.cli.output import emit, write_bytes
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import workplace
    from policyctl.errors import UsageError
    from policyctl.render.changelog import render
    from policyctl.render.json.changelog import render as as_json
    from policyctl.render.text.changelog import render as as_text
    from policyctl.usecases.changelog import changelog as page
    from policyctl.usecases.changelog import write_changelog

    if write and check:
        raise UsageError("--write and --check exclude each other")
    with workplace(key) as hands:
        notes = CheckpointTags(hands.repository.store).notes()
        if write:
            report = write_changelog(hands, notes, render, now=moment(now))
        else:
            report = page(hands, notes, render)
    if not (write or check) and format is Format.TEXT:
        write_bytes(report.content)
        return
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(1 if check and not report.current else 0)
