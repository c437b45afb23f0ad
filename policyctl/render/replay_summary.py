"""A replay in words, the same ones in every format."""

from __future__ import annotations

from policyctl.core.criterion import at_most, percent
from policyctl.core.replay import Changed, Kind, Replay
from policyctl.core.replayability import NotReplayable
from policyctl.core.sensitivity_choice import Choice
from policyctl.render.summary import several
from policyctl.usecases.replay import ReplayReport

KINDS = {
    Kind.NEWLY_BLOCKED: "newly blocked",
    Kind.NO_LONGER_BLOCKED: "no longer blocked",
    Kind.BLOCKED_OTHERWISE: "blocked otherwise",
    Kind.OBSERVED_OTHERWISE: "logged otherwise",
}
NO_RECORDS = (
    "no records were given: what recorded traffic would have been decided differently is not"
    " known (policyctl diff --events FILE)"
)
_PER = 100_000
_EXAMPLES = 3


def title(report: ReplayReport) -> str:
    """What was compared."""
    return f"{report.policy}: {report.before or 'no policy'} -> {report.after}"


def impact(replay: Replay) -> str:
    """The answer in one line."""
    if not replay.judged:
        return "not judged: the records cannot say what this change would have decided differently"
    text = f"{changes(replay)}, of {several(replay.evaluations, 'recorded evaluation')}"
    if replay.not_replayable:
        text += f"; {several(len(replay.not_replayable), 'part')} cannot be replayed"
    return text


def without_exceptions(report: ReplayReport) -> str:
    """The answer as if there were no exceptions; empty where there are none.

    What exceptions spare users is the difference to the answer itself.
    """
    if report.without is None or not report.without.judged:
        return ""
    return changes(report.without)


def changes(replay: Replay) -> str:
    """How many decisions changed, and how."""
    said = [
        f"{replay.events(kind)} {words}" for kind, words in KINDS.items() if replay.events(kind)
    ]
    return ", ".join(said) or "nothing would have been decided differently"


def kind_line(replay: Replay, kind: Kind) -> str:
    """How many decisions changed in one way, where, and how often."""
    events = replay.events(kind)
    text = f"{several(events, 'decision')} in {several(replay.sessions[kind], 'session')}"
    if replay.requests:
        text += f", {events * _PER / replay.requests:.1f} per 100000 requests"
    found = [item for item in replay.changed if item.place.kind is kind]
    false = sum(item.false_positives for item in found)
    true = sum(item.true_positives for item in found)
    return f"{text}; of {false + true} reviewed: {several(false, 'false positive')}, {true} true"


def gap(item: NotReplayable) -> str:
    """What cannot be replayed, and why."""
    return f"{item.guardrail} ({item.direction.value}): {item.reason}"


def places(replay: Replay, most: int) -> tuple[str, ...]:
    """Where decisions changed, with some records to look at, and what cannot be replayed.

    Args:
        replay: the replay.
        most: how many places are told; the rest is counted.
    """
    told = [_place(item) for item in replay.changed[:most]]
    rest = len(replay.changed) - most
    told += [f"and {several(rest, 'more place')}"] if rest > 0 else []
    gaps = [f"not replayable: {gap(item)}" for item in replay.not_replayable[:most]]
    left = len(replay.not_replayable) - most
    gaps += [f"and {several(left, 'more part')} that cannot be replayed"] if left > 0 else []
    return (*told, *gaps)


def _place(item: Changed) -> str:
    place = item.place
    examples = " ".join(example.request_id for example in item.examples[:_EXAMPLES])
    return (
        f"{place.guardrail} ({place.direction.value}) in {place.app}: {place.old.value} ->"
        f" {place.new.value} {several(item.events, 'time')}, such as {examples}"
    )


def budget(report: ReplayReport) -> str:
    """What the budget says; empty without one."""
    if report.budget is None:
        return ""
    count, most = report.replay.newly_blocked, report.budget
    if count > most:
        return f"{count} newly blocked, more than the {most} that are allowed"
    if report.replay.not_replayable or not report.replay.judged:
        return f"{count} newly blocked of {most} allowed, but not all could be replayed"
    return f"{count} newly blocked of {most} allowed"


def choice(item: Choice) -> tuple[str, ...]:
    """A sensitivity's cells: detections, reviewed, false, bound, what is missing."""
    if not item.recorded:
        missing = "not recorded"
    elif item.tolerated:
        missing = "shown"
    elif item.missing is None:
        missing = "cannot be shown"
    else:
        missing = f"{several(item.missing, 'review')} missing"
    counts = (item.detections, item.reviewed, item.false_positives)
    return (*map(str, counts), at_most(item.bound), missing)


def suggestions_head(report: ReplayReport) -> str:
    """By what the sensitivities are measured."""
    if report.gate is None:
        return ""
    gate = report.gate
    return (
        f"the strictest sensitivity with at most {percent(gate.false_positives)} false positives"
        f" at {percent(gate.confidence)} confidence"
    )
