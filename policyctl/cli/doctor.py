"""``policyctl doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what is safe to put right.")
    ] = False,
    key: KeyOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say whether everything works here, or what to do."""
    import os
    from pathlib import Path

    from policyctl.adapters.doctor.rounds import examinations, repairs
    from policyctl.cli.output import emit
    from policyctl.render.json.doctor import render as as_json
    from policyctl.render.text.doctor import render as as_text
    from policyctl.usecases.doctor import diagnose

    here = Path.cwd()
    done = tuple(repairs(here, os.environ)) if repair else ()
    diagnosis = diagnose(examinations(here, os.environ, key), done)
    emit(lambda _: as_text(diagnosis), lambda: as_json(diagnosis), format)
    raise typer.Exit(0 if diagnosis.sound else 1)
