"""``policyctl evidence``."""

from __future__ import annotations

from typing import Annotated

import typer

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

    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.adapters.policy_files import read_policy
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.evidence_inputs import beside, recorded_history
    from policyctl.cli.output import emit, has_width, write_bytes
    from policyctl.cli.query_progress import query_shown
    from policyctl.core.stages import Stage
    from policyctl.errors import UsageError
    from policyctl.render.evidence_html import render as as_html
    from policyctl.render.evidence_markdown import render as as_markdown
    from policyctl.render.json.evidence import render as as_json
    from policyctl.render.text.evidence import render as as_text
    from policyctl.usecases.evidence import EXIT_CODES, judge

    if not events:
        raise UsageError("evidence is read from detection records", hint="--events FILE")
    folder = governed_folder(Path.cwd())
    file, content = read_policy(policy, Path.cwd(), folder)
    given = beside(labels, requests)
    report = judge(
        content,
        file=file,
        target=Stage(to.value) if to else None,
        records=open_analysis(events, engine, watch=query_shown),
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
