"""``policyctl schema``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.completion import schemas as known


def schema(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A schema, as in policy.v1.", autocompletion=known),
    ] = None,
) -> None:
    """Print a JSON Schema, or the names of all."""
    from policyctl.adapters.working_governance import shipped_files
    from policyctl.errors import UsageError

    schemas = shipped_files("schemas", ".json")
    if name is None:
        typer.echo("\n".join(schemas))
        return
    if name not in schemas:
        raise UsageError(f"there is no schema '{name}'", hint=f"one of: {', '.join(schemas)}")
    typer.echo(schemas[name].decode(), nl=False)
