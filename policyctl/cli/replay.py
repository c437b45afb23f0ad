"""``policyctl replay``."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.elsewhere import (
    EmitSqlOption,
    ResultsOption,
    TableOption,
    counted,
    print_script,
    require_one_way,
)
from policyctl.cli.formats import Format, TableFormat
from policyctl.cli.options import EngineOption, EventsOption, PolicyArgument, TableFormatOption
from policyctl.core.stages import Stage

if TYPE_CHECKING:
    from policyctl.core.policy import Policy
    from policyctl.usecases.replay import ReplayReport


class AnyStage(Enum):
    """The stages that a policy can be taken to be in."""

    LOGGING = Stage.LOGGING.value
    LIMITED = Stage.LIMITED.value
    ENFORCE = Stage.ENFORCE.value


def replay(
    policy: PolicyArgument,
    events: EventsOption = None,
    base: Annotated[
        str | None,
        typer.Option("--base", help="The revision with the version before.", metavar="REV"),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="The file that is the version before.", metavar="FILE"),
    ] = None,
    stage: Annotated[
        AnyStage | None,
        typer.Option("--to", help="Take the version after to be in this stage."),
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Say what each sensitivity would cost, and suggest one."),
    ] = False,
    budget: Annotated[
        int | None,
        typer.Option(
            "--max-newly-blocked",
            help="End with 1 if more decisions would be newly blocked.",
            metavar="N",
            min=0,
        ),
    ] = None,
    engine: EngineOption = "auto",
    emit_sql: EmitSqlOption = None,
    table: TableOption = None,
    results: ResultsOption = None,
    format: TableFormatOption = TableFormat.TEXT,
) -> None:
    """Decide recorded traffic under two versions of a policy.

    HEAD's and the present one, unless options say otherwise.
    """
    from policyctl.errors import UsageError
    from policyctl.usecases.replay import EXIT_CODES, question_of, replay_policy

    require_one_way(
        events, engine, emit_sql, table, results, why="a replay decides recorded detections"
    )
    if base is not None and against is not None:
        raise UsageError("--base and --against exclude each other")
    new, old = _versions(policy, base, against)
    moved = Stage(stage.value) if stage else None
    if emit_sql:
        print_script(question_of(old, new, moved), emit_sql, table)
        return
    report = replay_policy(
        old,
        new,
        before=against or base or "HEAD",
        after="the working tree",
        records=counted(events, engine, results),
        stage=moved,
        budget=budget,
        suggest=suggest,
        again=not results,
    )
    _print(report, format)
    raise typer.Exit(EXIT_CODES[report.verdict])


def _versions(name: str, base: str | None, against: str | None) -> tuple[Policy, Policy | None]:
    """The policy as it is, and as it was; None if it was not there."""
    from pathlib import Path

    from policyctl.adapters.past_policy import past_policy
    from policyctl.adapters.policy_files import read_policy
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.usecases.reading import read_document, require_effective

    here = Path.cwd()
    folder = governed_folder(here)
    documents, governance = YamlDocuments(), WorkingGovernance(folder)

    def policy_in(asked: str) -> Policy:
        file, content = read_policy(asked, here, folder)
        reading = read_document(content, file=file, documents=documents, governance=governance)
        return require_effective(reading).policy

    new = policy_in(name)
    if against is not None:
        return new, policy_in(against)
    return new, past_policy(new.id, base or "HEAD", here, documents)


def _print(report: ReplayReport, form: TableFormat) -> None:
    from policyctl.cli.output import emit
    from policyctl.render.json.replay import render as as_json
    from policyctl.render.replay_markdown import render as as_markdown
    from policyctl.render.text.replay import render as as_text

    if form is TableFormat.MARKDOWN:
        sys.stdout.write(as_markdown(report))
        return
    emit(lambda width: as_text(report, width), lambda: as_json(report), Format(form.value))
