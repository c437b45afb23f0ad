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
    """Found a ledger, with a trust root from your SSH key.

    Baselines, policies/ and a pre-commit configuration come with it. On a terminal it asks who
    takes part, where no option names anybody.
    """
    from pathlib import Path

    from policyctl.adapters.ci_files import ci_files
    from policyctl.adapters.founding import founding_from, prepared, suggested_id
    from policyctl.adapters.working_governance import shipped_files
    from policyctl.cli.init_questions import Named, named
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.terminal import somebody_is_there
    from policyctl.cli.wizard import same_command
    from policyctl.cli.workplace import pairs, workplace
    from policyctl.render.json.init import render as as_json
    from policyctl.render.text.init import render as as_text
    from policyctl.usecases.add_ci import is_governed
    from policyctl.usecases.init import found

    schemas = shipped_files("schemas", "")
    forge = None if ci is Ci.NONE else Forge(ci.value)
    given = Named(
        me=me,
        people=tuple(person or ()),
        roles=tuple(role or ()),
        teams=tuple(team or ()),
        stewards=tuple(steward or ()),
    )
    nobody = given == Named(me="") and threshold is None
    asks = nobody and format is Format.TEXT and somebody_is_there()
    with prepared(Path(folder)) as top, workplace(key, top) as hands:
        is_old = nobody and is_governed(hands.repository.snapshot())
        if forge and is_old:
            _add_ci(forge, hands.repository, moment(now), format)
            return
        asks = asks and not is_old  # there is nothing to found, which is said at once
        identity, own_key = hands.repository.identity(), hands.signer.key
        who = named(suggested_id(identity)) if asks else given
        founded = found(
            founding_from(
                me=who.me,
                identity=identity,
                key=own_key,
                people=pairs(who.people, "--person"),
                roles=pairs(who.roles, "--role"),
                teams=pairs(who.teams, "--team"),
                stewards=who.stewards,
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
    if asks:
        more = [*(["--ci", ci.value] if forge else []), *(["--key", key] if key else [])]
        typer.echo(same_command([*who.words(folder), *more]))


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
