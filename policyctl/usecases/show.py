"""One policy in force: each value, and where it comes from."""

from __future__ import annotations

from policyctl.core.effective import Effective
from policyctl.core.finding import Finding
from policyctl.core.frozen import frozen
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import read_document, require_effective


@frozen
class Showing:
    """A policy as it would decide.

    Attributes:
        findings: warnings that do not keep the policy from being shown.
    """

    file: str
    effective: Effective
    findings: tuple[Finding, ...]


def show(content: bytes, *, file: str, documents: Documents, governance: Governance) -> Showing:
    """The policy in ``content`` with the origin of every value.

    Raises:
        DocumentError: the file has errors.
    """
    reading = read_document(content, file=file, documents=documents, governance=governance)
    effective = require_effective(reading)
    return Showing(file=file, effective=effective, findings=reading.findings)
