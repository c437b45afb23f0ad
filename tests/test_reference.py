"""The reference says what the code says: it is made from it. ``UPDATE_GOLDEN=1`` makes it anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import textwrap
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path

import pytest
from typer.core import TyperArgument, TyperGroup

import policyctl
from policyctl import errors
from policyctl.cli.app import COMMANDS, loaded
from policyctl.rules.registry import RULES

CHECKOUT = Path(policyctl.__file__).parent.parent
DOCS = CHECKOUT / "docs"
MADE = "<!-- Made from the code by tests/test_reference.py: UPDATE_GOLDEN=1 makes it anew. -->\n"

if not DOCS.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)


@dataclass(frozen=True)
class Parameter:
    """An argument or option as people type it."""

    name: str
    says: str
    default: str
    is_argument: bool
    required: bool


@dataclass(frozen=True)
class Command:
    """A command with its parameters; a group has none."""

    name: str
    summary: str
    more: str
    parameters: tuple[Parameter, ...]

    @property
    def usage(self) -> str:
        """Such as ``policyctl diff [OPTIONS] [SIDE...]``."""
        words = ["policyctl", self.name, "[OPTIONS]"]
        return " ".join([*words, *(one.name for one in self.parameters if one.is_argument)])


def commands():
    for name in COMMANDS:
        command = loaded(name)
        if isinstance(command, TyperGroup):
            for part, inner in command.commands.items():
                yield described(f"{name} {part}", inner)
        else:
            yield described(name, command)


def described(name, command):
    text = cleandoc(command.help or "").replace("\b", "")
    summary, _, more = text.partition("\n\n")
    parameters = [one for one in command.params if not one.hidden and one.name != "help"]
    return Command(
        name=name,
        summary=" ".join(summary.split()),
        more="\n\n".join(" ".join(part.split()) for part in more.split("\n\n")),
        parameters=tuple(map(parameter, parameters)),
    )


def parameter(one):
    choices = getattr(one.type, "choices", None)
    value = one.metavar or ("|".join(map(str, choices)) if choices else one.type.name.upper())
    if isinstance(one, TyperArgument):
        shown = value.strip("[]{}").removesuffix("...")
        shown = f"{shown}..." if one.nargs != 1 else shown
        name = shown if one.required else f"[{shown}]"
    else:
        names = ", ".join([*one.opts, *one.secondary_opts])
        name = names if one.is_flag or one.count else f"{names} {value}"
        name += " (may be repeated)" if one.multiple else ""
    says = " ".join((one.help or "").split())
    if one.envvar:
        variables = one.envvar if isinstance(one.envvar, list | tuple) else [one.envvar]
        says += f" Default: {', '.join(variables)}."
    return Parameter(
        name=name,
        says=says,
        default=default_of(one),
        is_argument=isinstance(one, TyperArgument),
        required=one.required,
    )


def default_of(one):
    if one.default in (None, "", False, (), []) or callable(one.default) or one.default is Ellipsis:
        return ""
    return str(getattr(one.default, "value", one.default))


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def exit_codes():
    listed = errors.__doc__.partition("\n\n    ")[2].partition("\n\nA broken")[0]
    found = {}
    for line in listed.splitlines():
        name, code, says = re.fullmatch(r"[ │├└─]*(\w+)\s+(\d)\s+(.*)", line).groups()
        assert getattr(errors, name).exit_code == int(code)
        found.setdefault(int(code), []).append(says)
    return found


MEANINGS = {
    0: ("done, or nothing found", "pass"),
    1: ("findings, drift, a gate that is not met, or a change that governance refuses", "fail"),
    2: ("wrong use, or something that cannot be read", "not_judged"),
    3: ("the question could not be answered: evidence is incomplete, a clone is shallow, a "
        "checkpoint is missing, or there is nothing to check", "not_judged"),
    4: ("the ledger does not verify", "fail"),
    130: ("interrupted by Ctrl-C; nothing is half written", ""),
}  # fmt: skip


def commands_page():
    parts = [
        MADE,
        "# Commands\n\nEvery command with its arguments, options and defaults. `--help` says the "
        "same on the terminal, and [`man policyctl`](../man/policyctl.1) where man is.\n"
        "The meaning of exit codes is [on a page of its own](exit-codes.md).\n",
    ]
    for command in commands():
        parts.append(f"\n## policyctl {command.name}\n\n{cell(command.summary)}\n")
        if command.more:
            parts.append(f"\n{cell(command.more)}\n")
        parts.append(f"\n```text\n{command.usage}\n```\n")
        if command.parameters:
            parts.append("\n| | | default |\n| --- | --- | --- |\n")
        for one in command.parameters:
            default = f"`{one.default}`" if one.default else ""
            name = one.name.replace("|", "\\|")
            parts.append(f"| `{name}` | {cell(one.says)} | {default} |\n")
    parts.append(
        "\n## For all commands\n\n| | |\n| --- | --- |\n"
        "| `--version` | prints the version |\n| `--debug` | shows the traceback of an error |\n"
        "| `-h`, `--help` | prints what a command takes |\n"
        "| `--install-completion`, `--show-completion` | for bash, zsh, fish, PowerShell |\n"
        "| `NO_COLOR`, `FORCE_COLOR` | never, or always, print colours |\n"
        "| `COLUMNS` | how wide the terminal is taken to be |\n"
        "| `POLICYCTL_KEY` | the SSH key to sign with |\n"
        "| `POLICYCTL_PIN` | the sha256 that trust root 1 must have |\n"
        "| `POLICYCTL_MEMORY=off`, `POLICYCTL_CACHE=off` | nothing of earlier runs is used |\n"
    )
    return "".join(parts)


def exit_codes_page():
    parts = [
        MADE,
        "# Exit codes\n\nThe same for every command and every format. `--format json` carries the "
        "verdict too, as `status`; a check that could not run never reads as a pass. Whoever stops "
        "reading what is printed, as `head` does, changes neither what is done nor the code.\n\n"
        "| code | means | `status` |\n| --- | --- | --- |\n",
    ]
    for code, (says, status) in MEANINGS.items():
        parts.append(f"| {code} | {says} | {f'`{status}`' if status else ''} |\n")
    parts.append("\nErrors end in these:\n\n| code | because |\n| --- | --- |\n")
    for code, reasons in sorted(exit_codes().items()):
        parts += [f"| {code} | {reason} |\n" for reason in reasons]
    parts.append(
        "\n`evidence` has three answers: met (0), not met (1), not yet decidable (3). `promote` "
        "refuses with 1 in both latter cases. `verify` ends with 1 where only signatures are owed "
        "that a pull request may still get (`--base`), and with 4 for everything else it finds.\n"
    )
    return "".join(parts)


def rules_page():
    parts = [
        MADE,
        f"# Rules\n\n{len(RULES)} rules of `policyctl lint`. Each has a page with examples of what "
        "it finds and what it does not; `policyctl rule CODE` prints it. What an organisation may "
        "set is under [exemptions](../rules/exemptions.md).\n\n"
        "| rule | severity | what is wrong |\n| --- | --- | --- |\n",
    ]
    for rule in sorted(RULES, key=lambda rule: rule.id):
        link = f"[{rule.id}](../rules/{rule.id}.md)"
        if not (DOCS / "rules" / f"{rule.id}.md").exists():
            link = f"[{rule.id}](../rules/reading.md)"
        parts.append(f"| {link} | {rule.severity.name.lower()} | {cell(rule.summary)} |\n")
    return "".join(parts)


def man_page():
    lines = [
        r".\" Made from the code by tests/test_reference.py.",
        f'.TH POLICYCTL 1 "" "policyctl {policyctl.__version__}" "User Commands"',
        ".SH NAME",
        r"policyctl \- change control for GenAI guardrail policies",
        ".SH SYNOPSIS",
        r".B policyctl",
        r"[\-\-debug] \fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        *roff(
            "Keeps guardrail policies as YAML in git: validates, compares and promotes them "
            "through the stages logging, limited and enforce, records owner, approver and "
            "rationale in a signed ledger that anybody can verify, demands evidence from "
            "detection records before anything blocks, and exports what was approved to the "
            "engine that enforces it. "
            "'policyctl demo' plays the whole story in a fresh folder."
        ),
        ".SH COMMANDS",
    ]
    for command in commands():
        lines += [f".SS policyctl {escaped(command.name)}", *roff(command.summary)]
        if command.more:
            lines += [".PP", *roff(command.more)]
        for one in command.parameters:
            lines += [".TP", rf"\fB{escaped(one.name)}\fR"]
            default = f" Default: {one.default}." if one.default else ""
            lines += roff(one.says + default) or [r"\&"]
    lines.append(".SH EXIT STATUS")
    for code, (says, _) in MEANINGS.items():
        lines += [".TP", rf"\fB{code}\fR", *roff(says)]
    lines.append(".SH ENVIRONMENT")
    for name, says in (
        ("POLICYCTL_KEY", "the SSH key to sign with"),
        ("POLICYCTL_PIN", "the sha256 that trust root 1 must have"),
        ("POLICYCTL_MEMORY, POLICYCTL_CACHE", "off: nothing of earlier runs is used"),
        ("NO_COLOR, FORCE_COLOR, COLUMNS", "colours, and the width of the terminal"),
    ):
        lines += [".TP", rf"\fB{name}\fR", *roff(says)]
    lines += [
        ".SH FILES",
        ".TP", r"\fBpolicies/*.yaml\fR", *roff("the policies"),
        ".TP", r"\fB.policyctl/\fR", *roff("trust root, ledger, evidence, baselines, schemas"),
        ".TP", r"\fBpolicyctl.toml\fR", *roff("which rules run, and their limits"),
        ".SH SEE ALSO",
        r".BR git (1),",
        r".BR ssh\-keygen (1)",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def escaped(text):
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return "".join(one if one.isascii() else rf"\[u{ord(one):04X}]" for one in text)


def roff(text):
    lines = []
    for part in filter(None, text.split("\n\n")):
        rows = textwrap.wrap(part, 78, break_on_hyphens=False, break_long_words=False)
        # A line must not begin as a request does.
        rows = [rf"\&{escaped(row)}" if row[0] in ".'" else escaped(row) for row in rows]
        lines += [*([".PP"] if lines else []), *rows]
    return lines


PAGES = {
    "reference/commands.md": commands_page,
    "reference/exit-codes.md": exit_codes_page,
    "reference/rules.md": rules_page,
    "man/policyctl.1": man_page,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says(name):
    made, file = PAGES[name](), DOCS / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        file.write_bytes(made.encode())

    assert file.read_text("utf-8") == made


def test_every_command_and_every_parameter_says_what_it_is_for():
    found = list(commands())

    assert len(found) > len(COMMANDS)
    assert [one.name for one in found if not one.summary] == []
    silent = [f"{one.name} {it.name}" for one in found for it in one.parameters if not it.says]
    assert silent == []


def test_a_man_that_reads_the_page_has_nothing_to_say():
    man = shutil.which("man")
    groff = shutil.which("groff")
    if groff is None and man is None:
        pytest.skip("there is neither groff nor man")
    command = [groff, "-man", "-Tutf8", "-ww", "-z"] if groff else [man, "--warnings", "-l"]
    done = subprocess.run(
        [*command, str(DOCS / "man/policyctl.1")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
