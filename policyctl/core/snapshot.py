"""The governed files of one commit, and what their names and modes alone give away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policyctl.core import paths
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen
from policyctl.core.portable_names import problem_elsewhere
from policyctl.errors import NotJudgedError

REGULAR = "100644"


@frozen
class File:
    """One file of a commit.

    Attributes:
        mode: git's mode, such as ``100644``.
        content: the exact bytes; None where the file is not a regular one, is too large, or has
            no place here.
        too_large: whether it has more bytes than any governed file needs.
    """

    mode: str
    content: bytes | None
    too_large: bool = False


Snapshot = Mapping[str, File]
"""Files by their path from the top of the repository."""


def violation(
    code: str, message: str, *, file: str = "", policy: str = "", entry: int = 0, hint: str = ""
) -> Finding:
    """A finding of the verification: something that must not be so in a ledger."""
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        hint=hint,
        file=file,
        policy=policy,
        entry=entry,
    )


def content_of(snapshot: Snapshot, path: str) -> bytes | None:
    """The bytes at ``path``, or None if there is no regular file."""
    file = snapshot.get(path)
    return file.content if file else None


def check_names(snapshot: Snapshot) -> Iterator[Finding]:
    """Findings about modes, look-alikes, collisions and files that do not belong."""
    folded: dict[str, str] = {}
    for path, file in sorted(snapshot.items()):
        is_plain = path.isascii() and path.isprintable()
        usual = is_plain and file.mode == REGULAR and not file.too_large
        shown = "" if usual else ascii(path)[1:-1]
        if file.mode != REGULAR:
            message = f"{shown} has mode {file.mode}: a governed file is a plain file (100644)"
            yield violation("BAD_FILE_MODE", message, file=shown)
        if file.too_large:
            message = f"{shown} is larger than any governed file needs to be"
            yield violation("FILE_TOO_LARGE", message, file=shown)
        if not is_plain:
            message = f"{shown} is not plain ASCII, so it may look like another file"
            yield violation("PATH_NON_ASCII", message, file=shown)
            continue
        problem = problem_elsewhere(path)
        if problem:
            message = f"{path} {problem}: it is not the same file on every system"
            yield violation("PATH_NOT_PORTABLE", message, file=path, hint="remove or rename it")
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            message = f"{path} and {other} are one file where case does not count"
            yield violation("PATH_COLLISION", message, file=path)
        elif _is_stray(path):
            message = f"{path} has no place in a governed repository"
            yield violation("PATH_UNEXPECTED", message, file=path, hint="remove or rename it")


def _is_stray(path: str) -> bool:
    if paths.place_of(path) is not None or path.startswith(paths.SCHEMAS):
        return False
    if path.startswith(paths.POLICIES):
        # Notes for people may stand beside the policies.
        return path.casefold().endswith((".yaml", ".yml", ".json"))
    return path.casefold().startswith((paths.HOME, paths.POLICIES))


def require_governed(files: Iterable[str]) -> None:
    """Raise `NotJudgedError` where a commit has no file that could be judged."""
    if not any(path.startswith((paths.HOME, paths.POLICIES)) for path in files):
        raise NotJudgedError(
            "nothing here is governed: the commit has neither policies/ nor .policyctl/",
            hint="run 'policyctl init'",
        )
