"""The evidence report: what was measured, what the gate says about it, and its exact bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction

from policyctl.core.canonical import encode, sha256
from policyctl.core.criterion import Criterion, Outcome, verdict
from policyctl.core.escalation import TriggerState, trigger_states
from policyctl.core.evidence_age import carries_until
from policyctl.core.evidence_number import decimal
from policyctl.core.evidence_parts import further_parts
from policyctl.core.facts import NOTHING, Facts
from policyctl.core.false_positives import alpha
from policyctl.core.frozen import frozen, replace
from policyctl.core.gate import evaluate
from policyctl.core.gate_document import gate_data
from policyctl.core.layout import EVIDENCE_TYPE
from policyctl.core.picking import priced
from policyctl.core.policy import Gate, Trigger
from policyctl.core.reviews import reviewed_tally
from policyctl.core.stages import Stage
from policyctl.core.statistics import (
    anytime_upper,
    clopper_pearson_lower,
    clopper_pearson_upper,
    hypergeometric_upper,
)
from policyctl.core.tally import Stratum, Tally


@frozen(order=True)
class RecordSource:
    """A file of records: its name without folders, its digest, its number of lines."""

    name: str
    sha256: str
    lines: int


@frozen
class EvidenceReport:
    """What the records say about one promotion.

    Attributes:
        policy_digest: sha256 of the policy file that was judged.
        baseline: the baseline that it extends, such as ``public-facing@1``, or empty.
        baseline_digest: sha256 of the baseline's file, or empty.
        sources: the files that the records came from, in order.
        engine: what counted the records.
        facts: what is known beside the tally.
        triggers: what the records say about the policy's escalation triggers.
    """

    policy: str
    source: Stage
    target: Stage
    policy_digest: str
    baseline: str
    baseline_digest: str
    sources: tuple[RecordSource, ...]
    gate: Gate
    tally: Tally
    criteria: tuple[Criterion, ...]
    engine: str = "python"
    facts: Facts = NOTHING
    triggers: tuple[TriggerState, ...] = ()

    @property
    def each(self) -> Gate:
        """The gate by which one guardrail in one application is judged."""
        return priced(self.gate, self.tally)

    @property
    def carries_until(self) -> date | None:
        """The last day (UTC) on which it carries a promotion; None where it does not expire."""
        expires = self.gate.expires
        return carries_until(self.tally.last, expires) if expires is not None else None

    @property
    def verdict(self) -> Outcome:
        """The outcome of all criteria."""
        return verdict(self.criteria)


def report_on(
    tally: Tally,
    gate: Gate,
    *,
    policy: str,
    source: Stage,
    target: Stage,
    policy_digest: str,
    sources: tuple[RecordSource, ...],
    baseline: str = "",
    baseline_digest: str = "",
    engine: str = "python",
    facts: Facts = NOTHING,
    escalation: tuple[Trigger, ...] = (),
) -> EvidenceReport:
    """The report that follows from the counts and the gate; its fields mean what it says there."""
    if facts.reviews is not None:
        tally = reviewed_tally(tally, facts.reviews)
    return EvidenceReport(
        policy=policy,
        source=source,
        target=target,
        policy_digest=policy_digest,
        baseline=baseline,
        baseline_digest=baseline_digest,
        sources=tuple(sorted(sources)),
        engine=engine,
        gate=gate,
        tally=tally,
        criteria=evaluate(tally, gate, facts),
        facts=facts,
        triggers=trigger_states(escalation, tally, facts),
    )


@frozen
class Bounds:
    """What the reviews of one stratum say about its false positives.

    Attributes:
        lower: exact lower bound on the share in traffic to come.
        upper: exact upper bound on it, for one look.
        anytime: upper bound on it that holds however often one looks.
        window: upper bound on the number among the newly blocked detections of this window.
    """

    lower: float
    upper: float
    anytime: float
    window: int


def bounds(stratum: Stratum, gate: Gate) -> Bounds:
    """The bounds at the gate's confidence."""
    x, n, error = stratum.false_positives, stratum.reviewed, alpha(gate)
    return Bounds(
        lower=clopper_pearson_lower(x, n, error),
        upper=clopper_pearson_upper(x, n, error),
        anytime=anytime_upper(x, n, error),
        window=hypergeometric_upper(x, n, stratum.newly_blocked, error),
    )


def evidence_bytes(report: EvidenceReport) -> bytes:
    """The exact bytes that are stored and bound to an entry; no clock is in them."""
    return encode(
        {
            "type": EVIDENCE_TYPE,
            "policy": report.policy,
            "from": report.source.value,
            "to": report.target.value,
            "policy_digest": report.policy_digest,
            "baseline": (
                {"name": report.baseline, "sha256": report.baseline_digest}
                if report.baseline
                else None
            ),
            "records": [
                {"name": item.name, "sha256": item.sha256, "lines": item.lines}
                for item in report.sources
            ],
            "engine": report.engine,
            "gate": gate_data(report.gate),
            "traffic": _traffic(report.tally),
            "strata": [_stratum(stratum, report.each) for stratum in report.tally.strata],
            **further_parts(report.tally, report.gate, report.facts, report.triggers),
            "criteria": [_criterion(criterion) for criterion in report.criteria],
            "verdict": report.verdict.value,
        }
    )


def findings_digest(report: EvidenceReport) -> str:
    """The sha256 by which two engines' reports can be compared, wherever the records were."""
    return sha256(evidence_bytes(replace(report, sources=(), engine="")))


def _traffic(tally: Tally) -> dict[str, object]:
    return {
        "records": tally.records,
        "outside": tally.outside,
        "requests": tally.requests,
        "first": _time(tally.first),
        "last": _time(tally.last),
        "complete_days": tally.complete_days,
        "missing_days": tally.missing_days,
        "first_missing_day": str(tally.first_missing_day) if tally.first_missing_day else None,
    }


def _stratum(stratum: Stratum, gate: Gate) -> dict[str, object]:
    found = bounds(stratum, gate)
    evaluations = stratum.evaluations
    return {
        "guardrail": stratum.guardrail,
        "direction": stratum.direction.value,
        "app": stratum.app,
        "evaluations": evaluations,
        "errors": stratum.errors,
        "scope_evaluations": stratum.scope_evaluations,
        "scope_errors": stratum.scope_errors,
        "flagged": stratum.flagged,
        "flag_rate": decimal(Fraction(stratum.flagged, evaluations)) if evaluations else None,
        "excepted": stratum.excepted,
        "newly_blocked": stratum.newly_blocked,
        "reviewed": stratum.reviewed,
        "false_positives": stratum.false_positives,
        "unsure": stratum.unsure,
        "false_positive_bounds": {
            "lower": decimal(found.lower, ROUND_FLOOR),
            "upper": decimal(found.upper, ROUND_CEILING),
            "anytime_upper": decimal(found.anytime, ROUND_CEILING),
            "window_upper": found.window,
        },
        "versions": {detector: list(versions) for detector, versions in stratum.versions},
    }


def _criterion(criterion: Criterion) -> dict[str, object]:
    # A bound is never rounded to the side on which it would claim more than was shown.
    outwards = ROUND_FLOOR if criterion.outcome is Outcome.NOT_MET else ROUND_CEILING
    return {
        "name": criterion.name,
        "outcome": criterion.outcome.value,
        "stratum": criterion.stratum,
        "value": _number(criterion.value),
        "bound": _number(criterion.bound, outwards),
        "limit": _number(criterion.limit),
        "need": criterion.need,
        "sentence": criterion.sentence,
    }


def _number(value: float | None, rounding: str = ROUND_HALF_EVEN) -> int | str | None:
    return value if value is None or isinstance(value, int) else decimal(value, rounding)


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
