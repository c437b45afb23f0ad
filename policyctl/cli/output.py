"""Printing: reports to standard output, everything else to standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence

from policyctl.cli.options import Format
from policyctl.errors import DocumentError, PolicyctlError
from policyctl.render.lines import Line, drawn, plain

_NARROWEST = 40

Draw = Callable[[int | None], Sequence[Line]]
"""A report as lines, given the terminal's width (None where nothing has to fit)."""


def emit(draw: Draw, data: Callable[[], str], form: Format) -> None:
    """Print a report in the format that was asked for."""
    if form is Format.JSON:
        sys.stdout.write(data())
    else:
        sys.stdout.write(_text(draw, coloured=is_coloured()))
    sys.stdout.flush()


def write(lines: Sequence[Line]) -> None:
    """Print lines of a report that is told as it happens."""
    sys.stdout.write(drawn(lines, width()) if is_coloured() else plain(lines))
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


def _text(draw: Draw, *, coloured: bool) -> str:
    if not coloured:
        return plain(draw(None if not sys.stdout.isatty() else width()))
    return drawn(draw(width()), width())


def width() -> int:
    """The terminal's width in columns; 80 where there is none."""
    return max(shutil.get_terminal_size((80, 24)).columns, _NARROWEST)


def is_coloured() -> bool:
    """True if standard output takes colours, or the user insists (NO_COLOR, FORCE_COLOR)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
