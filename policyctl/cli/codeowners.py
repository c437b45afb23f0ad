"""``policyctl codeowners``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption
from policyctl.core.forge import Forge
from policyctl.core.frozen import replace
from policyctl.errors import NotJudgedError


class ForgeName(Enum):
    """Whose syntax CODEOWNERS has."""

    GITHUB = Forge.GITHUB.value
    GITLAB = Forge.GITLAB.value


def codeowners(
    check: Annotated[
        bool, typer.Option("--check", help="Say whether the file is as governance asks.")
    ] = False,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            help="Write these lines into this file; lines of others stay. With --check: compare "
            "with it. Default: where the forge looks.",
            metavar="FILE",
        ),
    ] = None,
    forge: Annotated[
        ForgeName | None,
        typer.Option("--forge", help="Default: gitlab where only its CI files are there."),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """CODEOWNERS from governance: who approves which policy.

    And who owns it.
    """
    from policyctl.adapters.codeowners_file import codeowners_path, codeowners_text, forge_of
    from policyctl.adapters.handles_file import handles_of
    from policyctl.adapters.whole_file import write_whole
    from policyctl.adapters.working_governance import WorkingGovernance, governed_folder
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import emit, write_bytes
    from policyctl.render.codeowners import render
    from policyctl.render.json.codeowners import render as as_json
    from policyctl.render.text.codeowners import render as as_text
    from policyctl.usecases.codeowners import codeowners as made
    from policyctl.usecases.codeowners import require_writable

    folder = governed_folder(Path.cwd())
    if folder is None:
        raise NotJudgedError("there is no governed repository here", hint="policyctl init")
    of = Forge(forge.value) if forge else forge_of(folder)
    name = out or codeowners_path(folder, of)
    path = Path(name) if out else folder / name
    place = path.resolve()
    top = folder.resolve()
    present = codeowners_text(path, name)
    report = made(
        _policies(folder),
        documents=YamlDocuments(),
        governance=WorkingGovernance(folder),
        handles=handles_of(folder),
        forge=of,
        file=name,
        place=place.relative_to(top).as_posix() if place.is_relative_to(top) else "",
        present=present,
        render=render,
    )
    if not check and out is None and format is Format.TEXT:
        write_bytes("".join(f"{line}\n" for line in report.block).encode())
        return
    if out and not check and report.differences:
        require_writable(report, present)
        write_whole(path, report.content.encode())
        report = replace(report, wrote=True)
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(1 if check and report.differences else 0)


def _policies(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The policies of the governed folder; a new one has none."""
    from policyctl.adapters.policy_files import policy_files

    with suppress(NotJudgedError):
        yield from policy_files([], folder, folder)
