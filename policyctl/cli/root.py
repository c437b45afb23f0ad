"""``policyctl root``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.formats import Format, RootFormat
from policyctl.cli.options import FormatOption
from policyctl.cli.root_propose import propose
from policyctl.cli.root_sign import sign, withdraw

if TYPE_CHECKING:
    from policyctl.usecases.root import Trusted

root = typer.Typer(
    help="The trust root: who is who, and who must approve what.", no_args_is_help=True
)


VersionOption = Annotated[
    int | None, typer.Option("--version", help="An older version. Default: the newest.")
]


@root.command()
def show(
    version: VersionOption = None,
    format: Annotated[
        RootFormat,
        typer.Option(
            "--format", help="How it is printed; yaml is a file to edit for 'root propose --from'."
        ),
    ] = RootFormat.TEXT,
) -> None:
    """People, roles, approvals, gates and adopted baselines."""
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.root import render as as_json
    from policyctl.render.text.root import render as as_text
    from policyctl.render.yaml.governance import render as as_yaml
    from policyctl.usecases.root import trusted

    with workplace() as hands:
        report = trusted(hands, version)
    if format is RootFormat.YAML:
        typer.echo(as_yaml(report.root), nl=False)
        _say_what_is_wrong(report)
    else:
        form = Format(format.value)
        emit(lambda width: as_text(report, width), lambda: as_json(report), form)
    raise typer.Exit(report.exit_code)


@root.command()
def log(format: FormatOption = Format.TEXT) -> None:
    """The versions of the trust root, and who signed them.

    And what each of them changed.
    """
    from policyctl.cli.output import emit
    from policyctl.cli.workplace import workplace
    from policyctl.render.json.root_proposal import render_log as as_json
    from policyctl.render.text.root_log import render as as_text
    from policyctl.usecases.root import root_log

    with workplace() as hands:
        report = root_log(hands)
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(report.exit_code)


@root.command()
def export(version: VersionOption = None) -> None:
    """Print an allowed-signers file for stock ssh-keygen.

    With it, ssh-keygen verifies every signature.
    """
    from policyctl.cli.workplace import workplace
    from policyctl.core.trust_root import allowed_signers
    from policyctl.usecases.root import trusted

    with workplace() as hands:
        report = trusted(hands, version)
    typer.echo(allowed_signers(report.root), nl=False)
    _say_what_is_wrong(report)
    raise typer.Exit(report.exit_code)


def _say_what_is_wrong(report: Trusted) -> None:
    """On standard error, where the output is a document."""
    from policyctl.render.lines import plain
    from policyctl.render.text.root import broken_line

    if report.wrong:
        typer.echo(plain([broken_line(report.wrong, report.latest)]), nl=False, err=True)


for command in (propose, sign, withdraw):
    root.command()(command)
