"""What the verdicts of a review say about the sample that was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyctl.core.agreement import cohen_kappa
from policyctl.core.frozen import frozen, replace
from policyctl.core.record import Label
from policyctl.core.review_labels import ReviewLabels, Verdict
from policyctl.core.review_sample import Case, Cell, StratumSample
from policyctl.core.tally import Stratum, Tally

_LABELS = tuple(Label)


@frozen
class StratumReview:
    """What was said about the sample of one stratum.

    Attributes:
        drawn: detections of the sample.
        reviewed: those of them that somebody gave a verdict on.
        false_positives: those of the reviewed that count as false positives: not every verdict
            says true positive.
        unsure: those of them about which somebody was unsure.
        disputed: those of them about which the verdicts differ.
    """

    sample: StratumSample
    drawn: int
    reviewed: int
    false_positives: int
    unsure: int
    disputed: int

    @property
    def missing(self) -> int:
        """Detections of the sample that nobody has looked at."""
        return self.drawn - self.reviewed


@frozen
class Reviews:
    """What was said about the whole sample.

    Attributes:
        sha256: digest of the file with the verdicts.
        size: how many detections of each stratum were drawn.
        outside: verdicts about detections outside of the sample, which do not count.
        outside_false: those of them that say false positive.
        reviewers: who gave verdicts that count.
        unknown: those of them whom governance does not know.
        author: who makes the change, where that is known.
        twice: detections that two people or more gave a verdict on.
        agreed: those of them on which the first two say the same.
        kappa: their agreement beyond chance; None where that is not a number.
    """

    name: str
    sha256: str
    size: int
    strata: tuple[StratumReview, ...]
    outside: int
    outside_false: int
    reviewers: tuple[str, ...]
    twice: int
    agreed: int
    kappa: float | None
    unknown: tuple[str, ...] = ()
    author: str = ""

    @property
    def drawn(self) -> int:
        """Detections of the sample."""
        return sum(item.drawn for item in self.strata)

    @property
    def missing(self) -> Mapping[Cell, int]:
        """Detections of the sample that nobody has looked at, by stratum."""
        return {item.sample.cell: item.missing for item in self.strata}

    @property
    def by_author_only(self) -> bool:
        """True if nobody reviewed but the one who makes the change."""
        return bool(self.author) and set(self.reviewers) == {self.author}


def joined(
    sample: Sequence[StratumSample], labels: ReviewLabels, *, name: str, sha256: str
) -> Reviews:
    """What the verdicts say about a sample.

    Args:
        sample: what was drawn.
        labels: the verdicts, about this sample and perhaps others.
        name: the file's name.
        sha256: its digest.
    """
    found: dict[Case, list[Verdict]] = {}
    for item in sorted(labels.verdicts, key=lambda verdict: verdict.reviewer):
        found.setdefault(item.case, []).append(item)
    cases = {drawn.case for stratum in sample for drawn in stratum.drawn}
    outside = [item for item in labels.verdicts if item.case not in cases]
    inside = [verdicts for case, verdicts in found.items() if case in cases]
    pairs = [(verdicts[0].label, verdicts[1].label) for verdicts in inside if len(verdicts) > 1]
    return Reviews(
        name=name,
        sha256=sha256,
        size=labels.size,
        strata=tuple(_stratum(stratum, found) for stratum in sample),
        outside=len(outside),
        outside_false=sum(item.label is Label.FALSE_POSITIVE for item in outside),
        reviewers=tuple(sorted({item.reviewer for verdicts in inside for item in verdicts})),
        twice=len(pairs),
        agreed=sum(one is other for one, other in pairs),
        kappa=cohen_kappa([[pairs.count((one, other)) for other in _LABELS] for one in _LABELS]),
    )


def reviewed_tally(tally: Tally, reviews: Reviews) -> Tally:
    """The counts with the verdicts on the sample in place of the labels that records carry."""
    by_cell = {item.sample.cell: item for item in reviews.strata}
    return replace(tally, strata=tuple(_counted(item, by_cell) for item in tally.strata))


def _counted(stratum: Stratum, by_cell: Mapping[Cell, StratumReview]) -> Stratum:
    found = by_cell.get((stratum.guardrail, stratum.direction, stratum.app))
    return replace(
        stratum,
        reviewed=found.reviewed if found else 0,
        false_positives=found.false_positives if found else 0,
        unsure=found.unsure if found else 0,
    )


def _stratum(sample: StratumSample, found: Mapping[Case, Sequence[Verdict]]) -> StratumReview:
    said = [{item.label for item in found.get(drawn.case, ())} for drawn in sample.drawn]
    return StratumReview(
        sample=sample,
        drawn=len(sample.drawn),
        reviewed=sum(bool(labels) for labels in said),
        false_positives=sum(bool(labels - {Label.TRUE_POSITIVE}) for labels in said),
        unsure=sum(Label.UNSURE in labels for labels in said),
        disputed=sum(len(labels) > 1 for labels in said),
    )
