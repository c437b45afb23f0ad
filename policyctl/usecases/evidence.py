"""Judge a promotion's gate on detection records."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policyctl.core.canonical import sha256
from policyctl.core.criterion import Outcome
from policyctl.core.evidence import EvidenceReport, report_on
from policyctl.core.facts import Facts, RequestCounter
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Gate, Policy
from policyctl.core.question import Purpose, Question
from policyctl.core.review_labels import ReviewLabels, labels_from
from policyctl.core.review_sample import StratumSample
from policyctl.core.reviews import Reviews, joined
from policyctl.core.stages import Stage, is_promotion
from policyctl.errors import InputError, RefusedError
from policyctl.usecases.exception_history import ExceptionHistory
from policyctl.usecases.ports import Analysis, Documents, Governance
from policyctl.usecases.reading import Reading, read_document, require_effective

EXIT_CODES = {Outcome.MET: 0, Outcome.NOT_MET: 1, Outcome.UNDECIDED: 3}
"""What ``policyctl evidence`` ends with."""


@frozen
class Beside:
    """What evidence is computed with beside the records.

    Attributes:
        labels: name and bytes of the file with the verdicts on a drawn sample.
        counter: requests as something else counted them.
        author: who makes the change, where that is known.
        history: tells when the exceptions were last changed; asked only where the gate asks.
    """

    labels: tuple[str, bytes] | None = None
    counter: RequestCounter | None = None
    author: str = ""
    history: Callable[[], ExceptionHistory] | None = None


ALONE = Beside()
"""Nothing but the records."""


def judge(
    content: bytes,
    *,
    file: str,
    target: Stage | None,
    records: Analysis,
    documents: Documents,
    governance: Governance,
    beside: Beside = ALONE,
    scores: bool = False,
) -> EvidenceReport:
    """The gate's report for a policy file.

    Args:
        content: the file's bytes.
        file: its name, as findings show it.
        target: the stage asked about; None for the one that follows.
        records: detection records of the policy's traffic.
        documents: reads and checks YAML.
        governance: baselines, and the gates that no policy goes below.
        beside: what is known beside the records.
        scores: whether detections are counted by score, which is only for pictures.

    Raises:
        DocumentError: the file has errors.
        InputError: the verdicts are about another change.
        RefusedError: no promotion leads there.
    """
    reading = read_document(content, file=file, documents=documents, governance=governance)
    policy = require_effective(reading).policy
    return evidence_for(
        reading,
        target=asked_stage(policy, target),
        records=records,
        governance=governance,
        beside=beside,
        scores=scores,
    )


def asked_stage(policy: Policy, target: Stage | None) -> Stage:
    """The stage that a promotion is asked to lead to.

    Args:
        policy: the policy as it is.
        target: what was asked for; None for the stage that follows.

    Raises:
        RefusedError: no promotion leads there.
    """
    asked = target or policy.stage.following
    if asked is None or not is_promotion(policy.stage, asked):
        raise RefusedError(
            f"'{policy.id}' is in '{policy.stage.value}', and no promotion leads to "
            f"'{(asked or policy.stage).value}'"
        )
    return asked


def evidence_for(
    reading: Reading,
    *,
    target: Stage,
    records: Analysis,
    governance: Governance,
    beside: Beside = ALONE,
    scores: bool = False,
) -> EvidenceReport:
    """The gate's report for a sound policy and the stage that follows its present one.

    Raises:
        InputError: the verdicts are about another change.
    """
    policy = require_effective(reading).policy
    gate = policy.gates.get(target, Gate())
    labels = _labels(beside, policy, target)
    new = replace(policy, stage=target)
    asked = _question(policy, new, labels)
    history = ExceptionHistory(known=False)
    if beside.history is not None and gate.exceptions_frozen is not None:
        history = beside.history()
    found = records.measure(policy, new, size=asked.size, repeats=asked.repeats, scores=scores)
    facts = Facts(
        target=target,
        scoped=target is not Stage.LIMITED or policy.limited is not None,
        daily=found.daily,
        reviews=_reviews(found.sample, labels, beside, governance) if labels else None,
        counter=beside.counter,
        repeats=found.repeats,
        scores=found.scores,
        exceptions=tuple(item.id for item in policy.exceptions),
        exceptions_changed=history.changed,
        exceptions_known=history.known,
    )
    baseline = governance.baseline(policy.extends) if policy.extends else None
    return report_on(
        found.tally,
        gate,
        policy=policy.id,
        source=policy.stage,
        target=target,
        policy_digest=sha256(reading.content),
        baseline=policy.extends,
        baseline_digest=sha256(baseline) if baseline is not None else "",
        sources=records.manifest(),
        engine=records.engine,
        facts=facts,
        escalation=policy.escalation,
    )


def question_about(
    content: bytes,
    *,
    file: str,
    target: Stage | None,
    documents: Documents,
    governance: Governance,
    beside: Beside = ALONE,
) -> Question:
    """What `judge` asks of records, for whoever counts them; the arguments are the same.

    Raises:
        DocumentError: the file has errors.
        InputError: the verdicts are about another change.
        RefusedError: no promotion leads there.
    """
    reading = read_document(content, file=file, documents=documents, governance=governance)
    policy = require_effective(reading).policy
    asked = asked_stage(policy, target)
    return _question(policy, replace(policy, stage=asked), _labels(beside, policy, asked))


def _question(old: Policy, new: Policy, labels: ReviewLabels | None) -> Question:
    return Question(
        purpose=Purpose.EVIDENCE,
        old=old,
        new=new,
        size=labels.size if labels else 0,
        repeats=old.gates.get(new.stage, Gate()).repeatable is not None,
    )


def _labels(beside: Beside, policy: Policy, target: Stage) -> ReviewLabels | None:
    if beside.labels is None:
        return None
    name, content = beside.labels
    try:
        labels = labels_from(content)
    except ValueError as error:
        raise InputError(f"{name}: {error}") from error
    about = labels.policy, labels.source, labels.target
    if about != (policy.id, policy.stage, target):
        raise InputError(
            f"{name} holds reviews of '{labels.policy}' for {labels.source.value} ->"
            f" {labels.target.value}, not of '{policy.id}' for {policy.stage.value} ->"
            f" {target.value}"
        )
    return labels


def _reviews(
    sample: Sequence[StratumSample],
    labels: ReviewLabels,
    beside: Beside,
    governance: Governance,
) -> Reviews:
    name, content = beside.labels or ("", b"")
    reviews = joined(sample, labels, name=name, sha256=sha256(content))
    root = governance.root
    unknown = tuple(who for who in reviews.reviewers if root and who not in root.people)
    author = "" if root and root.solo else beside.author
    return replace(reviews, unknown=unknown, author=author)
