"""What git runs to show policies: one reads as text what is in force, one compares two files.

Both are called for each file, so nothing is imported here that they do not need. What they cannot
show ends with an error, upon which the command that git was given shows the file as it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from policyctl.adapters.document_bytes import read
from policyctl.adapters.plain_paths import here
from policyctl.adapters.working_governance import WorkingGovernance, governed_above
from policyctl.errors import InputError, UsageError

if TYPE_CHECKING:
    from policyctl.render.patch import Blob
    from policyctl.usecases.diff import Comparison

_NOTHING = "/dev/null"
_UNMERGED = 1
_PLAIN = 7
_RENAMED = 9
_MOST_BYTES = 256 * 1024
"""Of one side: comparing lines takes time that grows faster than their number."""


def show_in_force(arguments: Sequence[str]) -> int:
    """Print what a policy file puts in force, or the file as it is where that cannot be told.

    Args:
        arguments: what git gives a command that makes text of a file: the file.
    """
    [file] = arguments
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.output import write_bytes
    from policyctl.core.in_force import lines_in_force
    from policyctl.errors import PolicyctlError
    from policyctl.render.lines import line, plain
    from policyctl.usecases.reading import read_document

    content = read(file, file=file)
    governance = WorkingGovernance(governed_above(here()))
    try:
        reading = read_document(
            content, file=file, documents=YamlDocuments(), governance=governance
        )
    except PolicyctlError:
        reading = None
    if reading is None or reading.effective is None:
        write_bytes(content)
    else:
        write_bytes(plain([line(text) for text in lines_in_force(reading.effective)]).encode())
    return 0


def show_difference(arguments: Sequence[str]) -> int:
    """Print what changes between two files in policy terms, then the patch.

    Args:
        arguments: what git gives a command that compares: path, old file, id and mode, new file,
            id and mode; of a renamed file also its new path and the lines about it; of a file
            with conflicts its path alone.
    """
    from policyctl.cli.output import write_bytes

    if len(arguments) == _UNMERGED:
        write_bytes(f"* Unmerged path {arguments[0]}\n".encode("utf-8", "surrogateescape"))
        return 0
    if len(arguments) not in (_PLAIN, _RENAMED):
        raise UsageError("git calls this with 1, 7 or 9 arguments")
    from policyctl.render.lines import drawn, plain
    from policyctl.render.patch import render as as_patch
    from policyctl.render.text.git_diff import render as as_text

    name, new_name, extended = arguments[0], arguments[0], ""
    if len(arguments) == _RENAMED:
        new_name, extended = arguments[7:]
    before = _side(name, *arguments[1:4])
    after = _side(new_name, *arguments[4:7])
    coloured, columns = _terminal()
    lines = as_text(_comparison(before, after), columns)
    said = drawn(lines, columns) if coloured else plain(lines)
    write_bytes(said.encode() + as_patch(before, after, extended=extended, coloured=coloured))
    return 0


def _side(name: str, file: str, oid: str, mode: str) -> Blob:
    from policyctl.adapters.object_ids import blob_id
    from policyctl.render.patch import Blob

    if file == _NOTHING:
        return Blob(name=name, content=None, mode=mode, oid="0" * 40)
    content = read(file, file=name)
    if len(content) > _MOST_BYTES:
        raise InputError(f"{name} is too long to be compared here", hint="git diff --no-ext-diff")
    known = oid if oid.strip("0") else blob_id(content, len(oid))
    return Blob(name=name, content=content, mode=mode, oid=known)


def _comparison(before: Blob, after: Blob) -> Comparison:
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.usecases.diff import compare
    from policyctl.usecases.diff_pairs import Side

    governance = WorkingGovernance(governed_above(here()))

    def side(blob: Blob) -> Side:
        # Under one name: git has decided already that the two belong together.
        files = {} if blob.content is None else {after.name: blob.content}
        return Side(name=blob.name, files=files, governance=governance)

    return compare(
        side(before),
        side(after),
        documents=YamlDocuments(),
        now=datetime.now(UTC),
        governs=False,
    )


def _terminal() -> tuple[bool, int]:
    """Whether git would colour its own output here, and how many columns there are."""
    from policyctl.adapters.git_drivers import wants_colour
    from policyctl.cli.terminal import width

    seen = sys.stdout.isatty() or os.environ.get("GIT_PAGER_IN_USE") in ("1", "true")
    return wants_colour(here(), terminal=seen), width()


DRIVERS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "textconv": show_in_force,
    "diff": show_difference,
}
"""What git runs, by the name under which it asks for it."""
