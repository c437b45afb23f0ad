"""What ``export``, ``import`` and ``drift`` share: engines by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from policyctl.errors import UsageError

if TYPE_CHECKING:
    from policyctl.core.engines.target import Target


def names(incomplete: str) -> list[str]:
    """The engines whose name begins so."""
    from policyctl.core.engines.targets import TARGETS

    return [name for name in TARGETS if name.startswith(incomplete)]


RUNTIME = "decide"
"""The target that is no engine: a program that decides by the policy itself."""


def exports(incomplete: str) -> list[str]:
    """What policies are exported to whose name begins so."""
    return [*names(incomplete), *(name for name in (RUNTIME,) if name.startswith(incomplete))]


TargetOption = Annotated[
    str,
    typer.Option(
        "--target", help="The engine that enforces the policy.", metavar="T", autocompletion=names
    ),
]


def target_named(name: str, *besides: str) -> Target:
    """The engine of this name.

    Args:
        name: the engine's.
        besides: names that the same option takes for something else.

    Raises:
        UsageError: there is none.
    """
    from policyctl.core.engines.targets import TARGETS
    from policyctl.core.likeness import close_matches

    if name in TARGETS:
        return TARGETS[name]
    others = [*TARGETS, *besides]
    near = close_matches(name, others, n=1, cutoff=0.6)
    meant = f"did you mean '{near[0]}'? " if near else ""
    raise UsageError(
        f"'{name}' is no engine that policies are exported to",
        hint=f"{meant}there are: {', '.join(others)}",
    )
