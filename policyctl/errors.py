"""Every error that policyctl raises on purpose, with the exit code it ends in.

    PolicyctlError            2   wrong use, or the run could not be done
    ├── UsageError            2   the command line asks for something that cannot be
    ├── InputError            2   a file cannot be read as what it should be
    │   └── DocumentError     2   a YAML or JSON document has findings that stop the run
    ├── RepositoryError       2   the git repository is missing or in the wrong state
    ├── SigningError          2   no signature could be made
    ├── SignatureError        2   bytes that claim to be a signature are not one
    ├── RefusedError          1   the change is understood, and governance says no
    ├── NotJudgedError        3   the question could not be answered with what is there
    └── TamperingError        4   the ledger does not verify, so nothing is built upon it

A broken *policy* is a finding, not an error; a broken *run* is an error.
"""

from __future__ import annotations

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.core.finding import Finding


class PolicyctlError(Exception):
    """A run that could not be done: one sentence, and the next step where there is one."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PolicyctlError):
    """The command line asks for something that cannot be."""


class InputError(PolicyctlError):
    """A file cannot be read as what it should be."""


class DocumentError(InputError):
    """A document has findings that stop the run."""

    def __init__(self, message: str, findings: tuple[Finding, ...], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = findings


class RepositoryError(PolicyctlError):
    """The git repository is missing or in the wrong state."""


class SigningError(PolicyctlError):
    """No signature could be made."""


class SignatureError(PolicyctlError):
    """Bytes that claim to be a signature, or a public key, are not one."""


class RefusedError(PolicyctlError):
    """The change is understood, and governance says no."""

    exit_code = 1


class NotJudgedError(PolicyctlError):
    """The question could not be answered with what is there."""

    exit_code = 3


class TamperingError(PolicyctlError):
    """The ledger does not verify, so nothing is built upon it."""

    exit_code = 4
