"""The file that holds the findings an estate had when it adopted the rules."""

from __future__ import annotations

from pathlib import Path

from policyctl.adapters.new_file import write_new
from policyctl.adapters.policy_files import replace_file
from policyctl.core.findings_baseline import FindingsBaseline, parse_baseline
from policyctl.errors import InputError

_MAX_BYTES = 64 * 2**20


def read_findings(path: Path, file: str) -> bytes:
    """The bytes of a baseline of findings.

    Args:
        path: where it is.
        file: how messages name it.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        hint = f"policyctl lint --write-baseline {file}"
        raise InputError(f"there is no {file}", hint=hint) from error
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    if len(content) > _MAX_BYTES:
        raise InputError(f"cannot read {file}: it is larger than {_MAX_BYTES // 2**20} MiB")
    return content


def findings_in(content: bytes | None, file: str) -> FindingsBaseline:
    """The baseline of findings in these bytes; an empty one where there are none.

    Raises:
        InputError: they are no such baseline.
    """
    if content is None:
        return FindingsBaseline(file=file)
    try:
        return parse_baseline(content, file)
    except ValueError as error:
        hint = f"policyctl lint --write-baseline {file}"
        raise InputError(f"{file} is no baseline of findings: {error}", hint=hint) from error


def write_findings(path: Path, file: str, content: bytes) -> None:
    """Write a baseline of findings, or replace an older one.

    Raises:
        InputError: something else stands there, or it cannot be written.
    """
    if not path.exists():
        write_new(path, content)
        return
    try:
        findings_in(read_findings(path, file), file)
    except InputError as error:
        raise InputError(error.message, hint="nothing was written: name another file") from error
    replace_file(path, content)
