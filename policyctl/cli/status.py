"""``policyctl status``."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.completion import owners, people, use_cases
from policyctl.cli.estate_reading import AppliedOption
from policyctl.cli.formats import Format
from policyctl.cli.options import EngineOption, EventsOption, FormatOption, KeyOption, NowOption
from policyctl.core.stages import Stage

if TYPE_CHECKING:
    from policyctl.cli.workplace import Workplace
    from policyctl.core.estate import Estate
    from policyctl.usecases.status import Status


class Sort(Enum):
    """What policies are sorted by, within each stage."""

    ID = "id"
    AGE = "age"
    OWNER = "owner"
    REVIEW = "review"
    GATE = "gate"
    DUE = "due"


def status(
    stage: Annotated[
        list[Stage] | None, typer.Option("--stage", help="Only policies in this stage. Repeatable.")
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(
            "--owner", help="Only policies of this owner. Repeatable.", autocompletion=owners
        ),
    ] = None,
    use_case: Annotated[
        list[str] | None,
        typer.Option(
            "--use-case",
            help="Only policies with this use case. Repeatable.",
            autocompletion=use_cases,
        ),
    ] = None,
    mine: Annotated[
        bool,
        typer.Option("--mine", help="Only what you own, or have to do: you are whose key signs."),
    ] = False,
    person: Annotated[
        str,
        typer.Option(
            "--person",
            help="The same for somebody else.",
            metavar="WHO",
            autocompletion=people,
        ),
    ] = "",
    due: Annotated[bool, typer.Option("--due", help="Only policies of which something is due.")] = (
        False
    ),
    sort: Annotated[
        Sort, typer.Option("--sort", help="The order within each stage.", show_default=True)
    ] = Sort.ID,
    events: EventsOption = None,
    engine: EngineOption = "auto",
    applied: AppliedOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and show what changes. Ctrl-C ends it.")
    ] = False,
    every: Annotated[
        int,
        typer.Option("--every", help="Seconds between two looks of --watch.", min=1, max=3600),
    ] = 5,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """The estate at a glance: stages, gates, and whose turn it is.

    What is due comes last, the gravest first.
    """
    from policyctl.cli.estate_reading import estate_at, limits_here, open_records
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import workplace
    from policyctl.errors import TamperingError, UsageError
    from policyctl.render.json.status import render as as_json
    from policyctl.render.text.status import render as as_text
    from policyctl.usecases.ledger_state import ledger_state
    from policyctl.usecases.status import Order, Wish
    from policyctl.usecases.status import status as asked

    if mine and person:
        raise UsageError("--mine and --person ask for two people", hint="leave one of them out")
    if watch:
        _require_screen(format, now)
    records = open_records(events or (), engine)

    def look() -> Status:
        with workplace(key) as hands:
            present = moment(now)
            state = ledger_state(hands, present)
            estate = estate_at(state, hands, present, applied=applied or (), records=records)
            wish = Wish(
                stages=tuple(stage or ()),
                owners=tuple(owner or ()),
                use_cases=tuple(use_case or ()),
                person=_signer(estate, hands) if mine else person,
                due=due,
                order=Order(sort.value),
            )
            return asked(estate, limits_here(hands), wish)

    if watch:
        from policyctl.cli.watching import watched

        watched(look, lambda report, width: as_text(report, width, due_first=True), every)
        return
    report = look()
    emit(lambda width: as_text(report, width), lambda: as_json(report), format)
    raise typer.Exit(TamperingError.exit_code if report.tampered else 0)


def _signer(estate: Estate, hands: Workplace) -> str:
    """The person whose key would sign."""
    from policyctl.errors import TamperingError
    from policyctl.usecases.ledger_state import signing_person

    if estate.root is None:
        raise TamperingError("the trust root does not verify", hint="policyctl verify")
    return signing_person(estate.root, hands.signer)


def _require_screen(form: Format, now: str | None) -> None:
    from policyctl.cli.terminal import is_screen
    from policyctl.errors import UsageError

    if form is not Format.TEXT:
        raise UsageError(f"--watch shows a screen, and --format {form.value} is for programs")
    if now is not None:
        raise UsageError("--watch shows the present, and --now stops it", hint="leave out --now")
    if not is_screen():
        raise UsageError("--watch needs a terminal on standard output", hint="leave out --watch")
