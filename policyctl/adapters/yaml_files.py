"""Reads YAML files strictly: what two readers could understand differently is a finding."""

from __future__ import annotations

from pathlib import Path

from policyctl.adapters.yaml_limits import MAX_BYTES, decode
from policyctl.adapters.yaml_nodes import build
from policyctl.core.document import Document
from policyctl.core.finding import Finding
from policyctl.errors import InputError


def read(path: Path, *, file: str) -> bytes:
    """The content of a file.

    Args:
        path: where it is.
        file: how messages name it.

    Raises:
        InputError: it cannot be read, or is larger than a document may be.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise InputError(f"cannot read {file}: it is larger than {MAX_BYTES // 2**20} MiB")
    return content


def parse(content: bytes, file: str) -> tuple[Document | None, tuple[Finding, ...]]:
    """The document that a file holds, by YAML 1.2's core schema, and all that is wrong with it.

    Args:
        content: the file's bytes.
        file: how findings name it.

    Returns:
        The document, or None if none could be built. Where there are findings, its values are
        what could be made of them.
    """
    text, findings = decode(content, file)
    if text is None:
        return None, findings
    return build(content, text, file)
