"""Findings: what is wrong with a document, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from policyctl.core.frozen import frozen

Path = tuple[str | int, ...]
"""A place in a document: keys and indexes from the top."""


class Severity(IntEnum):
    """How much a finding matters."""

    NOTE = 1
    WARNING = 2
    ERROR = 3


@frozen(kw_only=False, order=True)
class Span:
    """A stretch of one file; lines and columns start at 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@frozen
class Finding:
    """One thing that is wrong.

    Attributes:
        code: the rule's or check's id, such as ``duplicate-key``.
        severity: how much it matters.
        message: what is true, in one lower-case sentence that names the thing.
        hint: what would be right, or empty.
        file: relative path with forward slashes, or empty.
        span: the place in the file, or None where a finding concerns all of it.
        at: the place in the document, or empty.
        policy: the policy's id, or empty.
        entry: the number of the ledger entry it concerns, or 0.
        hidden: whether its line holds what no report may repeat.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    file: str = ""
    span: Span | None = None
    at: Path = ()
    policy: str = ""
    entry: int = 0
    hidden: bool = False


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by file, place and code: the order in which every format shows them."""

    def key(finding: Finding) -> tuple[object, ...]:
        span = finding.span or Span(0, 0, 0, 0)
        place = (finding.file, span.line, span.column, finding.code, finding.message)
        rest = (finding.policy, finding.entry, finding.hint, finding.severity)
        return (*place, *rest, span, pointer(finding.at))

    return tuple(sorted(set(findings), key=key))


def pointer(at: Path) -> str:
    """The place as people read it: ``guardrails[0].sensitivity``."""
    text = ""
    for step in at:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
