"""The options of ``policyctl root propose``, each for one thing that a trust root says."""

from __future__ import annotations

from typing import Annotated

import typer

from policyctl.cli.completion import groups, people

Texts = list[str] | None

FromFileOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="The whole governance, as 'root show --format yaml' prints it. Other options come "
        "on top.",
        metavar="FILE",
    ),
]
AddPersonOption = Annotated[
    Texts, typer.Option(help="Somebody new, as ID=KEY: a file, or 'type base64'.")
]
RemovePersonOption = Annotated[
    Texts,
    typer.Option(help="Somebody who leaves, with all roles.", metavar="ID", autocompletion=people),
]
AddKeyOption = Annotated[Texts, typer.Option(help="One more key, as ID=KEY.")]
RevokeKeyOption = Annotated[
    Texts, typer.Option(help="A key that counts no more, as ID=KEY or ID=SHA256:….")
]
AddRoleOption = Annotated[Texts, typer.Option(help="A new role, as ROLE=ID[,ID].")]
AddTeamOption = Annotated[Texts, typer.Option(help="A new team, as TEAM=ID[,ID].")]
RemoveGroupOption = Annotated[
    Texts, typer.Option(help="A role or team that ends.", metavar="NAME", autocompletion=groups)
]
AddMemberOption = Annotated[Texts, typer.Option(help="Into a role or team, as NAME=ID.")]
RemoveMemberOption = Annotated[Texts, typer.Option(help="Out of it, as NAME=ID.")]
AddStewardOption = Annotated[
    Texts,
    typer.Option(help="Who signs trust roots from now on.", metavar="ID", autocompletion=people),
]
RemoveStewardOption = Annotated[
    Texts, typer.Option(help="Who signs them no more.", metavar="ID", autocompletion=people)
]
ThresholdOption = Annotated[
    int | None, typer.Option(help="How many stewards sign a trust root.", metavar="N")
]
AdoptOption = Annotated[
    Texts,
    typer.Option(help="A baseline that policies may extend: ID@VERSION, or ID@VERSION=FILE."),
]
SoloOption = Annotated[
    bool | None,
    typer.Option("--solo/--no-solo", help="Whether one person writes and approves."),
]
EmergencyOption = Annotated[
    str | None,
    typer.Option(help="Who may step back at once, as ROLE=72h.", metavar="ROLE=TIME"),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Even if policies lose their owner.")]
