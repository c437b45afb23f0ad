"""``policyctl lint``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.completion import rule_codes
from policyctl.cli.formats import FindingsFormat
from policyctl.cli.options import FindingsFormatOption, NowOption
from policyctl.errors import NotJudgedError, UsageError

if TYPE_CHECKING:
    from policyctl.core.finding import Finding
    from policyctl.core.findings_baseline import FindingsBaseline
    from policyctl.render.sarif import Replacement
    from policyctl.usecases.lint_reading import Surroundings
    from policyctl.usecases.ports import History
    from policyctl.usecases.unreported import Fixed


def lint(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders. Default: policies/."),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            help="Run these rules only, whatever policyctl.toml says.",
            metavar="RULE,…",
            autocompletion=rule_codes,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            help="Leave these rules out too.",
            metavar="RULE,…",
            autocompletion=rule_codes,
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Cure what rules can cure safely, in place.")
    ] = False,
    commits: Annotated[
        str | None,
        typer.Option(
            "--range",
            help="Judge these commits too. Suppressions, baseline and policyctl.toml count as "
            "they were before them.",
            metavar="BASE..HEAD",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", help="Count the findings known here, and report the others."),
    ] = None,
    write_baseline: Annotated[
        str | None,
        typer.Option("--write-baseline", help="Write down all present findings as known."),
    ] = None,
    now: NowOption = None,
    format: FindingsFormatOption = FindingsFormat.TEXT,
) -> None:
    """Check policies against the rules of good governance.

    They look at single policies, at deadlines, and at the whole estate.
    """
    from policyctl.adapters.policy_files import policy_files
    from policyctl.adapters.working_governance import governed_folder
    from policyctl.cli.findings_output import emit_findings
    from policyctl.usecases.lint import adopt
    from policyctl.usecases.lint import lint as check

    if write_baseline is not None and (files or select or ignore or commits or baseline):
        raise UsageError(
            "--write-baseline is about all that every rule finds in every policy",
            hint="leave out files, --select, --ignore, --range and --baseline",
        )
    here = Path.cwd()
    folder = governed_folder(here)
    with ExitStack() as stack:
        history = _history(commits, here, stack)
        around = _surroundings(here, folder, _listed(select), _listed(ignore), now, history)
        known = _known(baseline, here, history)
        found = dict(policy_files(files or [], here, folder))
        fixed = _fix(found, here, around) if fix else ()
        if write_baseline is not None:
            report, content = adopt(found.items(), around=around, fixed=fixed)
            from policyctl.adapters.findings_file import write_findings

            write_findings(here / write_baseline, write_baseline, content)
        else:
            estate = _estate(here, folder) if files else None
            report = check(found.items(), around=around, estate=estate, baseline=known, fixed=fixed)
        offered = _replacements(found, around) if format is FindingsFormat.SARIF else None
    emit_findings("lint", report, format, replacements=offered)
    raise typer.Exit(1 if report.findings else 0)


def _history(commits: str | None, here: Path, stack: ExitStack) -> History | None:
    if commits is None:
        return None
    from policyctl.adapters.git_range import git_range

    return stack.enter_context(git_range(commits, here))


def _surroundings(
    here: Path,
    folder: Path | None,
    select: Sequence[str],
    ignore: Sequence[str],
    now: str | None,
    history: History | None,
) -> Surroundings:
    from policyctl.adapters.document_bytes import read
    from policyctl.adapters.settings_file import parse_settings, settings_path
    from policyctl.adapters.working_governance import WorkingGovernance
    from policyctl.adapters.working_trail import WorkingTrail
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.present import moment
    from policyctl.usecases.exemptions import what_counts
    from policyctl.usecases.lint_reading import Surroundings
    from policyctl.usecases.selection import KNOWN, chosen

    path = settings_path(folder, here)
    name = Path(os.path.relpath(path, here)).as_posix()
    settings = what_counts(
        name,
        read(path, file=name) if path.exists() else None,
        lambda content: parse_settings(content, name, KNOWN),
        history,
    )
    return Surroundings(
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
        trails=WorkingTrail(folder),
        settings=chosen(settings, select, ignore, has_range=history is not None),
        now=moment(now),
        history=history,
        here=here.resolve().name,
    )


def _known(baseline: str | None, here: Path, history: History | None) -> FindingsBaseline | None:
    if baseline is None:
        return None
    from policyctl.adapters.findings_file import findings_in, read_findings
    from policyctl.usecases.exemptions import what_counts

    content = read_findings(here / baseline, baseline)
    return what_counts(baseline, content, lambda found: findings_in(found, baseline), history)


def _fix(found: dict[str, bytes], here: Path, around: Surroundings) -> tuple[Fixed, ...]:
    """Cure each file in place; ``found`` then holds the new bytes."""
    from policyctl.adapters.policy_files import replace_file
    from policyctl.usecases.fix import mend

    fixed: tuple[Fixed, ...] = ()
    for name, content in found.items():
        mended = mend(name, content, around)
        if mended.fixed:
            # A link stays one: the file it leads to is replaced.
            replace_file((here / name).resolve(), mended.after)
            found[name] = mended.after
            fixed += mended.fixed
    return fixed


def _replacements(found: Mapping[str, bytes], around: Surroundings) -> dict[Finding, Replacement]:
    """What code scanning can offer to write."""
    from policyctl.render.sarif import Replacement
    from policyctl.usecases.fix import cures

    return {
        cure.finding: Replacement(span=cure.span, text=cure.text)
        for name, content in found.items()
        for cure in cures(name, content, around)
    }


def _estate(here: Path, folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """Yield all policies of the governed folder, if any; none is read unless a rule asks."""
    from policyctl.adapters.policy_files import policy_files

    if folder is None:
        return
    with suppress(NotJudgedError):
        yield from policy_files([], here, folder)


def _listed(options: Sequence[str] | None) -> tuple[str, ...]:
    """The ids in a repeated option, each of which may hold several with commas between."""
    return tuple(name for text in options or () for name in re.split(r"[\s,]+", text) if name)
