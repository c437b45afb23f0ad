"""The command line: parse, call one use case, print one report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

from policyctl.errors import PolicyctlError

_INTERRUPTED = 130


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    from policyctl.cli.app import app
    from policyctl.cli.options import Format
    from policyctl.cli.output import print_error

    debug = "--debug" in arguments
    wants_json = "--format=json" in arguments or ("--format", "json") in pairwise(arguments)
    try:
        app(args=list(arguments), prog_name="policyctl")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except PolicyctlError as error:
        if debug:
            raise
        command = next((word for word in arguments if not word.startswith("-")), "")
        print_error(error, command, Format.JSON if wants_json else Format.TEXT)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if debug:
            raise
        from policyctl.render.lines import clean

        said = clean(f"{type(error).__name__}: {error}")
        sys.stderr.write(
            f"policyctl: this is a bug in policyctl ({said})\n"
            "  = run it again with --debug, and report what it prints\n"
        )
        return 2
    return 0
