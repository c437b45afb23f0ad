"""Reading one policy: YAML, schema, baseline, rules, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core.effective import Effective, Foundation
from policyctl.core.finding import Finding, Severity, in_order
from policyctl.core.frozen import frozen
from policyctl.core.items import missing
from policyctl.errors import DocumentError, InputError
from policyctl.rules.rule import Rule, Subject, placed
from policyctl.rules.validating import VALIDATING

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

    from policyctl.core.document import Document
    from policyctl.usecases.ports import Documents, Governance

POLICY_SCHEMA = "policyctl/policy/v1"
BASELINE_SCHEMA = "policyctl/baseline/v1"


@frozen
class Reading:
    """A policy file and everything that could be made of it.

    Attributes:
        data: the values, once the schema accepted them.
        effective: the policy in force, where the file and its baseline give enough for one.
        subject: the policy as rules see it, once the schema accepted it.
    """

    file: str
    content: bytes
    document: Document | None = None
    data: Mapping[str, Any] | None = None
    effective: Effective | None = None
    subject: Subject | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """True if nothing worse than a warning was found."""
        return all(finding.severity < Severity.ERROR for finding in self.findings)


def read_document(
    content: bytes, *, file: str, documents: Documents, governance: Governance
) -> Reading:
    """Read a policy or a baseline, whichever the file says it is."""
    return Reader(documents, governance).read(content, file)


class Reader:
    """Reads the policies of one repository, and each baseline once for all of them."""

    def __init__(
        self,
        documents: Documents,
        governance: Governance,
        rules: Iterable[Rule] = VALIDATING,
        here: str = "",
    ) -> None:
        """Prepare to read.

        Args:
            documents: reads and checks YAML.
            governance: what the policies go by.
            rules: what is asked of each policy; nothing where somebody asks it later.
            here: what the folder is called in which files stand that are named without one.
        """
        self._documents = documents
        self._governance = governance
        self._rules = tuple(rules)
        self._here = here
        self._baselines: dict[str, tuple[Mapping[str, Any] | None, Foundation]] = {}

    def read(self, content: bytes, file: str) -> Reading:
        """Read a policy or a baseline, whichever the file says it is.

        Args:
            content: the file's bytes.
            file: how findings name it.

        Raises:
            DocumentError: the file of the baseline that it extends is broken.
            InputError: a file of governance cannot be read.
        """
        document, findings = self._documents.parse(content, file)
        if document is None:
            return Reading(file=file, content=content, findings=in_order(findings))
        data = document.data
        is_baseline = isinstance(data, dict) and data.get("schema") == BASELINE_SCHEMA
        checked = self._documents.check(document, "baseline.v1" if is_baseline else "policy.v1")
        if findings:
            # Where the YAML is in doubt already, the schema has nothing to add.
            doubtful = {finding.span for finding in findings}
            checked = tuple(finding for finding in checked if finding.span not in doubtful)
        findings += checked
        if findings or is_baseline or not isinstance(data, dict):
            return Reading(
                file=file, content=content, document=document, findings=in_order(findings)
            )
        return self._judged(content, document, data)

    def _judged(self, content: bytes, document: Document, data: Mapping[str, Any]) -> Reading:
        baseline, foundation = self._extended(data)
        known = baseline is not None or "extends" not in data
        effective = None
        if known and not missing(data, baseline):
            effective = foundation.resolve(data)
        subject = Subject(
            document=document,
            data=data,
            baseline=baseline,
            effective=effective,
            baselines=self._governance.baseline_names(),
            root=self._governance.root,
            catalogues=self._governance.catalogues,
            here=self._here,
        )
        found = [
            placed(rule, subject, problem)
            for rule in self._rules
            for problem in rule.check(subject)
        ]
        return Reading(
            file=document.file,
            content=content,
            document=document,
            data=data,
            effective=effective,
            subject=subject,
            findings=in_order(found) if found else (),
        )

    def _extended(self, data: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, Foundation]:
        """The document of the baseline that a policy extends, and what to build the policy on."""
        name = data.get("extends", "")
        if name not in self._baselines:
            baseline = baseline_of(data, self._documents, self._governance)
            root = self._governance.root
            foundation = Foundation(baseline, root.gates if root else {})
            self._baselines[name] = baseline, foundation
        return self._baselines[name]


def baseline_of(
    data: Mapping[str, Any], documents: Documents, governance: Governance
) -> Mapping[str, Any] | None:
    """The document of the baseline that a policy extends, or None if there is none.

    Raises:
        DocumentError: the baseline's own file is broken.
    """
    name = data.get("extends")
    content = governance.baseline(name) if name else None
    if content is None:
        return None
    file = f"{name}.yaml"
    document, findings = documents.parse(content, file)
    if document is not None and not findings:
        findings = documents.check(document, "baseline.v1")
    if document is None or findings or not isinstance(document.data, dict):
        raise DocumentError(f"the baseline {name} cannot be used", findings)
    return document.data


def require_effective(reading: Reading) -> Effective:
    """The policy in force.

    Raises:
        DocumentError: the file has errors, so nothing can be built on it.
    """
    if reading.sound and reading.effective is None:
        raise InputError(f"{reading.file} extends a baseline whose file is not there")
    if reading.effective is None or not reading.sound:
        count = sum(finding.severity is Severity.ERROR for finding in reading.findings)
        message = f"{reading.file} has {count} error{'s' if count != 1 else ''}"
        raise DocumentError(message, reading.findings, hint="nothing was changed")
    return reading.effective


def require_alike(reading: Reading, documents: Documents) -> None:
    """Refuse to sign what another YAML reader would take for something else.

    Raises:
        InputError: the two readers do not find the same values.
    """
    if reading.document is None or not documents.read_alike(reading.content, reading.document):
        raise InputError(
            f"{reading.file} is read differently by another YAML reader",
            hint="write its values without special forms; nothing was changed",
        )
