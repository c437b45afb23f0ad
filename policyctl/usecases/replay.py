"""Decide recorded traffic under two versions of a policy."""

from __future__ import annotations

from enum import Enum

from policyctl.core.evidence import RecordSource
from policyctl.core.frozen import frozen, replace
from policyctl.core.policy import Gate, Policy
from policyctl.core.question import Purpose, Question
from policyctl.core.replay import Replay
from policyctl.core.sensitivity_choice import Choices, choices_of
from policyctl.core.stages import Stage
from policyctl.usecases.ports import Analysis

LIMITS = (
    "what users would have done after another decision is not recorded: look at first hits",
    "the false positives stay measurable only where a share of the traffic is left in logging",
    "it holds for the detectors and versions that made these records",
    "only what was recorded can be decided again",
)
"""What a replay cannot know; said with each one."""


class Verdict(Enum):
    """What a replay ends in."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_JUDGED = "not_judged"


EXIT_CODES = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.NOT_JUDGED: 3}
"""What ``policyctl replay`` ends with."""


@frozen
class ReplayReport:
    """A replay, and what was asked of it.

    Attributes:
        before: what the first version is called; empty if there was no policy.
        after: what the second version is called.
        budget: the most decisions that may be newly blocked, or None.
        without: the replay as if neither version had exceptions; None where neither has.
        gate: what the suggestions are measured by.
        choices: what each sensitivity would cost; empty unless asked for.
    """

    policy: str
    before: str
    after: str
    replay: Replay
    engine: str
    sources: tuple[RecordSource, ...]
    budget: int | None = None
    without: Replay | None = None
    gate: Gate | None = None
    choices: tuple[Choices, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Fail if the budget is exceeded; pass only if the records could say that it is not."""
        if self.budget is not None and self.replay.newly_blocked > self.budget:
            return Verdict.FAIL
        if not self.replay.judged or (self.budget is not None and self.replay.not_replayable):
            return Verdict.NOT_JUDGED
        return Verdict.PASS


def question_of(old: Policy | None, new: Policy, stage: Stage | None = None) -> Question:
    """What `replay_policy` asks of records, for whoever counts them."""
    return Question(purpose=Purpose.REPLAY, old=old, new=_moved(new, stage))


def _moved(new: Policy, stage: Stage | None) -> Policy:
    return replace(new, stage=stage) if stage else new


def replay_policy(
    old: Policy | None,
    new: Policy,
    *,
    before: str,
    after: str,
    records: Analysis,
    stage: Stage | None = None,
    budget: int | None = None,
    suggest: bool = False,
    again: bool = True,
) -> ReplayReport:
    """Decide records under two versions of a policy.

    Args:
        old: the version before; None if there was none.
        new: the version after.
        before: what the first version is called.
        after: what the second version is called.
        records: detection records of the policy's traffic.
        stage: the stage that the second version is taken to be in; None for its own.
        budget: the most decisions that may be newly blocked, or None.
        suggest: whether to say what each sensitivity would cost.
        again: whether to decide the records a second time, without exceptions.
    """
    moved = _moved(new, stage)
    found = records.replay(old, moved)
    gate = new.gates.get(new.stage.following or new.stage, Gate()) if suggest else None
    return ReplayReport(
        policy=new.id,
        before=before if old else "",
        after=f"{after}, in '{stage.value}'" if stage else after,
        replay=found,
        engine=records.engine,
        sources=tuple(sorted(records.manifest())),
        budget=budget,
        without=_without_exceptions(old, moved, records) if again else None,
        gate=gate,
        choices=choices_of(new, gate, records.level_counts(new)) if gate else (),
    )


def _without_exceptions(old: Policy | None, new: Policy, records: Analysis) -> Replay | None:
    if not new.exceptions and not (old and old.exceptions):
        return None
    bare = replace(old, exceptions=()) if old else None
    return records.replay(bare, replace(new, exceptions=()))
