"""Bring policy files of older schema versions forward."""

from __future__ import annotations

from typing import assert_never

from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.core.migration import RenameKey, SetText, Step, steps
from policyctl.errors import DocumentError
from policyctl.usecases.ports import Documents


@frozen
class Migrated:
    """A file before and after.

    Attributes:
        findings: what the present schema still has against it.
    """

    file: str
    before: bytes
    after: bytes
    findings: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        """True if there was anything to bring forward."""
        return self.before != self.after


def migrate(content: bytes, *, file: str, documents: Documents) -> Migrated:
    """The content in the present version, with every other byte as it was.

    Raises:
        DocumentError: the file has YAML errors.
        InputError: an edit cannot be done safely.
    """
    after = content
    while True:
        document, findings = documents.parse(after, file)
        if document is None or findings:
            raise DocumentError(f"{file} cannot be migrated", findings)
        data = document.data
        ahead = steps(data) if isinstance(data, dict) else ()
        if not ahead:
            break
        for step in ahead:
            after = _applied(after, step, documents)
    checked = documents.check(document, "policy.v1") if after != content else ()
    return Migrated(file=file, before=content, after=after, findings=checked)


def _applied(content: bytes, step: Step, documents: Documents) -> bytes:
    match step:
        case RenameKey(at=at, name=name):
            return documents.rename_key(content, at, name)
        case SetText(at=at, value=value):
            return documents.replace_scalar(content, at, value)
        case _:
            assert_never(step)
