"""``policyctl hook``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

hook = typer.Typer(help="Hooks that git runs on a server.", no_args_is_help=True)


@hook.command("pre-receive")
def pre_receive(
    branch: Annotated[
        list[str] | None,
        typer.Option(
            "--branch",
            help="A branch whose ledger must hold; 'release/*' for all below. "
            "Default: git config policyctl.branch, then the repository's default branch.",
            metavar="NAME",
        ),
    ] = None,
) -> None:
    """Refuse a push that verification would refuse; git runs it and writes 'old new ref' lines."""
    import os
    import sys

    from policyctl.adapters.served_repository import receiving
    from policyctl.adapters.ssh_verification import verify
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.present import moment
    from policyctl.core.push import read_updates
    from policyctl.render.lines import plain
    from policyctl.render.text.received import render
    from policyctl.usecases.memo import ledger_memo
    from policyctl.usecases.receive import judge_push

    updates = read_updates(sys.stdin.buffer)
    with receiving(Path.cwd(), os.environ) as repository:
        report = judge_push(
            updates,
            branches=branch or repository.branches(),
            target=repository.target,
            commits=repository.commits,
            tags=repository.tags,
            memo=ledger_memo(YamlDocuments(), verify, repository.pin(), moment(None)),
            verify=verify,
        )
    sys.stderr.write(plain(render(report)))
    raise typer.Exit(1 if report.refused else 0)


@hook.command()
def install(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The repository on the server.")
    ] = Path(),
) -> None:
    """Write the pre-receive hook of a repository; another hook there stays as it is."""
    from policyctl.adapters.served_repository import governed_by_hook
    from policyctl.adapters.served_repository import install as write
    from policyctl.render.lines import plain
    from policyctl.render.text.hook import render

    file = write(folder)
    names, absent = governed_by_hook(folder)
    typer.echo(plain(render(file, names, absent)), nl=False)
