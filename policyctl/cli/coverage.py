"""``policyctl coverage``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from policyctl.cli.completion import frameworks
from policyctl.cli.formats import Format, TableFormat
from policyctl.cli.options import TableFormatOption


def coverage(
    framework: Annotated[
        str,
        typer.Option(
            "--framework",
            help="One framework with its edition, as in owasp-llm-2026. Default: all that a policy "
            "names.",
            metavar="FRAMEWORK",
            autocompletion=frameworks,
        ),
    ] = "",
    format: TableFormatOption = TableFormat.TEXT,
) -> None:
    """Policies against control frameworks, gaps first."""
    from pathlib import Path

    from policyctl.adapters.policy_files import policy_files
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import emit
    from policyctl.errors import NotJudgedError
    from policyctl.render.coverage_markdown import render as as_markdown
    from policyctl.render.json.coverage import render as as_json
    from policyctl.render.text.coverage import render as as_text
    from policyctl.usecases.coverage import coverage as compare

    folder = governed_folder(Path.cwd())
    report = compare(
        policy_files([], Path.cwd(), folder),
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
        framework=framework,
    )
    if format is TableFormat.MARKDOWN:
        sys.stdout.write(as_markdown(report))
    else:
        emit(lambda width: as_text(report, width), lambda: as_json(report), Format(format.value))
    raise typer.Exit(NotJudgedError.exit_code if report.unread else 0)
