"""Printing: reports to standard output, everything else to standard error."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence

from policyctl.cli.formats import Format
from policyctl.cli.terminal import is_coloured, width
from policyctl.errors import DocumentError, PolicyctlError
from policyctl.render.lines import Line, drawn, plain

Draw = Callable[[int | None], Sequence[Line]]
"""A report as lines, given the terminal's width (None where nothing has to fit)."""


def emit(draw: Draw, data: Callable[[], str], form: Format) -> None:
    """Print a report in the format that was asked for."""
    if form is Format.JSON:
        sys.stdout.write(data())
    else:
        sys.stdout.write(text_of(draw))
    sys.stdout.flush()


def write(lines: Sequence[Line], *, wrapped: bool = True) -> None:
    """Print lines of a report that is told as it happens."""
    columns = width() if wrapped else sys.maxsize
    sys.stdout.write(drawn(lines, columns) if is_coloured() else plain(lines))
    sys.stdout.flush()


def write_bytes(content: bytes) -> None:
    """Print a document as it is, in UTF-8 whatever the terminal takes."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content.decode("utf-8"))
    sys.stdout.flush()


def print_error(error: PolicyctlError, command: str, form: Format) -> None:
    """Say what went wrong, where, and what would be right."""
    from policyctl.render.text.findings import finding_lines

    if isinstance(error, DocumentError):
        sys.stderr.write(plain(finding_lines(error.findings, {})))
    lines = [f"policyctl: {error.message}"]
    if error.hint:
        lines.append(f"  = {error.hint}")
    sys.stderr.write(plain([_part(text) for text in lines]))
    if form is Format.JSON:
        from policyctl.render.json.envelope import document

        findings = error.findings if isinstance(error, DocumentError) else ()
        status = "fail" if error.exit_code in (1, 4) else "not_judged"
        said = {"message": error.message, "hint": error.hint}
        sys.stdout.write(document(command, status, findings=findings, error=said))


def _part(text: str) -> Line:
    from policyctl.render.lines import line

    return line(text)


def text_of(draw: Draw) -> str:
    """A report as standard output takes it: in colours, as wide as the terminal, or plain."""
    if not is_coloured():
        return plain(draw(width() if has_width() else None))
    return drawn(draw(width()), width())


def has_width() -> bool:
    """True if a report in text has to fit a terminal, and may draw charts for it."""
    return is_coloured() or sys.stdout.isatty()
