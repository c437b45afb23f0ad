"""Every policy of a repository against the control frameworks."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.catalogue import problem
from policyctl.core.coverage import Coverage, cover
from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen
from policyctl.errors import UsageError
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import read_document


@frozen
class CoverageReport:
    """What the policies cover, as far as they could be read.

    Attributes:
        unread: the files that give no policy in force, so that what they claim does not count.
        findings: what is wrong with those.
        sources: the text of each of those files, by its name.
    """

    coverage: Coverage
    unread: tuple[str, ...]
    findings: tuple[Finding, ...]
    sources: dict[str, str]


def coverage(
    files: Iterable[tuple[str, bytes]],
    *,
    documents: Documents,
    governance: Governance,
    framework: str = "",
) -> CoverageReport:
    """Compare the policies in force in some files with the frameworks.

    Args:
        files: names as findings show them, with their bytes.
        documents: reads and checks YAML.
        governance: baselines, control frameworks and people.
        framework: the one framework to look at; empty for all that a policy names.

    Raises:
        UsageError: there is no such framework.
    """
    catalogues = governance.catalogues
    if framework and framework not in catalogues:
        message, hint = problem(catalogues, framework, "") or ("", "")
        raise UsageError(message, hint=hint)
    policies, unread, findings, sources = [], [], list[Finding](), dict[str, str]()
    for name, content in files:
        reading = read_document(content, file=name, documents=documents, governance=governance)
        if reading.sound and reading.effective is not None:
            policies.append(reading.effective.policy)
        elif not reading.sound or reading.subject is not None:
            unread.append(name)
            findings += reading.findings
            sources[name] = content.decode("utf-8", "replace")
    return CoverageReport(
        coverage=cover(policies, catalogues, framework),
        unread=tuple(unread),
        findings=in_order(findings),
        sources=sources,
    )
