"""``policyctl init``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption


def init(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR]", help="The repository; made where there is none.")
    ] = ".",
    me: Annotated[
        str, typer.Option("--as", help="Your id. Default: from git's user.name.", metavar="ID")
    ] = "",
    person: Annotated[
        list[str] | None,
        typer.Option("--person", help="Somebody else, as ID=KEY.pub; repeatable."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            help="Who approves, as ROLE=ID[,ID]; repeatable. "
            "The first role may demote at once in an emergency.",
        ),
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option("--team", help="A team, as TEAM=ID[,ID]; repeatable.")
    ] = None,
    steward: Annotated[
        list[str] | None,
        typer.Option(
            "--steward",
            help="Who signs trust roots beside you, as ID or ID=KEY.pub; repeatable.",
        ),
    ] = None,
    threshold: Annotated[
        int | None,
        typer.Option(
            "--threshold",
            help="How many stewards sign a trust root. Default: more than half of them.",
            metavar="N",
        ),
    ] = None,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Found a ledger: trust root from your SSH key, baselines, policies/, pre-commit hook."""
    from pathlib import Path

    from policyctl.adapters.founding import founding_from, prepared
    from policyctl.adapters.working_governance import shipped_files
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import pairs, workplace
    from policyctl.render.json.init import render as as_json
    from policyctl.render.text.init import render as as_text
    from policyctl.usecases.init import found

    schemas = shipped_files("schemas", "")
    with prepared(Path(folder)) as top, workplace(key, top) as hands:
        founded = found(
            founding_from(
                me=me,
                identity=hands.repository.identity(),
                key=hands.signer.key,
                people=pairs(person or [], "--person"),
                roles=pairs(role or [], "--role"),
                teams=pairs(team or [], "--team"),
                stewards=steward or [],
                threshold=threshold,
                now=moment(now),
            ),
            baselines=shipped_files("baselines", ".yaml"),
            schemas={name: schemas[name] for name in ("policy.v1.json", "baseline.v1.json")},
            snapshot=hands.repository.snapshot(),
            repository=hands.repository,
            signer=hands.signer,
        )
    emit(lambda width: as_text(founded, width), lambda: as_json(founded), format)
