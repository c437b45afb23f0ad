"""``policyctl promote``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.completion import policy_ids
from policyctl.cli.elsewhere import AUTOMATIC, ResultsOption, counted
from policyctl.cli.formats import Format, GateFormat
from policyctl.cli.options import (
    DryRunOption,
    EngineOption,
    EventsOption,
    KeyOption,
    LabelsOption,
    NowOption,
    RationaleOption,
    RequestsOption,
    Target,
)
from policyctl.core.frozen import frozen
from policyctl.errors import UsageError

if TYPE_CHECKING:
    from policyctl.render.lines import Line
    from policyctl.usecases.ports import Analysis
    from policyctl.usecases.promote import Promotion


def promote(
    policy: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="A policy's id, or the path of its file.",
            autocompletion=policy_ids,
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Target | None, typer.Option("--to", help="The stage that follows the present one.")
    ] = None,
    rationale: RationaleOption = None,
    events: EventsOption = None,
    labels: LabelsOption = None,
    requests: RequestsOption = None,
    engine: EngineOption = "auto",
    results: ResultsOption = None,
    key: KeyOption = None,
    dry_run: DryRunOption = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Promote nothing: judge every policy change of a pull request (with --base).",
        ),
    ] = False,
    base: Annotated[
        str,
        typer.Option("--base", help="With --check: where it should be merged.", metavar="REV"),
    ] = "",
    head: Annotated[
        str, typer.Option("--head", help="With --check: what should be merged.", metavar="REV")
    ] = "HEAD",
    baseline: Annotated[
        str,
        typer.Option(
            "--baseline",
            help="With --check: known findings of lint; this file counts as the base has it.",
            metavar="FILE",
        ),
    ] = "",
    pin: Annotated[
        str,
        typer.Option(
            "--pin",
            help="With --check: sha256 that trust root 1 must have, learnt outside the "
            "repository. Default: POLICYCTL_PIN.",
            metavar="SHA256",
        ),
    ] = "",
    now: NowOption = None,
    format: Annotated[
        GateFormat,
        typer.Option(
            "--format",
            help="How the report is printed; markdown, github and sarif are for --check.",
        ),
    ] = GateFormat.TEXT,
) -> None:
    """Check the gate, move the stage, and record it, signed.

    Or judge a pull request (--check).
    """
    from policyctl.cli.promote_arguments import promotion_arguments, require_alone

    if check:
        from policyctl.cli.promote_check import Asked, run_check

        require_alone(
            policy,
            to,
            rationale,
            events or labels or requests or results,
            key,
            engine=engine,
            base=base,
            dry_run=dry_run,
        )
        asked = Asked(base=base, head=head, baseline=baseline, pin=pin, now=now)
        raise typer.Exit(run_check(asked, format))
    name, target = promotion_arguments(policy, to, base=base, head=head, baseline=baseline, pin=pin)
    if format not in (GateFormat.TEXT, GateFormat.JSON):
        raise typer.BadParameter(f"'{format.value}' is for --check", param_hint="--format")
    _move(
        name,
        target,
        rationale,
        Grounds(events=events, results=results, labels=labels, requests=requests, engine=engine),
        key,
        now,
        Format(format.value),
        dry_run=dry_run,
    )


@frozen
class Grounds:
    """What a promotion stands on, as the command line names it."""

    events: list[str] | None
    results: list[str] | None
    labels: str | None
    requests: str | None
    engine: str

    def records(self) -> Analysis | None:
        """The records, or what a script says of them; None for neither."""
        if self.events and self.results:
            raise UsageError("--events and --import-results exclude each other")
        if self.results and self.engine != AUTOMATIC:
            raise UsageError("--engine is for --events, not for --import-results")
        if not self.events and not self.results:
            return None
        return counted(self.events, self.engine, self.results)


def _move(
    policy: str,
    to: Target,
    rationale: str | None,
    grounds: Grounds,
    key: str | None,
    now: str | None,
    format: Format,
    *,
    dry_run: bool,
) -> None:
    """Promote on the grounds of records or counts, verdicts on a sample, and counted requests."""
    from policyctl.cli.evidence_inputs import beside
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.rationale import reason
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.core.stages import Stage
    from policyctl.render.json.promote import render as as_json
    from policyctl.render.text.promote import consequences
    from policyctl.render.text.promote import render as as_text
    from policyctl.usecases.promote import promote as move

    with workplace(key) as hands:

        def change(why: str, *, dry: bool) -> Promotion:
            return move(
                policy_id(policy),
                target=Stage(to.value),
                rationale=why,
                records=grounds.records(),
                change=change_name(),
                now=moment(now),
                hands=hands,
                dry_run=dry,
                beside=beside(grounds.labels, grounds.requests),
            )

        def preview(why: str) -> list[Line]:
            found = change(why, dry=True)
            if found.outcome is None:  # the gate is not met: there is nothing to give a reason for
                emit(lambda width: as_text(found, width), lambda: as_json(found), format)
                raise typer.Exit(1)
            return [*as_text(found), (), *consequences(found)]

        with reason(rationale, preview, dry_run=dry_run, form=format) as why:
            promotion = change(why, dry=dry_run)
    emit(lambda width: as_text(promotion, width), lambda: as_json(promotion), format)
    raise typer.Exit(0 if promotion.outcome else 1)
