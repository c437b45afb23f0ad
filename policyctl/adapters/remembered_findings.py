"""Findings that were made in an earlier run."""

from __future__ import annotations

import json
from collections.abc import Iterable

from policyctl.adapters.verdicts import FINE, Verdicts
from policyctl.core.finding import Finding, Severity, Span

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

_NAMES = tuple(Finding.__annotations__)


class RememberedFindings:
    """Satisfies `ports.Memory`."""

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts

    def recall(self, name: str, content: bytes) -> tuple[Finding, ...] | None:
        """What was found in a file with this name and content, or None if it was never judged.

        A verdict that cannot be read is none.
        """
        verdict = self._verdicts.of(name, content)
        try:
            return None if verdict is None else findings_from(verdict)
        except (ValueError, TypeError, RecursionError):
            return None

    def keep(self, name: str, content: bytes, findings: Iterable[Finding]) -> None:
        """Remember what was found in a file."""
        self._verdicts.keep(name, content, text_of(findings))


def text_of(findings: Iterable[Finding]) -> bytes:
    """The findings as one line of JSON without its end; `FINE` if there are none."""
    rows = [{name: getattr(finding, name) for name in _NAMES} for finding in findings]
    return json.dumps(rows, separators=(",", ":"), default=_row).encode() if rows else FINE


def _row(span: Span) -> tuple[int, ...]:
    return span.line, span.column, span.end_line, span.end_column


def findings_from(text: bytes) -> tuple[Finding, ...]:
    """The findings that `text_of` wrote."""
    return tuple(_finding(**row) for row in json.loads(text)) if text else ()


def _finding(*, severity: int, span: list[int] | None, at: list[str | int], **rest: Any) -> Finding:
    place = Span(*span) if span else None
    return Finding(severity=Severity(severity), span=place, at=tuple(at), **rest)
