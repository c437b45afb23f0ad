"""How a program that is not a shell of ours starts this policyctl again: a hook, or git itself."""

from __future__ import annotations

import shlex
import subprocess
import sys

from policyctl.errors import RepositoryError


def own_program() -> str:
    """The path of the interpreter, quoted for a shell; with ``-I -m policyctl`` it is policyctl.

    Raises:
        RepositoryError: it does not find policyctl by itself.
    """
    asked = [sys.executable, "-I", "-c", "import policyctl"]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:
        raise RepositoryError(
            f"{sys.executable} does not find policyctl by itself",
            hint="install policyctl in a virtual environment that stays, and run it from there",
        )
    return shlex.quote(sys.executable)
