"""The demo as it plays, as text."""

from __future__ import annotations

from policyctl.render.lines import BOLD, DIM, NAME, Line, Part, line
from policyctl.usecases.demo import Played


def render(event: str | Played) -> list[Line]:
    """A title, or the command whose output follows."""
    if isinstance(event, str):
        return [(), line(Part(event, BOLD))]
    first, *others = event.command.split("\n")
    return [
        (),
        line(Part("$ ", DIM), Part(first, NAME)),
        *(line(Part(row, NAME)) for row in others),
    ]


def render_end(folder: str) -> list[Line]:
    """What is left to explore."""
    return [
        (),
        line(Part(f"The repository is in {folder}.", BOLD), " Look around:"),
        line(
            Part(
                f"  cd {folder} && policyctl status && policyctl report --out .demo/report.html",
                NAME,
            )
        ),
    ]
