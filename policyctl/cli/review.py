"""``policyctl review``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import EngineOption, EventsOption, FormatOption, PolicyArgument, Target

if TYPE_CHECKING:
    from pathlib import Path

    from policyctl.usecases.review import Sample

review = typer.Typer(
    help="Draw the detections to review, and take verdicts in.",
    no_args_is_help=True,
)
ToOption = Annotated[
    Target | None, typer.Option("--to", help="The stage asked about. Default: the next one.")
]
SizeOption = Annotated[
    int | None,
    typer.Option(
        "--size",
        help="Detections of each guardrail in each application. Default: as many as the gate "
        "needs. A larger sample contains the smaller.",
        metavar="N",
    ),
]


@review.command("sample")
def sample(
    policy: PolicyArgument,
    out: Annotated[
        str,
        typer.Option(
            "--out", help="The worksheet: FILE.csv, or FILE.jsonl for a program.", metavar="FILE"
        ),
    ],
    events: EventsOption = None,
    to: ToOption = None,
    size: SizeOption = None,
    engine: EngineOption = "auto",
    format: FormatOption = Format.TEXT,
) -> None:
    """Draw the detections to review.

    They are the same for everybody who has the records.
    """
    from pathlib import Path

    from policyctl.adapters.review_files import write_whole
    from policyctl.cli.output import emit
    from policyctl.errors import UsageError
    from policyctl.render.json.review import render_sample as as_json
    from policyctl.render.text.review import render_sample as as_text
    from policyctl.render.worksheet import as_csv, as_json_lines

    writers = {".csv": as_csv, ".jsonl": as_json_lines}
    write = writers.get(Path(out).suffix)
    if write is None:
        raise UsageError(f"a worksheet is no {Path(out).name!a}", hint="--out FILE.csv or .jsonl")
    drawn, _, _ = _drawn(policy, events, to, size, engine)
    write_whole(Path(out), write(drawn).encode())
    emit(lambda _: as_text(drawn, out), lambda: as_json(drawn), format)


@review.command("import")
def take_in(
    policy: PolicyArgument,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Worksheets that reviewers filled in.")
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out", help="The verdicts, for 'evidence' and 'promote' --labels.", metavar="FILE"
        ),
    ],
    events: EventsOption = None,
    to: ToOption = None,
    size: SizeOption = None,
    engine: EngineOption = "auto",
    format: FormatOption = Format.TEXT,
) -> None:
    """Check reviewers' verdicts and put them together.

    Nothing is written if one is unfit (1).
    """
    from pathlib import Path

    from policyctl.adapters.review_files import rows_of, write_whole
    from policyctl.adapters.working_governance import WorkingGovernance
    from policyctl.cli.evidence_inputs import recorded_history
    from policyctl.cli.output import emit
    from policyctl.render.json.review import render_import as as_json
    from policyctl.render.text.review import render_import as as_text
    from policyctl.usecases.review import import_reviews

    rows = tuple(rows_of([Path(name) for name in files]))
    drawn, content, folder = _drawn(policy, events, to, size, engine)
    imported = import_reviews(
        rows,
        drawn,
        root=WorkingGovernance(folder).root,
        authors=recorded_history(drawn.policy.id, content, folder).authors,
    )
    if not imported.findings:
        write_whole(Path(out), imported.content)
    emit(lambda _: as_text(imported, out), lambda: as_json(imported), format)
    raise typer.Exit(1 if imported.findings else 0)


def _drawn(
    policy: str, events: list[str] | None, to: Target | None, size: int | None, engine: str
) -> tuple[Sample, bytes, Path | None]:
    from pathlib import Path

    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.adapters.policy_files import read_policy
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.core.stages import Stage
    from policyctl.errors import UsageError
    from policyctl.usecases.review import draw_sample

    if not events:
        raise UsageError("a sample is drawn from detection records", hint="--events FILE")
    folder = governed_folder(Path.cwd())
    file, content = read_policy(policy, Path.cwd(), folder)
    drawn = draw_sample(
        content,
        file=file,
        target=Stage(to.value) if to else None,
        size=size,
        records=open_analysis(events, engine),
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
    )
    return drawn, content, folder
