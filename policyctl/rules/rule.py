"""What a rule is, and what it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policyctl.core.catalogue import Catalogue
from policyctl.core.document import Document
from policyctl.core.effective import Effective
from policyctl.core.finding import Finding, Path, Severity
from policyctl.core.trust_root import TrustRoot


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One policy, as every rule sees it.

    Attributes:
        document: the file, which its schema accepts.
        data: the file's values.
        baseline: the document of the baseline it extends; None if it extends none, or none that
            can be found.
        effective: the policy in force; None where the file does not give enough for one.
        baselines: the names (``id@version``) that a policy may extend here.
        root: governance, where the repository has one that can be read.
        catalogues: control frameworks by their id.
    """

    document: Document
    data: Mapping[str, Any]
    baseline: Mapping[str, Any] | None = None
    effective: Effective | None = None
    baselines: tuple[str, ...] = ()
    root: TrustRoot | None = None
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a rule found: a message, and where in the document.

    Attributes:
        at: the place in the document.
        key: whether the key at that place is meant rather than its value.
    """

    message: str
    at: Path = ()
    hint: str = ""
    key: bool = False


Check = Callable[[Subject], Iterable[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check of policies, explained on the page ``docs/rules/<id>.md``."""

    id: str
    summary: str
    severity: Severity
    check: Check

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule finds in a policy, with lines and columns."""
        for problem in self.check(subject):
            yield subject.document.finding(
                self.id,
                problem.message,
                at=problem.at,
                hint=problem.hint,
                key=problem.key,
                severity=self.severity,
            )
