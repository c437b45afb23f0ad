"""Opens a compiled policy: a file, or its bytes."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from policyctl.core.compiled_reading import LARGEST, read_compiled
from policyctl.decide.decider import Decider
from policyctl.errors import InputError, RefusedError


def load(source: str | PathLike[str] | bytes, *, drafts: bool = False) -> Decider:
    """What decides by a compiled policy.

    Args:
        source: the path of a file, or the bytes of one.
        drafts: whether a policy that nobody approved may decide.

    Raises:
        InputError: there is no such file, or it is no compiled policy.
        RefusedError: it is a draft.
    """
    if isinstance(source, bytes):
        return _decider(source, drafts=drafts)
    file = Path(source)
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    try:
        return _decider(content, drafts=drafts)
    except InputError as error:
        raise InputError(f"{file}: {error.message}") from error


def _decider(content: bytes, *, drafts: bool) -> Decider:
    found = read_compiled(content)
    if not found.entry and not drafts:
        raise RefusedError(
            f"'{found.policy.id}' is a draft that nobody approved",
            hint="compile the approved policy, or load it with drafts=True",
        )
    return Decider(found)
