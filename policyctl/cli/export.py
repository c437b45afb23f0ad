"""``policyctl export``."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, assert_never

import typer

from policyctl.cli.options import KeyOption, PinOption, PolicyArgument, checked_pin


class ExportFormat(Enum):
    """What a policy can be exported as."""

    IN_TOTO = "in-toto"


def export(
    policy: PolicyArgument,
    format: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="in-toto: what the ledger says of the policy, as a statement in a DSSE envelope "
            "that your key signs.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="The folder for the envelope, named <policy>.<seq>.<who>.dsse.json. "
            "Default: standard output.",
            metavar="DIR",
        ),
    ] = None,
    pin: PinOption = "",
    key: KeyOption = None,
) -> None:
    """Verify the ledger, and hand on what it says of a policy."""
    from policyctl.adapters.bare_signer import BareSigner
    from policyctl.adapters.commits import Commits
    from policyctl.adapters.whole_file import write_whole
    from policyctl.cli.present import moment
    from policyctl.cli.witnessing import Wish, verified
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.usecases.attest import attest

    with workplace(key) as hands:
        match format:
            case ExportFormat.IN_TOTO:
                name, known = policy_id(policy), checked_pin(pin)
                signer = BareSigner(hands.signing_key)
                wish = Wish(now=moment(None), pin=known, whole=True)
                report = verified(Commits(hands.repository.store), wish)
                made = attest(name, report, hands=hands, signer=signer, pin=known)
            case _:
                assert_never(format)
    if out is None:
        typer.echo(made.envelope, nl=False)
        return
    write_whole(out / made.name, made.envelope)
    typer.echo(out / made.name)
