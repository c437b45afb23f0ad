"""All commands, in the order in which ``--help`` lists them; each is loaded when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from policyctl import __version__

COMMANDS: Mapping[str, str] = {
    "demo": "Play the whole story in a fresh repository.",
    "init": "Found a ledger, with a trust root from your SSH key.",
    "new": "Write policies/ID.yaml from a baseline, in 'logging'.",
    "validate": "Check policy files: YAML, schema and meaning. No git, no signatures.",
    "lint": "Check policies against the rules of good governance.",
    "show": "A policy in plain words, or each value with its origin.",
    "diff": "What changes in policy terms: tighter or looser, for whom.",
    "record": "Put new policies, or edits, under change control.",
    "evidence": "Judge a promotion's gate on detection records.",
    "replay": "Decide recorded traffic under two versions of a policy.",
    "promote": "Check the gate, move the stage, and record it, signed.",
    "approve": "Show what will be signed, then sign the pending entries.",
    "demote": "Move policies back to an earlier stage, without evidence.",
    "withdraw": "Take back a pending entry; your edit stays.",
    "void": "Annul a policy's last change, on record.",
    "redact": "Take a rationale out of an entry, as a steward.",
    "retire": "End a policy: its file goes, its trail stays.",
    "status": "The estate at a glance: stages, gates, and whose turn it is.",
    "report": "The estate as one self-contained page for browsers and paper.",
    "log": "The trail: who changed what, when, and why.",
    "verify": "Verify the ledger of a commit, from git objects alone.",
    "checkpoint": "Sign how far the ledger reaches; run it after a merge.",
    "changelog": "The ledger as one page for people.",
    "export": "The approved policy as its engine's configuration.",
    "import": "A policy that means what a running configuration does.",
    "drift": "Compare what an engine runs with what was approved.",
    "coverage": "Policies against control frameworks, gaps first.",
    "rule": "List the rules, or explain one.",
    "codeowners": "CODEOWNERS from governance: who approves which policy.",
    "migrate": "Bring policy files of older schema versions forward.",
    "schema": "Print a JSON Schema, or the names of all.",
    "doctor": "Say whether everything works here, or what to do.",
    "root": "The trust root: who is who, and who must approve what.",
    "records": "Detection records: from engines' logs.",
    "review": "Draw the detections to review, and take verdicts in.",
    "hook": "Hooks and drivers that git runs, and installing them.",
}
"""What ``--help`` and completion say of each command; it is called like its module and function.

A help that loaded all commands for that would take half as long again.
"""


class _Commands(TyperGroup):
    """All commands by name and summary, until one of them is called."""

    def __init__(self, **settings: Any) -> None:
        listed = {name: TyperCommand(name=name, help=text) for name, text in COMMANDS.items()}
        super().__init__(**{**settings, "commands": listed})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, now loaded, and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and loaded(str(command.name)), rest


def loaded(name: str) -> Any:
    """The command, or the group of commands, that is called ``name``, as Typer runs it."""
    part = _application()
    own = f"{name}_" if iskeyword(name) else name
    found = getattr(import_module(f"policyctl.cli.{own}"), own)
    if isinstance(found, typer.Typer):
        part.add_typer(found, name=name)
    else:
        part.command(name)(found)
    group: Any = typer.main.get_command(part)
    return group.commands[name]


def _application(**settings: Any) -> typer.Typer:
    made = typer.Typer(
        help="Change control for GenAI guardrail policies: staged, evidenced, approved, signed.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,
    )
    made.callback()(_options)
    return made


def _version(value: bool) -> None:
    if value:
        typer.echo(f"policyctl {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    pass


app = _application(cls=_Commands)
