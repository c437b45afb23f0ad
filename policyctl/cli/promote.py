"""``policyctl promote``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.completion import policy_ids
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

if TYPE_CHECKING:
    from policyctl.render.lines import Line
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
            events or labels or requests,
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
        (events, labels, requests, engine),
        key,
        now,
        Format(format.value),
        dry_run=dry_run,
    )


def _move(
    policy: str,
    to: Target,
    rationale: str | None,
    grounds: tuple[list[str] | None, str | None, str | None, str],
    key: str | None,
    now: str | None,
    format: Format,
    *,
    dry_run: bool,
) -> None:
    """Promote on records, verdicts on a sample and counted requests, by what counts the records."""
    from policyctl.adapters.analytics.opening import open_analysis
    from policyctl.cli.evidence_inputs import beside
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.query_progress import query_shown
    from policyctl.cli.rationale import reason
    from policyctl.cli.workplace import change_name, policy_id, workplace
    from policyctl.core.stages import Stage
    from policyctl.render.json.promote import render as as_json
    from policyctl.render.text.promote import consequences
    from policyctl.render.text.promote import render as as_text
    from policyctl.usecases.promote import promote as move

    events, labels, requests, engine = grounds
    with workplace(key) as hands:

        def change(why: str, *, dry: bool) -> Promotion:
            return move(
                policy_id(policy),
                target=Stage(to.value),
                rationale=why,
                records=open_analysis(events, engine, watch=query_shown) if events else None,
                change=change_name(),
                now=moment(now),
                hands=hands,
                dry_run=dry,
                beside=beside(labels, requests),
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
