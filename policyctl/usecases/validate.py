"""Check policy files: YAML, schema and meaning; no git, no signatures."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen
from policyctl.usecases.reading import Reader

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.usecases.ports import Documents, Governance, Memory
    from policyctl.usecases.unreported import Unreported


@frozen
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
    files: Iterable[tuple[str, bytes]],
    *,
    documents: Documents,
    governance: Governance,
    memory: Memory | None = None,
    here: str = "",
) -> Validation:
    """Check each file.

    Args:
        files: names as findings show them, with their bytes.
        documents: reads and checks YAML.
        governance: baselines, control frameworks and people.
        memory: what was found in the same bytes before.
        here: what the folder is called in which files stand that are named without one.
    """
    found: list[Finding] = []
    sources: dict[str, str] = {}
    count = 0
    reader = Reader(documents, governance, here=here)
    for name, content in files:
        count += 1
        findings = memory.recall(name, content) if memory else None
        if findings is None:
            findings = reader.read(content, name).findings
            if memory:
                memory.keep(name, content, findings)
        if findings:
            found += findings
            sources[name] = content.decode("utf-8", "replace")
    return Validation(files=count, findings=in_order(found), sources=sources)


def together(reports: Iterable[Validation]) -> Validation:
    """One report of several about different files."""
    listed = list(reports)
    return Validation(
        files=sum(report.files for report in listed),
        findings=in_order(finding for report in listed for finding in report.findings),
        sources={name: text for report in listed for name, text in report.sources.items()},
    )
