"""The command line: parse, call one use case, print one report."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise

from policyctl.cli.plain import plain_driver, plain_validation, plain_verification
from policyctl.errors import PolicyctlError

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer as Buffer

_INTERRUPTED = 130
_GARBAGE = (100_000, 50)
"""New objects between two searches for garbage among them, and searches before one among the old.

Next to nothing here ends in a cycle, and what does not is freed at once in any case. Python's own
(700, 10) cost `lint` of many files a fifth of its time.
"""


class _Outlet(io.FileIO):
    """A stream that may be left by its reader, as ``head`` does, without harm to the command."""

    def write(self, content: Buffer) -> int:
        """Write; what nobody reads any more is dropped. A full disk is an error, once."""
        try:
            return super().write(content)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if not isinstance(error, BrokenPipeError):
                raise
            return super().write(content)


def run() -> None:
    """The console script."""
    gc.set_threshold(*_GARBAGE)
    sys.stdout, sys.stderr = map(_to_the_end, (sys.stdout, sys.stderr))
    code = main(sys.argv[1:])
    if "duckdb" not in sys.modules:  # it would complain of every object that was never collected
        gc.freeze()  # the interpreter would search all of it once more before it ends
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    # Where the caller closed one of them, the exit code still says how it went.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe that cannot show a character gets its escape, never a failure.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(list(arguments))
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _failed(error, arguments)


def _to_the_end(stream: TextIO) -> TextIO:
    """The stream; where it is no terminal, one that lets the command end as it would anyhow."""
    if not isinstance(stream, io.TextIOWrapper) or stream.isatty():
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Outlet(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        line_buffering=stream.line_buffering,
    )


def _nowhere() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.FileIO(os.open(os.devnull, os.O_WRONLY), "w"))


def _failed(error: Exception, arguments: Sequence[str]) -> int:
    """Say what went wrong; the exit code."""
    if isinstance(error, PolicyctlError):
        from policyctl.cli.formats import Format
        from policyctl.cli.output import print_error

        json = "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
        command = next((word for word in arguments if not word.startswith("-")), "")
        print_error(error, command, Format.JSON if json else Format.TEXT)
        return error.exit_code
    from policyctl.render.lines import clean

    if isinstance(error, OSError):
        what = f"cannot use {error.filename}" if error.filename else "cannot go on"
        sys.stderr.write(clean(f"policyctl: {what}: {error.strerror}") + "\n")
        return 2
    said = clean(f"{type(error).__name__}: {error}")
    sys.stderr.write(
        f"policyctl: this is a bug in policyctl ({said})\n"
        "  = run it again with --debug, and report what it prints\n"
    )
    return 2


def _run(arguments: list[str]) -> int:
    plain = plain_validation(arguments, os.environ)
    if plain is not None:
        from policyctl.cli.validating import validate_files

        return validate_files(*plain)
    asked = plain_verification(arguments, os.environ)
    if asked is not None:
        from policyctl.cli.verifying import verify_revision

        return verify_revision(*asked)
    driver = plain_driver(arguments, os.environ)
    if driver is not None:
        from policyctl.cli.git_drivers import DRIVERS

        name, given = driver
        return DRIVERS[name](given)
    from policyctl.cli.app import app

    app(args=arguments, prog_name="policyctl")
    return 0
