"""The gates that a changed policy's promotions had to meet, whatever root their entries name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.entry import ChangeAction
from policyctl.core.evidence_files import check_evidence
from policyctl.core.finding import Finding
from policyctl.core.frozen import replace
from policyctl.core.merge_verdict import Check, Topic, verdict_of
from policyctl.core.recorded import Recorded
from policyctl.core.trust_root import TrustRoot
from policyctl.usecases.policy_case import PolicyCase

_GOVERNANCE = "than governance asks for"


def gate_checks(case: PolicyCase) -> Iterator[Check]:
    """What the evidence lacks by the base's trust root and by the policy's own gates.

    A branch could otherwise lower the policy's own gate, and use it at once.
    """
    known = {item.message for item in case.findings}
    for finding in _found(case, case.entries, case.root):
        if finding.message not in known:
            known.add(finding.message)
            yield _check(finding, case)
    for item in case.entries:
        if item.entry.action is not ChangeAction.PROMOTE:
            continue
        for gates, where in _own(case, item):
            found = [
                finding
                for finding in _found(case, (item,), replace(case.root, gates=gates))
                if finding.message not in known
            ]
            known |= {finding.message for finding in found}
            yield from (_check(finding, case, where) for finding in found)


def _own(case: PolicyCase, item: Recorded) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The gates that the policy asks for itself: when it was promoted, and in the base.

    What it was then may be in no commit any more, as after a squash.
    """
    then = case.contents.get(item.entry.after or "")
    now = case.reading.content if case.reading else None
    yield case.gates_of(then or now), ""
    yield case.gates_of(case.base_content), " in the base"


def _found(case: PolicyCase, entries: tuple[Recorded, ...], root: TrustRoot) -> tuple[Finding, ...]:
    """What is wrong with the evidence of some entries, had they been made under a root."""
    chain = case.ledgers.head.chains.get(case.policy)
    if chain is None or not entries:
        return ()
    by_version = {item.entry.root: root for item in entries}
    roots = replace(case.ledgers.head.roots, by_version=by_version)
    snapshot = case.ledgers.snapshots[case.changes.head]
    return tuple(check_evidence(snapshot, replace(chain, entries=entries), roots))


def _check(finding: Finding, case: PolicyCase, where: str | None = None) -> Check:
    text, hint = finding.message, ""
    if where is not None:
        text = text.replace(_GOVERNANCE, f"than '{case.policy}' asks for{where}")
    if where:
        hint = "merge the lower gate first, in a pull request of its own"
    verdict = verdict_of(finding, owed=(), known=case.known)
    return Check(topic=Topic.GATE, verdict=verdict, text=text, hint=hint)
