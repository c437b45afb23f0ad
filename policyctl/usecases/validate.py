"""Check policy files: YAML, schema and meaning; no git, no signatures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policyctl.core.finding import Finding, in_order
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What the check of some files found.

    Attributes:
        files: how many files were read.
        sources: the text of each file that has findings, by its name, to show the lines.
    """

    files: int
    findings: tuple[Finding, ...]
    sources: dict[str, str]


def validate(
    files: Iterable[tuple[str, bytes]], *, documents: Documents, governance: Governance
) -> Validation:
    """Check each file.

    Args:
        files: names as findings show them, with their bytes.
        documents: reads and checks YAML.
        governance: baselines, control frameworks and people.
    """
    findings: list[Finding] = []
    sources: dict[str, str] = {}
    count = 0
    for name, content in files:
        count += 1
        reading = read_document(content, file=name, documents=documents, governance=governance)
        if reading.findings:
            findings += reading.findings
            sources[name] = content.decode("utf-8", "replace")
    return Validation(files=count, findings=in_order(findings), sources=sources)
