"""``policyctl root``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption

root = typer.Typer(
    help="The trust root: who is who, and who must approve what.", no_args_is_help=True
)


VersionOption = Annotated[
    int | None, typer.Option("--version", help="An older version. Default: the newest.")
]


@root.command()
def show(version: VersionOption = None, format: FormatOption = Format.TEXT) -> None:
    """People, roles, approvals, gates and adopted baselines."""
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.root import render as as_json
    from policyctl.render.text.root import render as as_text
    from policyctl.usecases.root import trusted

    with workplace() as hands:
        report = trusted(hands, version)
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)


@root.command()
def export(version: VersionOption = None) -> None:
    """Print an allowed-signers file, with which stock ssh-keygen verifies every signature."""
    from policyctl.cli.workplace import workplace
    from policyctl.core.trust_root import allowed_signers
    from policyctl.usecases.root import trusted

    with workplace() as hands:
        report = trusted(hands, version)
    typer.echo(allowed_signers(report.root), nl=False)
