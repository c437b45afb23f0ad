"""``policyctl validate``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.options import FindingsFormat, FindingsFormatOption


def validate(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders. Default: policies/."),
    ] = None,
    format: FindingsFormatOption = FindingsFormat.TEXT,
) -> None:
    """Check policy files: YAML, schema and meaning. No git, no signatures."""
    from pathlib import Path

    from policyctl.adapters.policy_files import policy_files
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.findings_output import emit_findings
    from policyctl.usecases.validate import validate as check

    folder = governed_folder(Path.cwd())
    report = check(
        policy_files(files or [], Path.cwd(), folder),
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
    )
    emit_findings("validate", report, format)
    raise typer.Exit(1 if report.findings else 0)
