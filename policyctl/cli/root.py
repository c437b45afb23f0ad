"""``policyctl root``."""

from __future__ import annotations

import typer

from policyctl.cli.options import Format, FormatOption

root = typer.Typer(
    help="The trust root: who is who, and who must approve what.", no_args_is_help=True
)


@root.command()
def show(format: FormatOption = Format.TEXT) -> None:
    """People, roles, approvals, gates and adopted baselines."""
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.root import render as as_json
    from policyctl.render.text.root import render as as_text
    from policyctl.usecases.root import trusted

    with workplace() as hands:
        report = trusted(hands)
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)


@root.command()
def export() -> None:
    """Print an allowed-signers file, with which stock ssh-keygen verifies every signature."""
    from policyctl.cli.workplace import workplace
    from policyctl.core.trust_root import allowed_signers
    from policyctl.usecases.root import trusted

    with workplace() as hands:
        report = trusted(hands)
    typer.echo(allowed_signers(report.root), nl=False)
