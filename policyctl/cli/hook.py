"""``policyctl hook``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

hook = typer.Typer(
    help="Hooks and drivers that git runs, and installing them.", no_args_is_help=True
)


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
    """Refuse a push that verification would refuse.

    Git runs it and writes 'old new ref' lines.
    """
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
            exists=repository.exists,
            commits=repository.commits,
            tags=repository.tags,
            memo=ledger_memo(YamlDocuments(), verify, repository.pin(), moment(None)),
            verify=verify,
        )
    sys.stderr.write(plain(render(report)))
    raise typer.Exit(1 if report.refused else 0)


@hook.command("commit-msg")
def commit_msg(
    message: Annotated[str, typer.Argument(metavar="FILE", help="The message, as git has it.")],
    refuse: Annotated[
        bool,
        typer.Option(
            "--refuse",
            help="End with 1 where there is something to say. "
            "Default: git config policyctl.commitMsg (warn or refuse), then warn.",
        ),
    ] = False,
) -> None:
    """Say what a commit changes that no entry records.

    And which command records it.
    """
    from policyctl.cli.commit_msg import explain

    raise typer.Exit(explain(message, refuse=refuse))


@hook.command("textconv")
def textconv(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A policy file, as git has it.")],
) -> None:
    """Print what a policy file puts in force, a line each.

    git log -p compares that.
    """
    from policyctl.cli.git_drivers import show_in_force

    raise typer.Exit(show_in_force([file]))


@hook.command("diff")
def diff(
    arguments: Annotated[
        list[str], typer.Argument(metavar="ARGUMENT...", help="What git gives such a command.")
    ],
) -> None:
    """Print a change in policy terms above the lines.

    git diff runs it.
    """
    from policyctl.cli.git_drivers import show_difference

    raise typer.Exit(show_difference(arguments))


@hook.command()
def install(
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="A clone, or the repository on the server.")
    ] = Path(),
    server: Annotated[
        bool,
        typer.Option(
            "--server", help="The hook of a server, though the repository has a working tree."
        ),
    ] = False,
) -> None:
    """Set up git in a clone, or the hook of a server.

    A clone gets the commit-msg hook and what git diff and git log -p show; a server gets the
    pre-receive hook. The hooks of others stay.
    """
    from policyctl.adapters.served_repository import governed_by_hook, has_working_tree
    from policyctl.adapters.served_repository import install as write
    from policyctl.render.lines import plain
    from policyctl.render.text.hook import render, render_clone

    if has_working_tree(folder) and not server:
        from policyctl.adapters.commit_hook import install_commit_hook
        from policyctl.adapters.git_drivers import declare_driver, set_up_drivers
        from policyctl.adapters.git_location import find

        location = find(folder)
        installed = install_commit_hook(location)
        set_up_drivers(location)
        lines = render_clone(
            installed.file,
            earlier=installed.earlier,
            within=installed.within,
            declared=declare_driver(location),
        )
        typer.echo(plain(lines), nl=False)
        return
    file = write(folder)
    names, absent = governed_by_hook(folder)
    typer.echo(plain(render(file, names, absent)), nl=False)
