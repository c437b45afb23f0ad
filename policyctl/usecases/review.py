"""Draw the detections that people review, and take their verdicts back in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from policyctl.core.canonical import sha256
from policyctl.core.criterion import counted
from policyctl.core.finding import Finding, Severity, Span, in_order
from policyctl.core.frozen import frozen, replace
from policyctl.core.picking import priced
from policyctl.core.policy import Gate, Inference, Policy, Promote
from policyctl.core.record import Label
from policyctl.core.review_labels import ReviewLabels, Verdict, labels_bytes, verdict_from
from policyctl.core.review_sample import Case, StratumSample, planned_size
from policyctl.core.reviews import Reviews, joined
from policyctl.core.stages import Stage
from policyctl.core.statistics import reviews_needed_anytime, reviews_needed_fixed
from policyctl.core.trust_root import TrustRoot
from policyctl.errors import NotJudgedError, UsageError
from policyctl.usecases.evidence import asked_stage
from policyctl.usecases.ports import Analysis, Documents, Governance
from policyctl.usecases.reading import read_document, require_effective

MOST = 100_000
"""The largest sample of one stratum; nobody reviews more."""


@frozen
class Sample:
    """What was drawn for one promotion.

    Attributes:
        gate: by what each stratum is judged.
        size: how many detections of each stratum were asked for.
        planned: whether that is the planner's number.
    """

    policy: Policy
    target: Stage
    policy_digest: str
    gate: Gate
    size: int
    planned: bool
    strata: tuple[StratumSample, ...]

    @property
    def drawn(self) -> int:
        """Detections of all strata."""
        return sum(len(stratum.drawn) for stratum in self.strata)


class Row(NamedTuple):
    """A line of a worksheet that came back: file, line, and what its columns hold."""

    file: str
    line: int
    values: Mapping[str, str]


@frozen
class Imported:
    """What came back from reviewers.

    Attributes:
        labels: the verdicts, as evidence takes them.
        reviews: what they say about the sample.
        more: reviews that each stratum still needs, by its name, if none finds a false positive.
        findings: what keeps the verdicts from being taken.
        blank: rows of worksheets without a verdict.
    """

    sample: Sample
    labels: ReviewLabels
    reviews: Reviews
    more: Mapping[str, int]
    findings: tuple[Finding, ...]
    blank: int

    @property
    def content(self) -> bytes:
        """The bytes of the file with the verdicts."""
        return labels_bytes(self.labels)


def draw_sample(
    content: bytes,
    *,
    file: str,
    target: Stage | None,
    size: int | None,
    records: Analysis,
    documents: Documents,
    governance: Governance,
) -> Sample:
    """The detections to review before a promotion.

    Args:
        content: the policy file's bytes.
        file: its name, as findings show it.
        target: the stage asked about; None for the one that follows.
        size: detections of each stratum; None for as many as the gate needs.
        records: detection records of the policy's traffic.
        documents: reads and checks YAML.
        governance: baselines, and the gates that no policy goes below.

    Raises:
        DocumentError: the file has errors.
        NotJudgedError: the promotion would block nothing of what was recorded.
        RefusedError: no promotion leads there.
        UsageError: the size is out of range.
    """
    if size is not None and not 1 <= size <= MOST:
        raise UsageError(f"a sample of {size} is not possible", hint=f"--size 1 to {MOST}")
    reading = read_document(content, file=file, documents=documents, governance=governance)
    policy = require_effective(reading).policy
    stage = asked_stage(policy, target)
    gate = policy.gates.get(stage, Gate())
    moved = replace(policy, stage=stage)
    if gate.promote is Promote.SUBSET:
        gate = priced(gate, records.tally(policy, moved))
    asked = size or min(MOST, planned_size(gate))
    strata = records.measure(policy, moved, size=asked).sample
    if not strata:
        raise NotJudgedError(
            f"'{policy.id}' in '{stage.value}' would block nothing of what was recorded, so there"
            " is nothing to review"
        )
    return Sample(
        policy=policy,
        target=stage,
        policy_digest=sha256(reading.content),
        gate=gate,
        size=asked,
        planned=size is None,
        strata=strata,
    )


def import_reviews(
    rows: Iterable[Row],
    sample: Sample,
    *,
    root: TrustRoot | None,
    authors: frozenset[str] = frozenset(),
) -> Imported:
    """Check the verdicts of reviewers and put them together.

    Args:
        rows: what the worksheets hold.
        sample: the sample, drawn again.
        root: who is who; None where nothing is governed.
        authors: who made the change that is reviewed, where that is known.
    """
    findings: list[Finding] = []
    verdicts: dict[tuple[Case, str], tuple[Verdict, Row]] = {}
    blank = 0
    for row in rows:
        if not row.values.get("verdict"):
            blank += 1
            continue
        try:
            verdict = verdict_from(row.values)
        except ValueError as error:
            findings.append(_finding("review-unreadable", str(error), row))
            continue
        _check(verdict, row, verdicts, root, findings)
    found = tuple(verdict for verdict, _ in verdicts.values())
    labels = ReviewLabels(
        policy=sample.policy.id,
        source=sample.policy.stage,
        target=sample.target,
        policy_digest=sample.policy_digest,
        size=sample.size,
        verdicts=found,
    )
    reviews = joined(sample.strata, labels, name="", sha256=sha256(labels_bytes(labels)))
    findings += _separation(reviews, root, authors)
    return Imported(
        sample=sample,
        labels=labels,
        reviews=reviews,
        more=_more(sample.gate, reviews),
        findings=in_order(findings),
        blank=blank,
    )


def _check(
    verdict: Verdict,
    row: Row,
    verdicts: dict[tuple[Case, str], tuple[Verdict, Row]],
    root: TrustRoot | None,
    findings: list[Finding],
) -> None:
    who = verdict.reviewer
    if root is not None and who not in root.people:
        message = f"governance does not know the reviewer '{who}'"
        hint = f"people are: {', '.join(sorted(root.people))}"
        findings.append(_finding("review-by-stranger", message, row, hint))
        return
    key = verdict.case, who
    earlier = verdicts.get(key)
    if earlier is not None and earlier[0].label is not verdict.label:
        message = (
            f"'{who}' says {verdict.label.value} of request '{verdict.case.request_id}', and"
            f" {earlier[0].label.value} in {earlier[1].file}:{earlier[1].line}"
        )
        findings.append(_finding("review-contradicts-itself", message, row))
        return
    verdicts[key] = verdict, row


def _separation(reviews: Reviews, root: TrustRoot | None, authors: frozenset[str]) -> list[Finding]:
    """Whoever makes a change does not judge alone what it does to people."""
    alone = bool(reviews.reviewers) and set(reviews.reviewers) <= authors
    if not alone or root is None or root.solo:
        return []
    who = ", ".join(reviews.reviewers)
    return [
        Finding(
            code="review-by-author-alone",
            severity=Severity.ERROR,
            message=f"nobody reviewed but {who}, who made the change",
            hint="have somebody else review the same sample",
        )
    ]


def _finding(code: str, message: str, row: Row, hint: str = "") -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        hint=hint,
        file=row.file,
        span=Span(row.line, 1, row.line, 1),
    )


def _more(gate: Gate, reviews: Reviews) -> dict[str, int]:
    theta, alpha = float(gate.false_positives), float(1 - gate.confidence)
    if theta == 0:
        return {}
    needed = reviews_needed_fixed
    if gate.inference is Inference.ANYTIME:
        needed = reviews_needed_anytime
    least = gate.reviewed if gate.inference is Inference.FIXED else 0
    return {
        item.sample.name: max(0, least, needed(item.false_positives, theta, alpha)) - item.reviewed
        for item in reviews.strata
        if max(least, needed(item.false_positives, theta, alpha)) > item.reviewed
    }


def settled(more: Mapping[str, int], gate: Gate) -> Sequence[str]:
    """What to say about the reviews that are still needed."""
    confidence = f"{float(100 * gate.confidence):g} %"
    return [
        f"{counted(count, 'more review')} of {name} would settle it at {confidence}, if none is a"
        f" {Label.FALSE_POSITIVE.value.replace('_', ' ')}"
        for name, count in more.items()
    ]
