"""``policyctl import``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.completion import baselines, owners, use_cases
from policyctl.cli.engines import names
from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption


def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            help="The configuration's files, as written by hand or printed by the vendor's tool; "
            "- for standard input.",
            metavar="FILE...",
        ),
    ],
    source: Annotated[
        str,
        typer.Option("--from", help="The engine that runs it.", metavar="T", autocompletion=names),
    ],
    owner: Annotated[
        str,
        typer.Option(
            "--owner", help="The person or team that answers for it.", autocompletion=owners
        ),
    ],
    use_case: Annotated[
        str,
        typer.Option(
            "--use-case",
            help="public-facing, internal-facing, regulated, …",
            autocompletion=use_cases,
        ),
    ],
    data: Annotated[
        str, typer.Option("--data", help="public, internal, confidential or restricted.")
    ] = "restricted",
    policy: Annotated[
        str, typer.Option("--id", help="The policy's id. Default: after the configuration's name.")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="Which configuration of these files is meant.")
    ] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="The business use case.")] = "",
    extends: Annotated[
        str,
        typer.Option(
            "--extends",
            help="Extend this baseline, and write what differs only.",
            autocompletion=baselines,
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the policy instead of writing its file.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """A policy that means what a running configuration does.

    Ends with 1 if something that may protect was not understood; it is listed in the file.
    """
    from pathlib import Path

    from policyctl.adapters.engine_files import read_configurations
    from policyctl.adapters.new_file import write_new
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.engines import target_named
    from policyctl.cli.output import emit, write_bytes
    from policyctl.core import paths
    from policyctl.render.json.import_configuration import render as as_json
    from policyctl.render.lines import plain
    from policyctl.render.text.import_configuration import render as as_text
    from policyctl.usecases.import_configuration import ImportWish, import_configuration

    governed = governed_folder(Path.cwd())
    done = import_configuration(
        read_configurations(files),
        target_named(source),
        ImportWish(
            id=policy,
            owner=owner,
            use_case=use_case,
            data_sensitivity=data,
            configuration=name,
            purpose=purpose,
            extends=extends,
        ),
        schema=f"../{paths.SCHEMAS}policy.v1.json",
        documents=YamlDocuments(),
        governance=WorkingGovernance(governed),
    )
    if dry_run and format is Format.TEXT:
        typer.echo(plain(as_text(done, written=False)), nl=False, err=True)
        write_bytes(done.content)
    else:
        if not dry_run:
            write_new((governed or Path.cwd()) / done.file, done.content)
        emit(lambda width: as_text(done, width, written=True), lambda: as_json(done), format)
    raise typer.Exit(done.exit_code)
