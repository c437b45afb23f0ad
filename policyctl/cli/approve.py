"""``policyctl approve``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.cli.completion import policy_ids, roles
from policyctl.cli.formats import Format
from policyctl.cli.options import FormatOption, KeyOption, NowOption

if TYPE_CHECKING:
    from policyctl.usecases.approve import Approval
    from policyctl.usecases.ledger_state import Hands


def approve(
    policies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Policies' ids, or the paths of their files.",
            autocompletion=policy_ids,
        ),
    ] = None,
    change: Annotated[
        str | None,
        typer.Option("--change", help="All that waits of one change.", metavar="NAME"),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role",
            help="The role to sign in, where several are possible.",
            autocompletion=roles,
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Sign without asking.")] = False,
    as_text: Annotated[
        bool,
        typer.Option(
            "--print",
            help="Print the signature for somebody who can push, and commit nothing; everything "
            "else goes to standard error.",
        ),
    ] = False,
    add: Annotated[
        str | None,
        typer.Option(
            "--add",
            help="Commit what somebody else printed with --print; '-' is standard input.",
            metavar="FILE",
        ),
    ] = None,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Show what will be signed, then sign the pending entries."""
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import policy_id, workplace
    from policyctl.errors import UsageError
    from policyctl.render.json.approve import render as as_json
    from policyctl.render.text.approve import render_given
    from policyctl.usecases.add_approval import add_approvals
    from policyctl.usecases.approve import give_approvals, prepare_approvals

    names = [policy_id(policy) for policy in policies or []]
    if add is not None and (as_text or role is not None or change is not None):
        raise UsageError(
            "--add takes the signature as it was printed: no --role, --change, --print"
        )
    with workplace(key) as hands:
        if add is not None:
            given = add_approvals(names, _read(add), file=add, now=moment(now), hands=hands)
        else:
            asked = prepare_approvals(names, role=role, now=moment(now), hands=hands, change=change)
            _show(asked, format, aside=as_text)
            _confirm(yes=yes, form=format, aside=as_text)
            if as_text:
                _print(asked, hands)
                return
            given = give_approvals(asked, now=moment(now), hands=hands)
    emit(lambda _: render_given(given), lambda: as_json(given), format)


def _read(name: str) -> bytes:
    import sys
    from pathlib import Path

    from policyctl.errors import InputError
    from policyctl.usecases.add_approval import LARGEST

    try:
        if name == "-":
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    if len(content) > LARGEST:
        raise InputError(f"{name} is larger than any signatures need to be")
    return content


def _show(asked: tuple[Approval, ...], form: Format, *, aside: bool) -> None:
    import sys

    from policyctl.cli.output import emit
    from policyctl.render.lines import plain
    from policyctl.render.text.approve import render_all

    if aside:
        sys.stderr.write(plain(render_all(asked)))
        sys.stderr.flush()
    elif form is Format.TEXT:
        emit(lambda width: render_all(asked, width), lambda: "", form)


def _confirm(*, yes: bool, form: Format, aside: bool) -> None:
    import sys

    from policyctl.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty() or form is not Format.TEXT:
        raise UsageError("nobody can be asked here, so nothing was signed", hint="--yes")
    if not typer.confirm("Sign this?", default=False, err=aside):
        raise UsageError("nothing was signed")


def _print(asked: tuple[Approval, ...], hands: Hands) -> None:
    import sys

    from policyctl.usecases.add_approval import signatures_text
    from policyctl.usecases.approve import sign_approvals

    sys.stdout.write(signatures_text(sign_approvals(asked, hands=hands)))
    sys.stdout.flush()
