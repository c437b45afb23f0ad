"""Check policies against all rules: each by itself, all together, and how changes were cut."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policyctl.core.finding import Finding, in_order
from policyctl.core.findings_baseline import (
    FindingsBaseline,
    Fingerprint,
    baseline_bytes,
    fingerprint,
    stale,
    unknown,
)
from policyctl.core.frozen import frozen
from policyctl.rules.rule import Subject
from policyctl.rules.wider import Estate, EstateRule, RangeRule
from policyctl.usecases.exemptions import without_suppressed
from policyctl.usecases.lint_reading import Surroundings, dressed, read_for_rules, rule_findings
from policyctl.usecases.reading import Reading
from policyctl.usecases.selection import KNOWN, weighed
from policyctl.usecases.unreported import Fixed, Unreported
from policyctl.usecases.validate import Validation

Files = Iterable[tuple[str, bytes]]
"""Names as findings show them, with their bytes."""


def lint(
    files: Files,
    *,
    around: Surroundings,
    estate: Files | None = None,
    baseline: FindingsBaseline | None = None,
    fixed: tuple[Fixed, ...] = (),
) -> Validation:
    """Check files.

    Args:
        files: what is asked about.
        around: what surrounds the files.
        estate: all policies of the repository, where ``files`` are only some: rules about all of
            them compare these too, and findings about them are left out.
        baseline: findings that are known, and not reported again.
        fixed: what was cured before.
    """
    seen = _look(files, estate, around)
    if baseline is None:
        return seen.report((finding for finding, _ in seen.open), known=0, fixed=fixed)
    new, left = unknown(seen.named(), baseline)
    gone = {one: count for one, count in left.items() if seen.would_show(one)}
    findings = (*new, *stale(gone, baseline))
    return seen.report(findings, known=len(seen.open) - len(new), fixed=fixed)


def adopt(
    files: Files, *, around: Surroundings, fixed: tuple[Fixed, ...] = ()
) -> tuple[Validation, bytes]:
    """The bytes of the baseline in which everything stands that rules find in policies now.

    Returns:
        What cannot stand in a baseline, such as broken YAML, and the bytes.
    """
    seen = _look(files, None, around)
    counts = Counter(one for _, one in seen.named())
    return seen.report((), known=counts.total(), fixed=fixed), baseline_bytes(counts)


@frozen
class _Seen:
    """What was found in some files.

    Attributes:
        contents: the bytes of each file by its name.
        open: what rules find in policies, and no comment suppresses, with the policy's values.
        other: what is found besides, and no baseline can hold.
        suppressed: how many findings a comment suppresses.
        policies: the ids of the policies that the rules saw.
        whole: whether these are all policies there are.
        rules: the ids of the rules that ran.
    """

    contents: Mapping[str, bytes]
    open: tuple[tuple[Finding, Mapping[str, Any]], ...]
    other: tuple[Finding, ...]
    suppressed: int
    policies: frozenset[str]
    whole: bool
    rules: frozenset[str]

    def named(self) -> Iterator[tuple[Finding, Fingerprint]]:
        """What is open, each with what it is about."""
        return ((finding, fingerprint(finding, data)) for finding, data in self.open)

    def would_show(self, one: Fingerprint) -> bool:
        """True if a finding would have been seen if it still occurred."""
        looked_for = one.code in self.rules or one.code not in KNOWN
        return looked_for and (self.whole or one.policy in self.policies)

    def report(
        self, findings: Iterable[Finding], *, known: int, fixed: tuple[Fixed, ...]
    ) -> Validation:
        """The report of these findings and all that a baseline cannot hold."""
        reported = in_order((*self.other, *findings))
        files = {finding.file for finding in reported}
        return Validation(
            files=len(self.contents),
            findings=reported,
            sources={
                name: content.decode("utf-8", "replace")
                for name, content in self.contents.items()
                if name in files
            },
            unreported=Unreported(suppressed=self.suppressed, known=known, fixed=fixed),
        )


def _look(files: Files, estate: Files | None, around: Surroundings) -> _Seen:
    contents = dict(files)
    readings: dict[str, Reading] = {}
    alone: dict[str, tuple[Finding, ...]] = {}
    for name, content in contents.items():
        readings[name] = read_for_rules(name, content, around)
        subject = readings[name].subject
        alone[name] = rule_findings(subject, around) if subject else ()
    compared = tuple(_subjects(readings, estate or (), around))
    together = _estate_findings(compared, around)
    found: list[tuple[Finding, Mapping[str, Any]]] = []
    other = list(_range_findings(around))
    suppressed = 0
    for name, reading in readings.items():
        subject = reading.subject
        if subject is None:
            other += reading.findings
            continue
        findings = in_order((*alone[name], *together[name])) if together[name] else alone[name]
        left = without_suppressed(subject.document, findings, around)
        found += [(finding, subject.data) for finding in left.findings]
        other += left.own
        suppressed += left.count
    seen = [reading.subject for reading in readings.values()]
    return _Seen(
        contents=contents,
        open=tuple(found),
        other=tuple(other),
        suppressed=suppressed,
        policies=frozenset(subject.data["id"] for subject in seen if subject),
        whole=estate is None and all(seen),
        rules=frozenset(rule.id for rule in around.rules),
    )


def _subjects(
    readings: Mapping[str, Reading], estate: Files, around: Surroundings
) -> Iterator[Subject]:
    """Every policy that rules about all of them compare, in the order of their names."""
    if not any(isinstance(rule, EstateRule) for rule in around.rules):
        return
    others = {
        name: read_for_rules(name, content, around)
        for name, content in estate
        if name not in readings
    }
    for _, reading in sorted({**others, **readings}.items()):
        if reading.subject is not None:
            yield reading.subject


def _estate_findings(
    subjects: tuple[Subject, ...], around: Surroundings
) -> Mapping[str, list[Finding]]:
    by_file = {subject.document.file: subject for subject in subjects}
    found: dict[str, list[Finding]] = defaultdict(list)
    for rule in around.rules:
        if isinstance(rule, EstateRule):
            for finding in rule.findings(Estate(subjects=subjects)):
                found[finding.file].append(dressed(finding, by_file[finding.file], around.settings))
    return found


def _range_findings(around: Surroundings) -> Iterator[Finding]:
    rules = [rule for rule in around.rules if isinstance(rule, RangeRule)]
    if around.history is None or not rules:
        return
    changes = around.history.changes()
    for rule in rules:
        for finding in rule.findings(changes, around.settings):
            yield weighed(finding, around.settings)
