"""Check policy files: YAML, schema and meaning; no git, no signatures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from typing import TYPE_CHECKING

from policyctl.core.finding import Finding, in_order
from policyctl.usecases.reading import Reader

if TYPE_CHECKING:
    from policyctl.usecases.ports import Documents, Governance


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A finding that was cured, and the text that cured it."""

    finding: Finding
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreported:
    """What `lint` found and does not report as findings.

    Attributes:
        suppressed: how many findings a comment exempts.
        known: how many findings stand in the baseline of findings.
        fixed: those that are cured.
    """

    suppressed: int = 0
    known: int = 0
    fixed: tuple[Fixed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What the check of some files found.

    Attributes:
        files: how many files were read.
        sources: the text of each file that has findings, by its name, to show the lines.
        unreported: what was found besides; None where a check reports all it finds.
    """

    files: int
    findings: tuple[Finding, ...]
    sources: dict[str, str]
    unreported: Unreported | None = None


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
    reader = Reader(documents, governance)
    for name, content in files:
        count += 1
        reading = reader.read(content, name)
        if reading.findings:
            findings += reading.findings
            sources[name] = content.decode("utf-8", "replace")
    return Validation(files=count, findings=in_order(findings), sources=sources)
