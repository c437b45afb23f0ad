"""Whether a policy file differs from the one before by its stage alone, told by that one's digest.

The bytes before are in no tree any more. A promotion and a way back change one word, so putting the
old word back has to give them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from policyctl.core.chain import Recorded
from policyctl.core.finding import Finding
from policyctl.core.named_action import is_move
from policyctl.core.snapshot import violation

_MOST = 32
"""Places that are tried: the right one comes first, the others are prose and names of gates."""


def check_moved(path: str, content: bytes, last: Recorded) -> Iterator[Finding]:
    """Findings about a move that changed more of the file than the stage.

    Args:
        path: the policy's file.
        content: its bytes, which are what the entry recorded.
        last: the last entry of the policy.
    """
    entry = last.entry
    if not is_move(entry.action) or entry.source is None or entry.target is None:
        return
    if came_from(content, entry.before or "", entry.source.value, entry.target.value):
        return
    yield violation(
        "ENTRY_MISNAMED",
        f"entry {entry.seq} of '{entry.policy}' is called '{entry.action.value}' and changes more "
        f"of {path} than the stage",
        file=path,
        policy=entry.policy,
        entry=entry.seq,
        hint="take it back; record what it changes besides as an edit of its own",
    )


def came_from(content: bytes, before: str, source: str, target: str) -> bool:
    """True if a file with one word put back has a digest.

    Args:
        content: the file after the move.
        before: sha256 of the file before it.
        source: the stage before it.
        target: the stage after it.
    """
    for at, _ in zip(_places(content, target.encode()), range(_MOST), strict=False):
        found = hashlib.sha256(content[:at])
        found.update(source.encode())
        found.update(content[at + len(target) :])
        if found.hexdigest() == before:
            return True
    return False


def _places(content: bytes, word: bytes) -> Iterator[int]:
    """Where a word stands: behind ``stage:`` first, then anywhere."""
    likely = re.compile(rb"""(?m)^stage[ \t]*:[ \t]*["']?(?=""" + re.escape(word) + rb")")
    yield from (match.end() for match in likely.finditer(content))
    yield from (match.start() for match in re.finditer(re.escape(word), content))
