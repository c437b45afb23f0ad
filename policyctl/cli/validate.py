"""``policyctl validate``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import FindingsFormat
from policyctl.cli.options import FindingsFormatOption


def validate(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders. Default: policies/."),
    ] = None,
    format: FindingsFormatOption = FindingsFormat.TEXT,
) -> None:
    """Check policy files: YAML, schema and meaning. No git, no signatures."""
    from policyctl.cli.validating import validate_files

    raise typer.Exit(validate_files(files or [], format))
