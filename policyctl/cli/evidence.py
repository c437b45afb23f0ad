"""``policyctl evidence``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.elsewhere import (
    EmitSqlOption,
    ResultsOption,
    TableOption,
    counted,
    print_script,
    require_one_way,
)
from policyctl.cli.formats import EvidenceFormat, Format
from policyctl.cli.options import (
    EngineOption,
    EventsOption,
    LabelsOption,
    PolicyArgument,
    RequestsOption,
    Target,
)
from policyctl.core.frozen import replace


def evidence(
    policy: PolicyArgument,
    events: EventsOption = None,
    to: Annotated[
        Target | None, typer.Option("--to", help="The stage asked about. Default: the next one.")
    ] = None,
    labels: LabelsOption = None,
    requests: RequestsOption = None,
    engine: EngineOption = "auto",
    emit_sql: EmitSqlOption = None,
    table: TableOption = None,
    results: ResultsOption = None,
    format: Annotated[
        EvidenceFormat,
        typer.Option(
            "--format",
            help="How the report is printed: markdown is for comments, html is one page with "
            "pictures.",
            show_default=True,
        ),
    ] = EvidenceFormat.TEXT,
) -> None:
    """Judge a promotion's gate on detection records.

    The exit code says it too: met (0), not met (1), not yet decidable (3).
    """
    from pathlib import Path

    from policyctl.adapters.policy_files import read_policy
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.evidence_inputs import beside, recorded_history
    from policyctl.cli.output import emit, has_width, write_bytes
    from policyctl.core.stages import Stage
    from policyctl.render.evidence_html import render as as_html
    from policyctl.render.evidence_markdown import render as as_markdown
    from policyctl.render.json.evidence import render as as_json
    from policyctl.render.text.evidence import render as as_text
    from policyctl.usecases.evidence import EXIT_CODES, judge, question_about

    require_one_way(
        events, engine, emit_sql, table, results, why="evidence is read from detection records"
    )
    folder = governed_folder(Path.cwd())
    file, content = read_policy(policy, Path.cwd(), folder)
    given = beside(labels, requests)
    target = Stage(to.value) if to else None
    if emit_sql:
        asked = question_about(
            content,
            file=file,
            target=target,
            documents=YamlDocuments(),
            governance=WorkingGovernance(folder),
            beside=given,
        )
        print_script(asked, emit_sql, table)
        return
    report = judge(
        content,
        file=file,
        target=target,
        records=counted(events, engine, results),
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
        scores=format is EvidenceFormat.HTML or (format is EvidenceFormat.TEXT and has_width()),
        beside=replace(given, history=lambda: recorded_history(Path(file).stem, content, folder)),
    )
    if format is EvidenceFormat.MARKDOWN:
        write_bytes(as_markdown(report).encode())
    elif format is EvidenceFormat.HTML:
        write_bytes(as_html(report).encode())
    else:
        emit(lambda width: as_text(report, width), lambda: as_json(report), Format(format.value))
    raise typer.Exit(EXIT_CODES[report.verdict])
