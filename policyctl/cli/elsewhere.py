"""Records that stay where they are: a script goes there, and tables come back."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policyctl.core.question import Question
    from policyctl.usecases.ports import Analysis

AUTOMATIC = "auto"


class SqlEngine(Enum):
    """The engines for which a script is written."""

    SPARK = "spark"
    TRINO = "trino"
    BIGQUERY = "bigquery"
    SNOWFLAKE = "snowflake"


EmitSqlOption = Annotated[
    SqlEngine | None,
    typer.Option(
        "--emit-sql",
        help="Count nothing: print the SQL script that asks an engine of yours (with --table).",
    ),
]
TableOption = Annotated[
    str | None,
    typer.Option(
        "--table",
        help="With --emit-sql: the table of detection records there.",
        metavar="NAME",
    ),
]
ResultsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--import-results",
        help="What that script has brought back, instead of --events: a folder, or the files "
        "totals, decisions and examples (CSV, JSON lines or Parquet).",
        metavar="DIR",
    ),
]


def require_one_way(
    events: list[str] | None,
    engine: str,
    emit: SqlEngine | None = None,
    table: str | None = None,
    results: list[str] | None = None,
    *,
    why: str = "",
) -> None:
    """Raise `UsageError` unless the records are given, or asked, in exactly one way.

    Args:
        events: ``--events``.
        engine: ``--engine``.
        emit: ``--emit-sql``.
        table: ``--table``.
        results: ``--import-results``.
        why: what is said if there is no way at all.
    """
    from policyctl.errors import UsageError

    ways = {"--events": events, "--emit-sql": emit, "--import-results": results}
    given = [name for name, value in ways.items() if value]
    if not given:
        raise UsageError(why, hint="--events FILE")
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} exclude each other")
    if engine != AUTOMATIC and not events:
        raise UsageError(f"--engine is for --events, not for {given[0]}")
    if emit and not table:
        raise UsageError("--emit-sql needs the table", hint="--table catalog.schema.records")
    if table and not emit:
        raise UsageError("--table is for --emit-sql")


def counted(events: list[str] | None, engine: str, results: list[str] | None) -> Analysis:
    """The records themselves, or what a script says of them."""
    if results:
        from policyctl.adapters.analytics.scripts.results_analysis import ResultsAnalysis

        return ResultsAnalysis(results)
    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.cli.query_progress import query_shown

    return open_analysis(events or (), engine, watch=query_shown)


def print_script(question: Question, engine: SqlEngine, table: str | None) -> None:
    """Print the script that asks an engine."""
    from policyctl.adapters.analytics.scripts.script import script_for
    from policyctl.cli.output import write_bytes

    write_bytes(script_for(question, engine.value, table or "").text.encode())
    if sys.stdout.isatty():
        typer.echo("run it, save its last three queries as files, then --import-results", err=True)
