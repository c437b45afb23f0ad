"""``policyctl verify``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, NowOption, PinOption, checked_pin


def verify(
    pin: PinOption = "",
    rev: Annotated[
        str, typer.Option("--rev", help="The commit that is judged.", metavar="REV")
    ] = "HEAD",
    base: Annotated[
        str,
        typer.Option(
            "--base",
            help="Judge a pull request: what the commit adds to this branch.",
            metavar="REV",
        ),
    ] = "",
    history: Annotated[
        bool, typer.Option("--history", help="Judge every state that the branch went through, too.")
    ] = False,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Verify the ledger of a commit, from git objects alone."""
    from pathlib import Path

    from policyctl.adapters.commits import commits_of
    from policyctl.adapters.ssh_verification import verify as signatures
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.progress import shown
    from policyctl.errors import TamperingError
    from policyctl.render.json.verify import render as as_json
    from policyctl.render.text.verify import render as as_text
    from policyctl.usecases.memo import ledger_memo
    from policyctl.usecases.verify import verify_commit

    with commits_of(Path.cwd()) as commits:
        report = verify_commit(
            commits=commits,
            memo=ledger_memo(YamlDocuments(), signatures, checked_pin(pin), moment(now)),
            rev=rev,
            base=base,
            history=history,
            watch=shown("judging the history", lambda: commits.count_states(rev)),
        )
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(TamperingError.exit_code if report.tampered else int(not report.passed))
