"""``policyctl demo``."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="A folder that does not exist yet, or is empty.")
    ] = "policyctl-demo",
) -> None:
    """Play the whole story in a fresh repository.

    From a baseline over evidence and promotion to a verified approval.
    """
    from pathlib import Path

    from policyctl.adapters.demo_stage import DemoStage
    from policyctl.cli.output import write
    from policyctl.cli.terminal import is_coloured, width
    from policyctl.render.text.demo import render, render_end
    from policyctl.usecases.demo import play

    stage = DemoStage(Path(folder), coloured=is_coloured(), width=width())
    stage.prepare()
    for event in play(stage.run):
        # A command is printed as it is typed, however long it is.
        write(render(event), wrapped=isinstance(event, str))
        if not isinstance(event, str):
            typer.echo(event.output, nl=False)
    write(render_end(folder))
