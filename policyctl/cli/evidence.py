"""``policyctl evidence``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import EventsOption, FormatOption, PolicyArgument, Target


def evidence(
    policy: PolicyArgument,
    events: EventsOption = None,
    to: Annotated[
        Target | None, typer.Option("--to", help="The stage asked about. Default: the next one.")
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Judge a promotion's gate on detection records.

    The exit code says it too: met (0), not met (1), not yet decidable (3).
    """
    from pathlib import Path

    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.adapters.policy_files import read_policy
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import emit
    from policyctl.core.stages import Stage
    from policyctl.errors import UsageError
    from policyctl.render.json.evidence import render as as_json
    from policyctl.render.text.evidence import render as as_text
    from policyctl.usecases.evidence import EXIT_CODES, judge

    if not events:
        raise UsageError("evidence is read from detection records", hint="--events FILE")
    folder = governed_folder(Path.cwd())
    file, content = read_policy(policy, Path.cwd(), folder)
    report = judge(
        content,
        file=file,
        target=Stage(to.value) if to else None,
        records=open_analysis(events),
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
    )
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(EXIT_CODES[report.verdict])
