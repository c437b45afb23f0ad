"""The reason for a change: from the command line, or from the user's editor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from policyctl.cli.formats import Format

if TYPE_CHECKING:
    from pathlib import Path

    from policyctl.cli.workplace import Workplace
    from policyctl.render.lines import Line

TO_COME = "to be written"
"""Stands for the reason while it is not known yet; nothing is recorded with it."""
_ASK = (
    "Why? What you write above becomes one line of an entry, which is signed and stays.",
    "Lines that begin with '#' are left out; an empty text changes nothing.",
    "",
)


@contextmanager
def reason(
    given: str | None,
    preview: Callable[[str], Sequence[Line]],
    *,
    dry_run: bool,
    form: Format = Format.TEXT,
    folder: Path | None = None,
) -> Iterator[str]:
    """The reason, for the time in which it is used; what was typed outlives an error in it.

    Args:
        given: what the command line says, or None.
        preview: what would happen, for the one who writes the reason; it is given a stand-in.
        dry_run: whether nothing is to be recorded, for which nobody has to write.
        form: how the report is printed: a program that reads JSON types no reasons.
        folder: a folder of the repository; None for the present one.

    Raises:
        UsageError: nobody can be asked, or nothing was written.
    """
    if given is not None:
        yield given
        return
    from pathlib import Path

    from policyctl.adapters.editor import TypedFile
    from policyctl.adapters.git_location import find
    from policyctl.cli.terminal import somebody_is_there
    from policyctl.core.typed_text import template, typed
    from policyctl.errors import UsageError
    from policyctl.render.lines import plain

    if dry_run or form is not Format.TEXT or not somebody_is_there():
        raise UsageError(
            "there is no --rationale",
            hint="--rationale 'why, in one line'; on a terminal, an editor opens without it",
        )
    about = [*_ASK, *plain(preview(TO_COME)).splitlines()]
    file = TypedFile(find(folder or Path.cwd()).git_dir)
    text = typed(file.ask(template(about)))
    if not text:
        file.discard()
        raise UsageError("nothing was written, so nothing was changed")
    file.keep(f"{text}\n")
    try:
        yield text
    except BaseException:
        sys.stderr.write(f"policyctl: what you wrote is kept in {file.path}\n")
        raise
    file.discard()


def differences(policies: Sequence[str], hands: Workplace) -> list[Line]:
    """What the working tree changes in policies, in policy terms."""
    from datetime import UTC, datetime
    from pathlib import Path

    from policyctl.adapters.diff_sides import DiffSides
    from policyctl.adapters.ssh_verification import verify
    from policyctl.core.paths import policy_path
    from policyctl.render.text.diff import policy_lines
    from policyctl.usecases.diff import compare
    from policyctl.usecases.memo import ledger_memo

    with DiffSides(Path.cwd(), ledger_memo(hands.documents, verify, "").judge) as found:
        comparison = compare(
            found.commit("HEAD"),
            found.working_tree(),
            documents=hands.documents,
            now=datetime.now(UTC),
            only=[policy_path(policy) for policy in policies],
            governs=False,
        )
    return [row for item in comparison.policies for row in (*policy_lines(item, None), ())]
