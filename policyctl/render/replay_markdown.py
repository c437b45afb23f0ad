"""A replay as Markdown, fit for a comment in a pull request."""

from __future__ import annotations

from policyctl.core.replay import Changed, Kind, Replay
from policyctl.core.sensitivity_choice import Choices
from policyctl.render.markdown import LIMIT
from policyctl.render.markdown_text import cell, plain_text
from policyctl.render.replay_summary import (
    KINDS,
    budget,
    choice,
    gap,
    impact,
    kind_line,
    suggestions_head,
    title,
    without_exceptions,
)
from policyctl.render.summary import several
from policyctl.usecases.replay import LIMITS, ReplayReport

_HEAD = (
    "| guardrail | app | before → after | decisions | first hits | reviewed | false |\n"
    "| --- | --- | --- | ---: | ---: | ---: | ---: |\n"
)
_CHOICES = (
    "| guardrail | app | sensitivity | detections | reviewed | false | at most | |\n"
    "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |\n"
)


def render(report: ReplayReport, *, limit: int = LIMIT) -> str:
    """The answer, a table of what changed, and the rest folded.

    Args:
        report: the replay.
        limit: the most characters that the whole may have; what does not fit is counted.
    """
    replay = report.replay
    text = f"**{plain_text(title(report))}**\n\n{plain_text(impact(replay))}\n"
    bare = without_exceptions(report)
    if bare:
        text += f"\nwithout exceptions: {plain_text(bare)}\n"
    if report.budget is not None:
        text += f"\nbudget: {plain_text(budget(report))}\n"
    blocks = [_kinds(replay), *_gaps(replay), *_table(replay.changed)]
    if report.gate is not None:
        blocks += _suggestions(report)
    blocks += [_examples(item) for item in replay.changed if item.examples]
    blocks.append("\n" + "".join(f"- {plain_text(item)}\n" for item in LIMITS))
    for number, block in enumerate(blocks):
        rest = f"\n**{several(len(blocks) - number, 'more part')}**: too long with all.\n"
        if len(text) + len(block) + len(rest) > limit:
            return text + rest
        text += block
    return text


def _kinds(replay: Replay) -> str:
    said = [kind for kind in Kind if replay.events(kind)]
    rows = [f"- **{KINDS[kind]}**: {plain_text(kind_line(replay, kind))}\n" for kind in said]
    return "\n" + "".join(rows) if rows else ""


def _gaps(replay: Replay) -> list[str]:
    if not replay.not_replayable:
        return []
    rows = "".join(f"- {plain_text(gap(item))}\n" for item in replay.not_replayable)
    return [f"\n**not replayable**\n\n{rows}"]


def _table(changed: tuple[Changed, ...]) -> list[str]:
    rows = [
        f"| {cell(item.place.guardrail)} ({item.place.direction.value}) | {cell(item.place.app)} "
        f"| {item.place.old.value} → {item.place.new.value} | {item.events} | {item.first_hits} "
        f"| {item.reviewed} | {item.false_positives} |\n"
        for item in changed
    ]
    return ["\n" + _HEAD + "".join(rows)] if rows else []


def _suggestions(report: ReplayReport) -> list[str]:
    head = f"\n**{plain_text(suggestions_head(report))}**\n\n"
    rows = [row for item in report.choices for row in _choices(item)]
    return [head + _CHOICES + "".join(rows)] if rows else [head + "nothing was recorded\n"]


def _choices(item: Choices) -> list[str]:
    rows = []
    for one in item.choices:
        name = one.sensitivity.name
        name += " (now)" if one.sensitivity is item.present else ""
        name = f"**{name}: suggested**" if one.sensitivity is item.suggested else name
        counts = " | ".join(map(cell, choice(one)))
        who = f"{cell(item.guardrail)} ({item.direction.value})"
        rows.append(f"| {who} | {cell(item.app)} | {name} | {counts} |\n")
    return rows


def _examples(item: Changed) -> str:
    place = item.place
    about = f"{place.guardrail} in {place.app}: {KINDS[place.kind]}"
    ids = "".join(
        f"- {plain_text(example.request_id)} ({plain_text(example.detector)})\n"
        for example in item.examples
    )
    return f"\n<details><summary>examples: {plain_text(about)}</summary>\n\n{ids}\n</details>\n"
