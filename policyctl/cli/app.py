"""All commands, in the order in which ``--help`` lists them."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl import __version__
from policyctl.cli.approve import approve
from policyctl.cli.changelog import changelog
from policyctl.cli.checkpoint import checkpoint
from policyctl.cli.codeowners import codeowners
from policyctl.cli.coverage import coverage
from policyctl.cli.demo import demo
from policyctl.cli.demote import demote
from policyctl.cli.diff import diff
from policyctl.cli.doctor import doctor
from policyctl.cli.evidence import evidence
from policyctl.cli.export import export
from policyctl.cli.hook import hook
from policyctl.cli.init import init
from policyctl.cli.lint import lint
from policyctl.cli.log import log
from policyctl.cli.migrate import migrate
from policyctl.cli.new import new
from policyctl.cli.promote import promote
from policyctl.cli.record import record
from policyctl.cli.records import records
from policyctl.cli.redact import redact
from policyctl.cli.replay import replay
from policyctl.cli.retire import retire
from policyctl.cli.review import review
from policyctl.cli.root import root
from policyctl.cli.rule import rule
from policyctl.cli.schema import schema
from policyctl.cli.show import show
from policyctl.cli.validate import validate
from policyctl.cli.verify import verify
from policyctl.cli.void import void
from policyctl.cli.withdraw import withdraw

app = typer.Typer(
    help="Change control for GenAI guardrail policies: staged, evidenced, approved, signed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"policyctl {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    pass


for command in (
    *(
        demo,
        init,
        new,
        validate,
        lint,
        show,
        diff,
        record,
        evidence,
        replay,
        promote,
        approve,
        demote,
    ),
    *(withdraw, void, redact, retire, log, verify, checkpoint, changelog, export, coverage, rule),
    *(codeowners, migrate, schema, doctor),
):
    app.command()(command)
app.add_typer(root, name="root")
app.add_typer(records, name="records")
app.add_typer(review, name="review")
app.add_typer(hook, name="hook")
