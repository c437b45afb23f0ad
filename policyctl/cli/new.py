"""``policyctl new``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.completion import baselines, owners, use_cases
from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption


def new(
    policy: Annotated[
        str, typer.Argument(metavar="ID", help="The new policy's id.", show_default=False)
    ] = "",
    use_case: Annotated[
        str,
        typer.Option(
            "--use-case",
            help="public-facing, internal-facing, regulated, …",
            autocompletion=use_cases,
        ),
    ] = "",
    owner: Annotated[
        str,
        typer.Option(
            "--owner", help="The person or team that answers for it.", autocompletion=owners
        ),
    ] = "",
    baseline: Annotated[
        str,
        typer.Option(
            "--baseline",
            help="Default: the one named after the use case.",
            autocompletion=baselines,
        ),
    ] = "",
    name: Annotated[str, typer.Option("--name", help="A name for people.")] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="The business use case.")] = "",
    data: Annotated[
        str, typer.Option("--data", help="public, internal, confidential or restricted.")
    ] = "",
    app: Annotated[
        list[str] | None, typer.Option("--app", help="An application it applies to; repeatable.")
    ] = None,
    engine: Annotated[str, typer.Option("--engine", help="The engine that enforces it.")] = "",
    threshold_owner: Annotated[
        str,
        typer.Option(
            "--threshold-owner", help="Who approves a change of sensitivity.", autocompletion=owners
        ),
    ] = "",
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Who reviews false positives.", autocompletion=owners)
    ] = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Write policies/ID.yaml from a baseline, in 'logging'.

    On a terminal it asks for what is missing.
    """
    from pathlib import Path

    from policyctl.adapters.new_file import write_new
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.new_questions import completed, is_complete, require_complete, words
    from policyctl.cli.output import emit
    from policyctl.cli.terminal import somebody_is_there
    from policyctl.cli.wizard import same_command
    from policyctl.core import paths
    from policyctl.render.json.new import render as as_json
    from policyctl.render.text.new import render as as_text
    from policyctl.usecases.new import Wish, new_policy

    governed = governed_folder(Path.cwd())
    folder = governed or Path.cwd()
    governance = WorkingGovernance(governed)
    wish = Wish(
        id=policy,
        use_case=use_case,
        owner=owner,
        baseline=baseline,
        name=name,
        purpose=purpose,
        data_sensitivity=data,
        apps=tuple(app or ()),
        engine=engine,
        threshold_owner=threshold_owner,
        reviewer=reviewer,
    )
    asks = not is_complete(wish) and format is Format.TEXT and somebody_is_there()
    if asks:
        wish = completed(wish, governance, folder)
    require_complete(wish)
    made = new_policy(
        wish,
        file=paths.policy_path(wish.id),
        schema=f"../{paths.SCHEMAS}policy.v1.json",
        documents=YamlDocuments(),
        governance=governance,
    )
    write_new(folder / made.file, made.content)
    place = str(folder)
    is_governed = governed is not None
    emit(
        lambda _: as_text(made, folder=place, governed=is_governed),
        lambda: as_json(made, folder=place, governed=is_governed),
        format,
    )
    if asks:
        typer.echo(same_command(words(wish)))
