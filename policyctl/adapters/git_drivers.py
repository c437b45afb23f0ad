"""The commands with which git shows policies in policy terms, in the settings of one clone.

The repository names the driver in its ``.gitattributes``; what the name runs stands in the user's
own settings alone, so that a repository which somebody else wrote runs nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from policyctl.adapters.git_location import GitLocation, find
from policyctl.adapters.git_process import GitProcess
from policyctl.adapters.own_program import own_program
from policyctl.core.layout import ATTRIBUTES, DRIVER_ATTRIBUTE
from policyctl.errors import PolicyctlError, RepositoryError

_MOST_BYTES = 1024 * 1024
# Git ends a whole comparison where a driver fails, so each falls back to what git itself would do.
# It hands over names as the repository has them, and one may begin like an option.
_SHOWING = 'f() {{ {program} -I -m policyctl hook textconv -- "$1" 2>/dev/null || cat <"$1"; }}; f'
_COMPARING = (
    'f() {{ {program} -I -m policyctl hook diff -- "$@" 2>/dev/null || '
    'git --no-pager diff --no-index --no-ext-diff -- "$2" "$5" </dev/null; true; }}; f'
)


def set_up_drivers(location: GitLocation) -> None:
    """Tell git, in this clone, how policies are shown and compared.

    Raises:
        RepositoryError: this policyctl cannot be started by git, or the settings not be written.
    """
    process = GitProcess(location)
    file = str(location.common_dir / "config")
    for name, value in driver_commands(own_program()).items():
        process.run("config", "--file", file, "--replace-all", name, value)


def driver_commands(program: str) -> dict[str, str]:
    """What git runs, by setting, for an interpreter that is quoted for a shell."""
    return {
        "diff.policyctl.textconv": _SHOWING.format(program=program),
        "diff.policyctl.command": _COMPARING.format(program=program),
    }


def declare_driver(location: GitLocation) -> bool:
    """Name the driver in the repository's ``.gitattributes``; whether that was still to be done.

    Raises:
        RepositoryError: the file is a link, too long, or cannot be read or written.
    """
    file = location.work_tree / ATTRIBUTES
    try:
        known = _known(file)
        if any(line.strip() == DRIVER_ATTRIBUTE for line in known.splitlines()):
            return False
        beside = file.with_name(f".gitattributes.policyctl-{os.getpid()}")
        ended = known if known.endswith("\n") or not known else known + "\n"
        beside.write_text(f"{ended}{DRIVER_ATTRIBUTE}\n", encoding="utf-8", newline="")
        beside.replace(file)
    except (OSError, UnicodeDecodeError) as error:
        raise RepositoryError(f"cannot add to {file}: {error}") from error
    return True


def _known(file: Path) -> str:
    if file.is_symlink():
        raise RepositoryError(f"{file} is a link, and stays as it is")
    if not file.exists():
        return ""
    if file.stat().st_size > _MOST_BYTES:
        raise RepositoryError(f"{file} is too long to be what git reads")
    return file.read_bytes().decode("utf-8")


def wants_colour(start: str, *, terminal: bool) -> bool:
    """Whether git would colour a comparison.

    Args:
        start: a folder of the repository.
        terminal: whether somebody looks at what is printed.
    """
    if os.environ.get("NO_COLOR"):
        return False
    try:
        process = GitProcess(find(Path(start)))
        asked = ("config", "--get-colorbool", "color.diff", "true" if terminal else "false")
        return process.text(*asked, as_user=True) == "true"
    except PolicyctlError:
        return False
