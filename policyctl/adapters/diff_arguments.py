"""What the arguments of a comparison mean: as with git, revisions come first, then paths."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from policyctl.adapters.diff_sides import DiffSides, file_side
from policyctl.core.frozen import frozen
from policyctl.errors import UsageError
from policyctl.usecases.diff_pairs import Side, bare
from policyctl.usecases.ports import Documents

_TWO = 2


@frozen
class Asked:
    """What is compared.

    Attributes:
        only: files and folders from the top of the repository; none for all.
        governs: whether governance judges the step from one side to the other.
    """

    before: Side
    after: Side
    only: tuple[str, ...] = ()
    governs: bool = True


def two_files(arguments: Sequence[str], here: Path) -> Asked:
    """Two files, whatever git knows of them.

    Raises:
        UsageError: there are not two arguments.
        InputError: a file cannot be read.
    """
    if len(arguments) != _TWO:
        raise UsageError("--no-index compares exactly two files")
    before, after = arguments
    return Asked(
        before=file_side(before, here, after), after=file_side(after, here, after), governs=False
    )


def against_baselines(
    arguments: Sequence[str], found: DiffSides, here: Path, documents: Documents
) -> Asked:
    """The policies of a commit or of the working tree, against what their baselines alone give."""
    revisions, only = _parted(arguments, found, here)
    if len(revisions) > 1:
        raise UsageError("--baseline looks at one revision, or at the working tree")
    after = found.commit(revisions[0]) if revisions else found.working_tree()
    return Asked(before=bare(after, documents), after=after, only=only, governs=False)


def two_sides(
    arguments: Sequence[str], found: DiffSides, here: Path, *, staged: bool, fork: bool
) -> Asked:
    """Two revisions, one and the index, or one and the working tree.

    Args:
        arguments: revisions, then paths.
        found: the sides that the repository offers.
        here: the present folder, to which paths are relative.
        staged: compare with the index.
        fork: start from the commit at which the branch left the first revision.

    Raises:
        UsageError: there are too many revisions, or something is neither a revision nor a path.
    """
    revisions, only = _parted(arguments, found, here)
    base, dots, head = _ranged(revisions)
    fork = fork or dots == "..."
    if staged and head:
        raise UsageError("--staged compares one revision with the index")
    uncommitted = found.index if staged else found.working_tree
    after = found.commit(head) if head else uncommitted()
    before = found.fork(base, head or "HEAD") if fork else found.commit(base)
    return Asked(before=before, after=after, only=only)


def _ranged(revisions: Sequence[str]) -> tuple[str, str, str]:
    """Base, dots and head; no head stands for what is not committed."""
    if len(revisions) == 1:
        for dots in ("...", ".."):
            base, found, head = revisions[0].partition(dots)
            if found:
                return base or "HEAD", dots, head or "HEAD"
    base, head = (*revisions, "HEAD", "")[:2] if not revisions else (*revisions, "")[:2]
    return base, "", head


def _parted(
    arguments: Sequence[str], found: DiffSides, here: Path
) -> tuple[list[str], tuple[str, ...]]:
    revisions: list[str] = []
    names: list[str] = []
    for argument in arguments:
        if not names and len(revisions) < _TWO and _is_revision(argument, found):
            revisions.append(argument)
        elif (here / argument).exists() or argument.endswith(".yaml"):
            names.append(_from_top(argument, here, found.location.work_tree))
        else:
            raise UsageError(
                f"{argument!r} is neither a revision nor a file here",
                hint="revisions come first, then files: policyctl diff main policies/chat.yaml",
            )
    if len(revisions) > 1 and any(".." in name for name in revisions):
        raise UsageError("a range such as BASE...HEAD stands alone")
    return revisions, tuple(names)


def _is_revision(text: str, found: DiffSides) -> bool:
    for dots in ("...", ".."):
        base, is_range, head = text.partition(dots)
        if is_range:
            return all(not part or found.is_revision(part) for part in (base, head))
    return found.is_revision(text)


def _from_top(name: str, here: Path, top: Path) -> str:
    path = Path(os.path.normpath(here.resolve() / name))
    try:
        return path.relative_to(top.resolve()).as_posix()
    except ValueError as error:
        raise UsageError(f"{name} lies outside the repository {top}") from error
