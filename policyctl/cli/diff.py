"""``policyctl diff``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.formats import DiffFormat, Format
from policyctl.cli.options import EngineOption, EventsOption, NowOption

if TYPE_CHECKING:
    from pathlib import Path

    from policyctl.adapters.diff_arguments import Asked
    from policyctl.usecases.diff import Comparison
    from policyctl.usecases.ports import Analysis, Documents


class FailOn(Enum):
    """What ends a comparison with exit code 1."""

    NEVER = "never"
    WEAKENS = "weakens"
    ANY = "any"


def diff(
    sides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BASE [HEAD]] [PATH...]",
            help="Revisions, then files or folders. Without any: HEAD and the working tree. "
            "BASE...HEAD compares with the commit at which HEAD left BASE.",
            show_default=False,
        ),
    ] = None,
    staged: Annotated[
        bool, typer.Option("--staged", "--cached", help="Compare with what is staged.")
    ] = False,
    fork: Annotated[bool, typer.Option("--merge-base", help="Start where HEAD left BASE.")] = False,
    baseline: Annotated[
        bool,
        typer.Option("--baseline", help="Compare each policy with what its baseline alone gives."),
    ] = False,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Compare two files, whatever git knows of them.")
    ] = False,
    fail_on: Annotated[
        FailOn,
        typer.Option(
            "--fail-on",
            help="End with 1 where something may let more through, or where anything differs.",
        ),
    ] = FailOn.NEVER,
    events: EventsOption = None,
    engine: EngineOption = "auto",
    now: NowOption = None,
    format: Annotated[
        DiffFormat, typer.Option("--format", help="How the comparison is printed.")
    ] = DiffFormat.TEXT,
) -> None:
    """What changes in policy terms: tighter or looser, for whom.

    And who must approve it, and what is still missing.
    """
    from pathlib import Path

    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.present import moment
    from policyctl.errors import NotJudgedError, UsageError
    from policyctl.usecases.diff import compare

    if sum((staged, baseline, no_index)) > 1:
        raise UsageError("--staged, --baseline and --no-index exclude each other")
    documents, present = YamlDocuments(), moment(now)
    with _asked(
        sides or [], Path.cwd(), documents, staged=staged, fork=fork, base=baseline, two=no_index
    ) as asked:
        comparison = compare(
            asked.before,
            asked.after,
            documents=documents,
            now=present,
            only=asked.only,
            governs=asked.governs,
            records=_records(events, engine),
        )
    differs = bool(comparison.policies or comparison.governance)
    failed = fail_on is FailOn.ANY and differs
    failed |= fail_on is FailOn.WEAKENS and comparison.effect.may_weaken
    code = NotJudgedError.exit_code if comparison.unread else int(failed)
    _print(comparison, format, ("pass", "fail")[failed] if code < _UNREAD else "not_judged")
    raise typer.Exit(code)


_UNREAD = 3


def _records(events: list[str] | None, engine: str) -> Analysis | None:
    if not events:
        return None
    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.cli.query_progress import query_shown

    return open_analysis(events, engine, watch=query_shown)


@contextmanager
def _asked(
    arguments: list[str],
    here: Path,
    documents: Documents,
    *,
    staged: bool,
    fork: bool,
    base: bool,
    two: bool,
) -> Iterator[Asked]:
    from policyctl.adapters.diff_arguments import against_baselines, two_files, two_sides
    from policyctl.adapters.diff_sides import DiffSides
    from policyctl.adapters.ssh_verification import verify
    from policyctl.usecases.memo import ledger_memo

    if two:
        yield two_files(arguments, here)
        return
    with DiffSides(here, ledger_memo(documents, verify, "").judge) as found:
        if base:
            yield against_baselines(arguments, found, here, documents)
        else:
            yield two_sides(arguments, found, here, staged=staged, fork=fork)


def _print(comparison: Comparison, form: DiffFormat, status: str) -> None:
    from policyctl.cli.output import emit
    from policyctl.render.diff_github import render as as_github
    from policyctl.render.diff_markdown import render as as_markdown
    from policyctl.render.json.diff import render as as_json
    from policyctl.render.text.diff import render as as_text

    if form in (DiffFormat.GITHUB, DiffFormat.MARKDOWN):
        draw = as_github if form is DiffFormat.GITHUB else as_markdown
        sys.stdout.write(draw(comparison))
        return
    emit(
        lambda width: as_text(comparison, width),
        lambda: as_json(comparison, status),
        Format(form.value),
    )
