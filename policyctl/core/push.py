"""What a server refuses of a push before it looks into any ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO

from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.snapshot import violation
from policyctl.errors import UsageError

HEADS = "refs/heads/"
CHECKPOINTS = "refs/tags/policyctl/checkpoint/"
_LONGEST = 4096
_MOST = 10_000
_REPLACEMENTS = "refs/replace/"
_UPDATE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs/[^\0\n]+)\Z")


@frozen
class RefUpdate:
    """One ref that a push makes, moves or deletes.

    Attributes:
        old: the id that the ref had; only zeros if it is new.
        new: the id that it shall have; only zeros if it is deleted.
        ref: its full name.
    """

    old: str
    new: str
    ref: str

    @property
    def creates(self) -> bool:
        """True if the ref is new."""
        return not self.old.strip("0")

    @property
    def deletes(self) -> bool:
        """True if the ref would be gone."""
        return not self.new.strip("0")


def parse_update(line: str) -> RefUpdate | None:
    """The update that a line of a hook's input names, or None if it is no such line."""
    match = _UPDATE.match(line)
    if match is None or len(match[1]) != len(match[2]):
        return None
    return RefUpdate(old=match[1], new=match[2], ref=match[3])


def read_updates(stream: IO[bytes]) -> tuple[RefUpdate, ...]:
    """The updates that git writes to a hook, one a line.

    Raises:
        UsageError: there are none, too many, or a line is no update.
    """
    updates: list[RefUpdate] = []
    while line := stream.readline(_LONGEST + 1):
        found = parse_update(line.decode("utf-8", "surrogateescape").removesuffix("\n"))
        if found is None or len(line) > _LONGEST:
            raise UsageError("standard input has a line that is not 'old new ref'")
        if len(updates) == _MOST:
            raise UsageError(f"the push has more than {_MOST} refs", hint="push fewer at once")
        updates.append(found)
    if not updates:
        raise UsageError("standard input names no ref", hint="git runs this hook with each push")
    return tuple(updates)


def covers(branches: Iterable[str], ref: str) -> bool:
    """True if a ref is one of these branches; ``release/*`` stands for all below ``release/``.

    Letters of either case are alike, as they are to a file system that may hold the refs.
    """
    name = ref.casefold()
    for branch in branches:
        full = (branch if branch.startswith("refs/") else HEADS + branch).casefold()
        if name == full or (full.endswith("/*") and name.startswith(full[:-1])):
            return True
    return False


def is_checkpoint(ref: str) -> bool:
    """True if a ref is a checkpoint's tag, or the same file where case does not count."""
    return ref.casefold().startswith(CHECKPOINTS)


def check_ref(update: RefUpdate, *, governed: bool) -> Iterator[Finding]:
    """Findings about a ref that may not be moved or deleted, whatever it names.

    Args:
        update: what the push asks for.
        governed: whether the ref is a branch that the server governs.
    """
    ref = update.ref
    if governed and update.deletes:
        yield violation(
            "BRANCH_DELETED",
            f"the branch '{ref.removeprefix(HEADS)}' is governed and cannot be deleted",
            hint="whoever runs the server can: its hook does not see what is done there",
        )
    elif ref.startswith(CHECKPOINTS) and not update.creates:
        done = "deleted" if update.deletes else "moved"
        yield violation(
            "CHECKPOINT_TAG_MOVED",
            f"the checkpoint tag '{ref.removeprefix('refs/tags/')}' cannot be {done}",
            hint="make the next checkpoint",
        )
    elif is_checkpoint(ref) and not ref.startswith(CHECKPOINTS) and not update.deletes:
        yield violation(
            "CHECKPOINT_TAG_MOVED",
            f"{ascii(ref)[1:-1]} is a checkpoint tag where the case of letters does not count",
            hint="give the tag another name",
        )
    elif ref.startswith(_REPLACEMENTS) and not update.deletes:
        yield violation(
            "REPLACEMENT_PUSHED",
            f"{ref} would make git show other objects than those that are verified",
            hint="push the objects that you mean",
        )


def branch_absent(governed: Iterable[str]) -> Finding:
    """The finding about policies on a branch, while none of the governed ones is there."""
    names = ", ".join(f"'{name.removeprefix(HEADS)}'" for name in governed)
    return violation(
        "GOVERNED_BRANCH_ABSENT",
        f"the push brings policies, and what this server governs, {names}, is not there",
        hint="push that branch first; or on the server, name the one that is meant: "
        "git config policyctl.branch main",
    )


def ledger_missing() -> Finding:
    """The finding about a governed branch that comes into being without a ledger."""
    return violation(
        "LEDGER_MISSING",
        "the branch is governed here, and what is pushed has no .policyctl/",
        hint="run 'policyctl init' before the first push",
    )
