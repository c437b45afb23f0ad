"""A policy in force: every value present, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

from policyctl.core.expiry import day
from policyctl.core.frozen import fresh, frozen
from policyctl.core.levels import Sensitivity
from policyctl.core.quantities import duration, share
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

PLACEHOLDER = "Describe the business use case here, in a sentence or two."
"""The purpose of a new policy, until somebody says what it is for."""


class Inference(Enum):
    """How the bound on the false-positive rate is computed.

    ``ANYTIME`` holds however often it is looked at; ``FIXED`` holds for one look at a number of
    reviews that was written down before.
    """

    ANYTIME = "anytime"
    FIXED = "fixed"


@frozen
class Topic:
    """A subject that counts as a detection."""

    name: str
    definition: str
    examples: tuple[str, ...] = ()


@frozen
class Guardrail:
    """One protection, in one direction."""

    detector: str
    direction: Direction
    action: Action
    sensitivity: Sensitivity
    enabled: bool = True
    words: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    allowed_domains: tuple[str, ...] = ()
    reason: str = ""


@frozen
class Limited:
    """The part of the traffic that the stage ``limited`` acts on.

    An empty tuple, or a share of None, does not narrow the scope.
    """

    guardrails: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    share: Fraction | None = None
    key: str = ""
    salt: str = ""


@frozen
class PolicyException:
    """Detections that are let through on purpose, until a day.

    Attributes:
        expires: the last day (UTC) on which it holds; None if the file gives no such day, which
            counts as expired.
    """

    id: str
    guardrail: str
    reason: str
    owner: str
    expires: date | None
    apps: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    direction: Direction | None = None
    ticket: str = ""


@frozen
class Thresholds:
    """Who answers for the dials."""

    owner: str = ""
    reviewer: str = ""
    review_every: timedelta | None = None


class Promote(Enum):
    """What a gate lets through together."""

    ALL = "all"
    """Every guardrail and application of a scope that was fixed before anybody looked."""
    SUBSET = "subset"
    """Those that pass, picked after looking."""


@frozen
class Gate:
    """The evidence that a promotion needs.

    Attributes:
        window: time that the records must span, in complete days.
        records: evaluations that must have been recorded.
        reviewed: newly blocked detections that must have been reviewed.
        false_positives: highest tolerated share of false positives, 0 to 1.
        confidence: confidence of the upper bound on that share, 0.5 to 1.
        completeness: least share of the requests of an independent counter that have records.
        flag_rate: highest share of evaluations that are flagged, its upper bound.
        harm: most false blocks among 100,000 requests, their upper bound.
        weekly_change: by how much the flag rate of the last week may differ from that before.
        daily_variation: highest coefficient of variation of the flag rate between days.
        mix_shift: highest population stability index of the levels between those weeks.
        excepted: highest share of flagged detections that exceptions let through.
        exceptions_frozen: time at the end of the window in which no exception was changed.
        exception_hits: by how much the hits of an exception may differ between these weeks.
        limited_blocked: least share of what the limited scope blocks that the engine did block.
        newly_blocked: most detections that may be newly blocked in the window.
        reviewers: least number of people who reviewed.
        reviewed_twice: least share of the sample that two people reviewed.
        agreement: least agreement of these two beyond chance, as Cohen's kappa.
        repeatable: least share of the messages seen again that got the same level, its lower bound.
        expires: how long after the last record the evidence carries a promotion.
        promote: whether the scope may be narrowed to what passes.

    What is None is not asked for.
    """

    window: timedelta = timedelta(days=14)
    records: int = 1000
    reviewed: int = 100
    false_positives: Fraction = Fraction(2, 100)
    confidence: Fraction = Fraction(95, 100)
    inference: Inference = Inference.ANYTIME
    completeness: Fraction | None = None
    flag_rate: Fraction | None = None
    harm: int | None = None
    weekly_change: Fraction | None = None
    daily_variation: Fraction | None = None
    mix_shift: Fraction | None = None
    excepted: Fraction | None = None
    exceptions_frozen: timedelta | None = None
    limited_blocked: Fraction | None = None
    newly_blocked: int | None = None
    reviewers: int | None = None
    reviewed_twice: Fraction | None = None
    agreement: Fraction | None = None
    promote: Promote = Promote.ALL
    repeatable: Fraction | None = None
    exception_hits: Fraction | None = None
    expires: timedelta | None = None


@frozen
class Trigger:
    """What must happen when the records show a change."""

    when: str
    do: str
    notify: str = ""


@frozen
class Policy:
    """A policy in force: baseline, policy file and governance's floors already joined."""

    id: str
    name: str
    purpose: str
    use_case: str
    data_sensitivity: str
    owner: str
    stage: Stage
    sensitivity: Sensitivity
    guardrails: tuple[Guardrail, ...]
    extends: str = ""
    apps: tuple[str, ...] = ()
    engine: str = ""
    limited: Limited | None = None
    exceptions: tuple[PolicyException, ...] = ()
    thresholds: Thresholds = Thresholds()
    gates: Mapping[Stage, Gate] = fresh(default_factory=dict)
    escalation: tuple[Trigger, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)


def policy_from(data: Mapping[str, Any], guardrails: Iterable[Guardrail] | None = None) -> Policy:
    """The policy that a complete document describes.

    Args:
        data: a document that its schema accepts and in which each guardrail names one direction,
            an action and a sensitivity, as `effective.resolve` makes it.
        guardrails: its guardrails, where somebody has made them of it.
    """
    applies_to = data.get("applies_to", {})
    return Policy(
        id=data["id"],
        name=data["name"],
        purpose=data["purpose"],
        use_case=data["use_case"],
        data_sensitivity=data["data_sensitivity"],
        owner=data["owner"],
        stage=Stage(data["stage"]),
        sensitivity=Sensitivity[data["sensitivity"]],
        guardrails=tuple(
            map(guardrail_from, data["guardrails"]) if guardrails is None else guardrails
        ),
        extends=data.get("extends", ""),
        apps=tuple(applies_to.get("apps", ())),
        engine=applies_to.get("engine", ""),
        limited=limited_from(data["limited"], data["id"]) if "limited" in data else None,
        exceptions=tuple(exception_from(item) for item in data.get("exceptions", ())),
        thresholds=thresholds_from(data.get("thresholds", {})),
        gates={Stage(stage): gate_from(gate) for stage, gate in data.get("gates", {}).items()},
        escalation=tuple(Trigger(**item) for item in data.get("escalation", ())),
        controls={name: tuple(ids) for name, ids in data.get("controls", {}).items()},
    )


# Thirty guardrails stand in most policies: a dictionary finds these in a third of the time.
_DIRECTIONS = {direction.value: direction for direction in Direction}
_ACTIONS = {action.value: action for action in Action}
_SENSITIVITIES = dict(Sensitivity.__members__)


def guardrail_from(item: Mapping[str, Any]) -> Guardrail:
    """The guardrail that a complete item describes."""
    return Guardrail(
        detector=item["detector"],
        direction=_DIRECTIONS[item["direction"]],
        action=_ACTIONS[item["action"]],
        sensitivity=_SENSITIVITIES[item["sensitivity"]],
        enabled=item.get("enabled", True),
        words=tuple(item.get("words", ())),
        regex=tuple(item.get("regex", ())),
        topics=tuple(map(_topic_from, item.get("topics", ()))),
        allowed_domains=tuple(item.get("allowed_domains", ())),
        reason=item.get("reason", ""),
    )


def _topic_from(item: Mapping[str, Any]) -> Topic:
    return Topic(
        name=item["name"],
        definition=item["definition"],
        examples=tuple(item.get("examples", ())),
    )


def limited_from(item: Mapping[str, Any], policy_id: str) -> Limited:
    """The scope that an item describes; the salt defaults to one of the policy's own."""
    return Limited(
        guardrails=tuple(item.get("guardrails", ())),
        apps=tuple(item.get("apps", ())),
        cohorts=tuple(item.get("cohorts", ())),
        share=share(item["share"]) if "share" in item else None,
        key=item.get("key", ""),
        salt=item.get("salt", f"policyctl/v1:{policy_id}"),
    )


def exception_from(item: Mapping[str, Any]) -> PolicyException:
    """The exception that an item describes."""
    when = item["when"]
    return PolicyException(
        id=item["id"],
        guardrail=item["guardrail"],
        reason=item["reason"],
        owner=item["owner"],
        expires=day(item["expires"]),
        apps=_several(when.get("app", ())),
        cohorts=_several(when.get("cohort", ())),
        keys=_several(when.get("key", ())),
        direction=Direction(when["direction"]) if "direction" in when else None,
        ticket=item.get("ticket", ""),
    )


def thresholds_from(item: Mapping[str, Any]) -> Thresholds:
    """The threshold ownership that an item describes."""
    return Thresholds(
        owner=item.get("owner", ""),
        reviewer=item.get("reviewer", ""),
        review_every=duration(item["review_every"]) if "review_every" in item else None,
    )


def gate_from(item: Mapping[str, Any]) -> Gate:
    """The gate that an item describes; what it leaves out has `Gate`'s default."""
    default = Gate()
    return Gate(
        window=duration(item["window"]) if "window" in item else default.window,
        records=item.get("records", default.records),
        reviewed=item.get("reviewed", default.reviewed),
        false_positives=(
            share(item["false_positives"]) if "false_positives" in item else default.false_positives
        ),
        confidence=share(item["confidence"]) if "confidence" in item else default.confidence,
        inference=Inference(item.get("inference", default.inference.value)),
        completeness=_share_of(item, "completeness"),
        flag_rate=_share_of(item, "flag_rate"),
        harm=item.get("harm"),
        weekly_change=_share_of(item, "weekly_change"),
        daily_variation=_share_of(item, "daily_variation"),
        mix_shift=_share_of(item, "mix_shift"),
        excepted=_share_of(item, "excepted"),
        exceptions_frozen=(
            duration(item["exceptions_frozen"]) if "exceptions_frozen" in item else None
        ),
        limited_blocked=_share_of(item, "limited_blocked"),
        newly_blocked=item.get("newly_blocked"),
        reviewers=item.get("reviewers"),
        reviewed_twice=_share_of(item, "reviewed_twice"),
        agreement=_share_of(item, "agreement"),
        expires=duration(item["expires"]) if "expires" in item else None,
        exception_hits=_share_of(item, "exception_hits"),
        repeatable=_share_of(item, "repeatable"),
        promote=Promote(item.get("promote", default.promote.value)),
    )


def _share_of(item: Mapping[str, Any], name: str) -> Fraction | None:
    return share(item[name]) if name in item else None


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
