"""``policyctl root propose``."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.formats import Format
from policyctl.cli.options import DryRunOption, FormatOption, KeyOption, NowOption, RationaleOption

Texts = list[str] | None


def propose(
    rationale: RationaleOption,
    file: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="The whole governance, as 'root show --format yaml' prints it. Other options come "
            "on top.",
            metavar="FILE",
        ),
    ] = None,
    add_person: Annotated[
        Texts, typer.Option(help="Somebody new, as ID=KEY: a file, or 'type base64'.")
    ] = None,
    remove_person: Annotated[
        Texts, typer.Option(help="Somebody who leaves, with all roles.", metavar="ID")
    ] = None,
    add_key: Annotated[Texts, typer.Option(help="One more key, as ID=KEY.")] = None,
    revoke_key: Annotated[
        Texts, typer.Option(help="A key that counts no more, as ID=KEY or ID=SHA256:….")
    ] = None,
    add_role: Annotated[Texts, typer.Option(help="A new role, as ROLE=ID[,ID].")] = None,
    add_team: Annotated[Texts, typer.Option(help="A new team, as TEAM=ID[,ID].")] = None,
    remove_group: Annotated[
        Texts, typer.Option(help="A role or team that ends.", metavar="NAME")
    ] = None,
    add_member: Annotated[Texts, typer.Option(help="Into a role or team, as NAME=ID.")] = None,
    remove_member: Annotated[Texts, typer.Option(help="Out of it, as NAME=ID.")] = None,
    add_steward: Annotated[
        Texts, typer.Option(help="Who signs trust roots from now on.", metavar="ID")
    ] = None,
    remove_steward: Annotated[
        Texts, typer.Option(help="Who signs them no more.", metavar="ID")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option(help="How many stewards sign a trust root.", metavar="N")
    ] = None,
    adopt: Annotated[
        Texts,
        typer.Option(help="A baseline that policies may extend: ID@VERSION, or ID@VERSION=FILE."),
    ] = None,
    solo: Annotated[
        bool | None,
        typer.Option("--solo/--no-solo", help="Whether one person writes and approves."),
    ] = None,
    emergency: Annotated[
        str | None,
        typer.Option(help="Who may step back at once, as ROLE=72h.", metavar="ROLE=TIME"),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Even if policies lose their owner.")
    ] = False,
    dry_run: DryRunOption = False,
    key: KeyOption = None,
    now: NowOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Propose the next trust root, signed by you; say what it changes."""
    from policyctl.adapters.document_bytes import read
    from policyctl.adapters.root_wishes import (
        baselines_of,
        emergency_of,
        fingerprint_of,
        key_of,
        members_of,
        people_of,
    )
    from policyctl.cli.output import emit
    from policyctl.cli.present import moment
    from policyctl.cli.workplace import named_pairs, pairs, workplace
    from policyctl.core.canonical import sha256
    from policyctl.core.root_edit import RootEdit
    from policyctl.render.json.root_proposal import render as as_json
    from policyctl.render.text.root_proposal import render, render_done
    from policyctl.usecases.propose_root import RootWish, propose_root

    baselines, adopted = baselines_of(adopt or [])
    edit = RootEdit(
        add_people=people_of(pairs(add_person or [], "--add-person")),
        remove_people=tuple(remove_person or ()),
        add_keys=tuple((who, key_of(text)) for who, text in named_pairs(add_key, "--add-key")),
        revoke_keys=tuple(
            (who, fingerprint_of(text)) for who, text in named_pairs(revoke_key, "--revoke-key")
        ),
        add_roles={
            name: members_of(text) for name, text in pairs(add_role or [], "--add-role").items()
        },
        add_teams={
            name: members_of(text) for name, text in pairs(add_team or [], "--add-team").items()
        },
        remove_groups=tuple(remove_group or ()),
        join=named_pairs(add_member, "--add-member"),
        leave=named_pairs(remove_member, "--remove-member"),
        add_stewards=tuple(add_steward or ()),
        remove_stewards=tuple(remove_steward or ()),
        threshold=threshold,
        adopt={name: sha256(baselines[name]) for name in adopted},
        solo=solo,
        emergency=emergency_of(emergency) if emergency else None,
    )
    with workplace(key) as hands:
        proposal = propose_root(
            RootWish(
                edit=edit,
                rationale=rationale,
                now=moment(now),
                file=(file, read(file, file=file)) if file else None,
                baselines=baselines,
                force=force,
            ),
            hands=hands,
            dry_run=dry_run,
        )
    emit(
        lambda width: [*render(proposal, width), *render_done(proposal, width)],
        lambda: as_json(proposal, "root propose"),
        format,
    )
