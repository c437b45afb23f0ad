"""``policyctl init``."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption
from policyctl.core.forge import Forge

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from policyctl.usecases.ports import Repository


class Ci(Enum):
    """The forge for which ``init`` writes files, if any."""

    GITHUB = Forge.GITHUB.value
    GITLAB = Forge.GITLAB.value
    NONE = "none"


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
    ci: Annotated[
        Ci,
        typer.Option(
            "--ci",
            help="Write what makes this forge judge pull requests; in a governed repository, only "
            "this.",
        ),
    ] = Ci.NONE,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Found a ledger: trust root from your SSH key, baselines, policies/, pre-commit hook."""
    from pathlib import Path

    from policyctl.adapters.ci_files import ci_files
    from policyctl.adapters.founding import founding_from, prepared
    from policyctl.adapters.working_governance import shipped_files
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import pairs, workplace
    from policyctl.render.json.init import render as as_json
    from policyctl.render.text.init import render as as_text
    from policyctl.usecases.add_ci import is_governed
    from policyctl.usecases.init import found

    schemas = shipped_files("schemas", "")
    forge = None if ci is Ci.NONE else Forge(ci.value)
    founds = any((me, person, role, team, steward, threshold))
    with prepared(Path(folder)) as top, workplace(key, top) as hands:
        if forge and not founds and is_governed(hands.repository.snapshot()):
            _add_ci(forge, hands.repository, moment(now), format)
            return
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
            forge=forge,
            ci=ci_files(forge) if forge else None,
        )
        _show_in_git(top)
    emit(lambda width: as_text(founded, width), lambda: as_json(founded), format)


def _add_ci(forge: Forge, repository: Repository, now: datetime, format: Format) -> None:
    from policyctl.adapters.ci_files import ci_files
    from policyctl.cli.output import emit
    from policyctl.render.json.add_ci import render as as_json
    from policyctl.render.text.add_ci import render as as_text
    from policyctl.usecases.add_ci import add_ci

    added = add_ci(forge, ci_files(forge), repository=repository, now=now)
    emit(lambda width: as_text(added, width), lambda: as_json(added), format)


def _show_in_git(top: Path) -> None:
    """Have git show policies in policy terms; the ledger is founded, whether that can be or not."""
    import sys

    from policyctl.adapters.git_drivers import set_up_drivers
    from policyctl.adapters.git_location import find
    from policyctl.errors import RepositoryError
    from policyctl.render.lines import line, plain

    try:
        set_up_drivers(find(top))
    except RepositoryError as error:
        said = line(f"policyctl: git diff will show policies as plain lines: {error.message}")
        sys.stderr.write(plain([said]))
