"""Command lines that are understood without loading Typer, which would double the start.

Only what hooks, servers and git itself call is called often enough to matter: ``validate`` with
every commit, ``verify`` with every pull request, the drivers for every file that git shows. What is
not understood here goes to Typer; what is, means the same to both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyctl.cli.formats import FindingsFormat, Format

_COMPLETION = "_POLICYCTL_COMPLETE"
_PINS = ("POLICYCTL_PIN", "POLICYCTL_ROOT")
_REVISIONS = ("--rev", "--base")
_DRIVERS = ("textconv", "diff")


def plain_validation(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[list[str], FindingsFormat] | None:
    """The files and the format of a ``validate`` without other options; None for all else."""
    if arguments[:1] != ["validate"] or _COMPLETION in environment:
        return None
    files: list[str] = []
    formats: list[str] = []
    rest = iter(arguments[1:])
    for word in rest:
        if word == "--format":
            formats.append(next(rest, ""))
        elif word.startswith("--format="):
            formats.append(word.removeprefix("--format="))
        elif word.startswith("-"):
            return None
        else:
            files.append(word)
    known = {form.value: form for form in FindingsFormat}
    wanted = formats or [FindingsFormat.TEXT.value]
    if len(wanted) > 1 or wanted[0] not in known:
        return None
    return files, known[wanted[0]]


def plain_driver(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[str, Sequence[str]] | None:
    """The driver that git runs for a file, and what it is given; None for all else."""
    if arguments[:1] != ["hook"] or _COMPLETION in environment:
        return None
    name, given = "".join(arguments[1:2]), arguments[2:]
    if given[:1] == ["--"]:
        given = given[1:]
    elif any(word.startswith("-") for word in given):
        return None
    if name not in _DRIVERS or not given:
        return None
    return (name, given) if name == "diff" or len(given) == 1 else None


def plain_verification(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[str, str, Format] | None:
    """The commit, its base (or empty) and the format of a ``verify`` without other options.

    None for all else, and where the environment names a pin, which Typer reads.
    """
    unlike = _COMPLETION in environment or any(name in environment for name in _PINS)
    if arguments[:1] != ["verify"] or unlike:
        return None
    given: dict[str, str] = {}
    rest = iter(arguments[1:])
    for word in rest:
        name, equals, value = word.partition("=")
        if name not in (*_REVISIONS, "--format") or name in given:
            return None
        given[name] = value if equals else next(rest, "")
        if not given[name] or given[name].startswith("-"):
            return None
    known = {form.value: form for form in Format}
    form = known.get(given.get("--format", Format.TEXT.value))
    return None if form is None else (given.get("--rev", "HEAD"), given.get("--base", ""), form)
