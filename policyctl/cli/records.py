"""``policyctl records``."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption

records = typer.Typer(help="Detection records: from engines' logs.", no_args_is_help=True)


class Engine(Enum):
    """Whose log is read."""

    LAKERA = "lakera"
    BEDROCK = "bedrock"
    MODEL_ARMOR = "model-armor"
    AZURE = "azure"
    LITELLM = "litellm"
    NEMO = "nemo"
    OPENAI_GUARDRAILS = "openai-guardrails"
    PLAIN = "plain"


class KeysOption(Enum):
    """What becomes of users and sessions."""

    DROP = "drop"
    HASH = "hash"
    KEEP = "keep"


class Side(Enum):
    """The sides of the model."""

    INPUT = "input"
    OUTPUT = "output"


@records.callback()
def _group() -> None:
    pass


@records.command("import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Logs, one JSON object a line, also packed (.gz, .zst); patterns of such; - for "
            "standard input. With --from plain also CSV and Parquet.",
        ),
    ],
    engine: Annotated[
        Engine, typer.Option("--from", help="Whose log it is; plain: detection records already.")
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out", help="The folder of prepared records; a file it has is skipped.", metavar="DIR"
        ),
    ],
    app: Annotated[
        str,
        typer.Option("--app", help="The application of lines that do not say it.", metavar="NAME"),
    ] = "",
    direction: Annotated[
        Side | None,
        typer.Option("--direction", help="The side of the model where lines do not say it."),
    ] = None,
    levels: Annotated[
        str,
        typer.Option(
            "--levels",
            help="Thresholds from scores to levels, and what the engine's names mean in policies.",
            metavar="FILE",
        ),
    ] = "",
    keys: Annotated[
        KeysOption | None,
        typer.Option(
            "--keys",
            help="Users and sessions: left out, replaced by a keyed hash, or kept. Default: keep "
            "for plain, hash where there is a salt, else drop.",
        ),
    ] = None,
    key_salt: Annotated[
        str,
        typer.Option(
            "--key-salt",
            help="The file with the secret of the hash. Default: POLICYCTL_KEY_SALT.",
            metavar="FILE",
        ),
    ] = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """Normalise logs into hits and counts.

    Nothing that people wrote is kept.
    """
    from pathlib import Path

    from policyctl.adapters.records.import_options import settings_digest, table_in
    from policyctl.adapters.records.key_salt import identities
    from policyctl.adapters.records.logs import open_logs
    from policyctl.adapters.records.prepared_writing import adding_to
    from policyctl.adapters.stopping import stoppable
    from policyctl.cli.output import emit
    from policyctl.cli.progress import bytes_shown
    from policyctl.core.engine_logs.identities import Keys
    from policyctl.core.engine_logs.normalise import Defaults, normaliser
    from policyctl.render.json.records import render as as_json
    from policyctl.render.text.records import render as as_text
    from policyctl.usecases.import_records import import_records

    plain = engine is Engine.PLAIN
    defaults = Defaults(app=app, direction=direction.value if direction else "")
    who = identities(keys.value if keys else "", key_salt, plain=plain)
    table, digest = table_in(levels)
    logs = open_logs(files, of_records=plain)
    folder = Path(out)
    total = sum(log.path.stat().st_size for log in logs)
    with (
        stoppable() as stop,
        adding_to(folder, folder.as_posix(), stop) as store,
        bytes_shown("reading records", total) as watch,
    ):
        report = import_records(
            logs,
            folder=folder.as_posix(),
            engine=engine.value,
            settings=settings_digest(defaults, who, digest),
            normalise=normaliser(engine.value, levels=table, identities=who, defaults=defaults),
            as_they_are=plain and who.keys is Keys.KEEP,
            store=store,
            watch=lambda log: watch(log.name, log.size),
            check=stop.check,
        )
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(1 if report.rejected else 0)
