"""Where a finding stands, as SARIF writes it, and what makes it the same finding tomorrow."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from policyctl.core.finding import Finding, Span
from policyctl.render.source_rows import source_rows

_LINE = re.compile(r"\bline [0-9]+")


def artifact_location(file: str, base: str) -> dict[str, object]:
    """A file's URI, percent-encoded; one that is not absolute is relative to ``base``."""
    uri = quote(file, safe="/", errors="surrogateescape")
    return {"uri": f"file://{uri}"} if file.startswith("/") else {"uri": uri, "uriBaseId": base}


def region(span: Span, source: str | None) -> dict[str, object]:
    """The span with columns in UTF-16 code units, in which an emoji counts twice.

    Args:
        span: lines and columns from 1, in characters; the end is exclusive, as it is in SARIF.
        source: the file's text; without it the columns stay in characters.
    """
    lines = source_rows(source) if source is not None else ()
    return {
        "startLine": span.line,
        "startColumn": _column(lines, span.line, span.column),
        "endLine": span.end_line,
        "endColumn": _column(lines, span.end_line, span.end_column),
    }


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """A digest for each finding that stays when lines are added above it.

    It covers what the finding says of which file, without the numbers of lines. Where a file has
    the same finding several times, they are told apart by their order.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        said = _LINE.sub("line", finding.message)
        about = f"{finding.code}\0{finding.file}\0{finding.policy}\0{said}"
        seen[about] += 1
        text = f"{about}\0{seen[about]}"
        yield hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _column(lines: tuple[str, ...], line: int, column: int) -> int:
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    units = len(before.encode("utf-16-le", "surrogatepass")) // 2
    return column + units - len(before)
