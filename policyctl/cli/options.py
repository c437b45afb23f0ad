"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from policyctl.cli.completion import policy_ids
from policyctl.cli.formats import FindingsFormat, Format, TableFormat
from policyctl.core.stages import Stage


class Target(Enum):
    """The stages that a promotion can lead to."""

    LIMITED = Stage.LIMITED.value
    ENFORCE = Stage.ENFORCE.value


class Earlier(Enum):
    """The stages that a demotion can lead to."""

    LOGGING = Stage.LOGGING.value
    LIMITED = Stage.LIMITED.value


FormatOption = Annotated[
    Format, typer.Option("--format", help="How the report is printed.", show_default=True)
]
FindingsFormatOption = Annotated[
    FindingsFormat,
    typer.Option(
        "--format",
        help="How findings are printed: github shows them in a pull request, sarif is for code "
        "scanning, junit for test reports, markdown for comments.",
        show_default=True,
    ),
]
TableFormatOption = Annotated[
    TableFormat, typer.Option("--format", help="How the report is printed.", show_default=True)
]
PolicyArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A policy's id, or the path of its file.",
        autocompletion=policy_ids,
    ),
]
PoliciesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...",
        help="Policies' ids, or the paths of their files.",
        autocompletion=policy_ids,
    ),
]
RationaleOption = Annotated[
    str | None,
    typer.Option(
        "--rationale",
        help="Why, in one line. Without it, an editor opens on a terminal.",
        metavar="TEXT",
    ),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key",
        help="The SSH key to sign with: a private key, or a .pub whose other half an agent holds. "
        "Default: POLICYCTL_KEY, git's user.signingkey, then ~/.ssh/id_*.",
        metavar="FILE",
    ),
]
PinOption = Annotated[
    str,
    typer.Option(
        "--pin",
        envvar=["POLICYCTL_PIN", "POLICYCTL_ROOT"],
        help="sha256 that trust root 1 must have, learnt outside the repository.",
        metavar="SHA256",
    ),
]
EventsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--events",
        help="Detection records: JSON lines or CSV, also packed (.gz, .zst), Parquet, a pattern of "
        "such files, a folder written by 'records import', or - for standard input.",
        metavar="FILE",
    ),
]
LabelsOption = Annotated[
    str | None,
    typer.Option(
        "--labels",
        help="Verdicts on the drawn sample, from 'policyctl review import'. They count in place "
        "of labels in the records.",
        metavar="FILE",
    ),
]
RequestsOption = Annotated[
    str | None,
    typer.Option(
        "--requests",
        help="Requests as something else counted them: a CSV with the columns day, app, requests.",
        metavar="FILE",
    ),
]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        help="What counts the records: python, duckdb (duckdb?memory=1GB&threads=4&spill=DIR), or "
        "where Spark is (local[2], spark://HOST, sc://HOST). Default: duckdb for Parquet and "
        "prepared folders, else python.",
        metavar="ENGINE",
        show_default=False,
    ),
]
NowOption = Annotated[
    str | None,
    typer.Option(
        "--now",
        help="Take this moment for the present (2026-12-01 or 2026-12-01T08:00:00Z).",
        metavar="TIME",
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
]


def checked_pin(pin: str) -> str:
    """The pin, if it is a sha256 or empty.

    Raises:
        UsageError: it is something else.
    """
    from policyctl.core.entry import DIGEST
    from policyctl.errors import UsageError

    if pin and not DIGEST.match(pin):
        raise UsageError(f"--pin {pin!r} is not a sha256", hint="64 lower-case hex digits")
    return pin
