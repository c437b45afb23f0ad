"""``policyctl migrate``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption


def migrate(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders. Default: policies/."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 1 if there is something to do.")
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Bring policy files of older schema versions forward.

    Every other byte stays as it was.
    """
    from pathlib import Path

    from policyctl.adapters.policy_files import policy_files, replace_file
    from policyctl.adapters.working_governance import governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import emit
    from policyctl.render.json.migrate import render as as_json
    from policyctl.render.text.migrate import render as as_text
    from policyctl.usecases.migrate import migrate as bring_forward

    here = Path.cwd()
    documents = YamlDocuments()
    # All are read and edited before the first is written.
    done = [
        bring_forward(content, file=name, documents=documents)
        for name, content in policy_files(files or [], here, governed_folder(here))
    ]
    changed = [item for item in done if item.changed]
    if not check:
        for item in changed:
            replace_file(here / item.file, item.after)
    emit(lambda _: as_text(done, written=not check), lambda: as_json(done), format)
    still_wrong = any(item.findings for item in changed)
    raise typer.Exit(1 if still_wrong or (check and changed) else 0)
