"""The evidence reports in the repository: there, unaltered, about this change, and good enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from policyctl.core import paths
from policyctl.core.canonical import NonCanonicalError, decode, sha256
from policyctl.core.chain import Chain
from policyctl.core.entry import ChangeAction
from policyctl.core.evidence_age import stated_problem
from policyctl.core.finding import Finding
from policyctl.core.items import LOWER_IS_STRICTER
from policyctl.core.layout import EVIDENCE_TYPE
from policyctl.core.policy import Gate, gate_from
from policyctl.core.recorded import Recorded
from policyctl.core.root_chain import Roots
from policyctl.core.snapshot import Snapshot, content_of, violation
from policyctl.core.trust_root import TrustRoot

_HOUR = timedelta(hours=1)
_STRICTEST = {"inference": "anytime", "promote": "subset"}
_DECIMAL = re.compile(r"[01]\.[0-9]{6}\Z")


def check_evidence(snapshot: Snapshot, chain: Chain, roots: Roots) -> Iterator[Finding]:
    """Findings about the evidence of a policy's promotions."""
    for item in chain.entries:
        entry = item.entry
        if entry.action is ChangeAction.PROMOTE and not entry.evidence:
            message = f"entry {entry.seq} of '{entry.policy}' promotes without evidence"
            path = paths.entry_path(entry.policy, entry.seq)
            yield violation(
                "EVIDENCE_MISSING", message, file=path, policy=entry.policy, entry=entry.seq
            )
        if entry.action is ChangeAction.REDACT:
            continue  # it names a tombstone, which `redaction` judges
        for reference in dict.fromkeys(entry.evidence):
            path = paths.HOME + reference.name
            root = roots.by_version.get(entry.root)
            problem = _problem(snapshot, item, path, reference.sha256, root)
            if problem:
                code, message = problem
                yield violation(code, message, file=path, policy=entry.policy, entry=entry.seq)


def check_stray_evidence(snapshot: Snapshot, chains: Mapping[str, Chain]) -> Iterator[Finding]:
    """Findings about reports that no entry names."""
    named = {
        paths.HOME + reference.name
        for chain in chains.values()
        for item in chain.entries
        for reference in item.entry.evidence
    }
    for path in sorted(snapshot):
        if isinstance(paths.place_of(path), paths.EvidenceFile) and path not in named:
            yield violation("PATH_UNEXPECTED", f"no entry names {path}", file=path)


def _problem(
    snapshot: Snapshot, item: Recorded, path: str, digest: str, root: TrustRoot | None
) -> tuple[str, str] | None:
    entry = item.entry
    content = content_of(snapshot, path)
    if path != paths.HOME + paths.evidence_name(entry.policy, entry.seq) or content is None:
        return "EVIDENCE_MISSING", f"the evidence of entry {entry.seq}, {path!a}, is not there"
    if sha256(content) != digest:
        return "EVIDENCE_MISMATCH", f"{path} is not the evidence that entry {entry.seq} names"
    try:
        report = decode(content)
    except NonCanonicalError as error:
        return "EVIDENCE_MISMATCH", f"{path}: {error}"
    expected = {
        "type": EVIDENCE_TYPE,
        "policy": entry.policy,
        "from": entry.source.value if entry.source else None,
        "to": entry.target.value if entry.target else None,
    }
    if not isinstance(report, dict) or any(
        report.get(name) != value for name, value in expected.items()
    ):
        return "EVIDENCE_MISMATCH", f"{path} is evidence for another change"
    if report.get("policy_digest") != entry.before:
        return "EVIDENCE_MISMATCH", f"{path} was computed for another version of the policy"
    if not _is_met(report):
        return "GATE_NOT_MET", f"{path} says that the gate is not met"
    if _by_author_only(report, item, root):
        return "GATE_NOT_MET", f"{path} rests on reviews by the author of the change alone"
    floor = root.gates.get(str(expected["to"]), {}) if root else {}
    lax = _laxer(report.get("gate"), floor)
    if lax:
        return "GATE_BELOW_FLOOR", f"{path} was judged by a laxer {lax} than governance asks for"
    gate = report.get("gate")
    if isinstance(gate, dict) and "expires_hours" in gate:
        traffic, hours = report.get("traffic"), gate["expires_hours"]
        aged = stated_problem(traffic, hours, entry.requested_at)
        return ("EVIDENCE_EXPIRED", f"{path} {aged}") if aged else None
    return None


def _by_author_only(report: Mapping[str, Any], item: Recorded, root: TrustRoot | None) -> bool:
    reviews = report.get("reviews")
    if not isinstance(reviews, dict) or (root and root.solo):
        return False
    reviewers = reviews.get("reviewers")
    if not isinstance(reviewers, list) or not all(isinstance(who, str) for who in reviewers):
        return True
    return item.authors >= set(reviewers)


def _is_met(report: Mapping[str, object]) -> bool:
    """True if the verdict is what each criterion says, and there are criteria."""
    criteria = report.get("criteria")
    return (
        report.get("verdict") == "met"
        and isinstance(criteria, list)
        and bool(criteria)
        and all(isinstance(item, dict) and item.get("outcome") == "met" for item in criteria)
    )


def _laxer(gate: object, floor: Mapping[str, Any]) -> str:
    """The first value of a report's gate that asks for less than governance does, or nothing."""
    least = gate_from(floor)
    asked: Mapping[str, tuple[str, Fraction, int]] = {
        "window": ("window_hours", Fraction(least.window // _HOUR), 1),
        "records": ("records", Fraction(least.records), 1),
        "reviewed": ("reviewed", Fraction(least.reviewed), 1),
        "false_positives": ("false_positives", least.false_positives, -1),
        "confidence": ("confidence", least.confidence, 1),
    }
    for name in floor:
        if name in _STRICTEST:
            if not isinstance(gate, dict) or gate.get(name, "all") not in (
                _STRICTEST[name],
                floor[name],
            ):
                return name
            continue
        field, wanted, direction = asked[name] if name in asked else _further(name, least)
        found = _exact(gate.get(field)) if isinstance(gate, dict) else None
        if found is None or direction * (found - wanted) < 0:
            return name.replace("_", " ")
    return ""


def _further(name: str, least: Gate) -> tuple[str, Fraction, int]:
    """Field of the report, least value and direction of what a gate may ask for besides."""
    direction = -1 if name in LOWER_IS_STRICTER else 1
    if name in ("exceptions_frozen", "expires"):
        span: timedelta = getattr(least, name)
        return f"{name}_hours", Fraction(span // _HOUR), direction
    return name, Fraction(getattr(least, name)), direction


def _exact(value: object) -> Fraction | None:
    """The number as reports spell it; an exponent could take minutes to spell out."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    return Fraction(value) if isinstance(value, str) and _DECIMAL.match(value) else None
