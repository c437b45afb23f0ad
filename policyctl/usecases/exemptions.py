"""What is exempted from the rules, and by what; a range of commits cannot exempt itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from policyctl.core.document import Document
from policyctl.core.finding import Finding
from policyctl.core.suppressions import Identity, Suppressed, suppressed, suppressions
from policyctl.errors import InputError
from policyctl.usecases.lint_reading import Surroundings
from policyctl.usecases.ports import History
from policyctl.usecases.selection import ABOUT_POLICIES

T = TypeVar("T")


def what_counts(
    file: str,
    content: bytes | None,
    read: Callable[[bytes | None], T],
    history: History | None,
) -> T:
    """What a file that exempts from rules says; with a range, what it said before the range.

    The present version is read in any case, so that mistakes in it are told.

    Args:
        file: its name, as findings show it.
        content: its bytes, or None if it is not there.
        read: what the bytes mean; without any, nothing is exempted.
        history: the range, or None.

    Raises:
        InputError: the present version cannot be read.
    """
    present = read(content)
    if history is None:
        return present
    try:
        return read(history.before(file))
    except InputError:
        # What could not be read then exempted nobody, and the range may be what mends it.
        return read(None)


def without_suppressed(
    document: Document, findings: Iterable[Finding], around: Surroundings
) -> Suppressed:
    """What a document's suppressions leave of its findings."""
    among, malformed = suppressions(document, ABOUT_POLICIES)
    left = suppressed(
        findings,
        among,
        document=document,
        ran=around.about_policies,
        now=around.now,
        before=_before(document.file, around) if among else None,
    )
    return Suppressed(findings=left.findings, count=left.count, own=(*malformed, *left.own))


def _before(file: str, around: Surroundings) -> Collection[Identity] | None:
    """The suppressions that the file had before the range, or None without a range."""
    if around.history is None:
        return None
    content = around.history.before(file)
    if content is None:
        return ()
    document, problems = around.documents.parse(content, file)
    if document is None or problems:
        return ()
    return {one.identity for one in suppressions(document, ABOUT_POLICIES)[0]}
