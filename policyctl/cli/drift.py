"""``policyctl drift``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.engines import TargetOption
from policyctl.cli.formats import DriftFormat, Format
from policyctl.cli.options import KeyOption, NowOption, PolicyArgument

if TYPE_CHECKING:
    from datetime import datetime

    from policyctl.cli.workplace import Workplace
    from policyctl.usecases.drift import DriftReport


def drift(
    policy: PolicyArgument,
    target: TargetOption,
    live: Annotated[
        list[str],
        typer.Option(
            "--live",
            help="The running configuration as the vendor's tool prints it; - for standard input. "
            "May be repeated.",
            metavar="FILE",
        ),
    ],
    name: Annotated[
        str, typer.Option("--name", help="Which configuration of these files is meant.")
    ] = "",
    surplus: Annotated[
        bool, typer.Option("--all", help="List what policies say nothing about, too.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Compare with the file as it is, not as approved.")
    ] = False,
    attest: Annotated[
        Path | None,
        typer.Option(
            "--attest",
            help="Sign the result, and put the in-toto statement about it into this folder.",
            metavar="DIR",
        ),
    ] = None,
    key: KeyOption = None,
    now: NowOption = None,
    format: Annotated[
        DriftFormat,
        typer.Option("--format", help="How the report is printed.", show_default=True),
    ] = DriftFormat.TEXT,
) -> None:
    """Compare what an engine runs with what was approved."""
    from policyctl.adapters.engine_files import read_configurations
    from policyctl.cli.engines import target_named
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.render.drift_sarif import render as as_sarif
    from policyctl.render.json.drift import render as as_json
    from policyctl.render.text.drift import render as as_text
    from policyctl.usecases.approved import approved_policy, draft_policy
    from policyctl.usecases.drift import drift as compare

    engine, present = target_named(target), moment(now)
    raws = read_configurations(live)
    with workplace(key) as hands:
        stands = (draft_policy if draft else approved_policy)(policy_id(policy), hands, now=present)
        report = compare(stands, engine, raws, name=name, now=present)
        written = _attested(report, hands, attest, present) if attest else None
    data = as_sarif if format is DriftFormat.SARIF else as_json
    emit(
        lambda width: as_text(report, width, surplus=surplus),
        lambda: data(report),
        Format.TEXT if format is DriftFormat.TEXT else Format.JSON,
    )
    if written is not None:
        typer.echo(written, err=True)
    raise typer.Exit(report.exit_code)


def _attested(report: DriftReport, hands: Workplace, folder: Path, now: datetime) -> Path:
    """Where the signed statement about a comparison was put."""
    from policyctl.adapters.bare_signer import BareSigner
    from policyctl.adapters.whole_file import write_whole
    from policyctl.usecases.attest_applied import attest_applied
    from policyctl.usecases.ledger_state import ledger_state

    made = attest_applied(
        report,
        ledger_state(hands, now).root,
        signer=hands.signer,
        bare=BareSigner(hands.signing_key),
        now=now,
    )
    write_whole(folder / made.name, made.envelope)
    return folder / made.name
