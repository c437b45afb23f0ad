"""The pictures of the report on an estate."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.estate import Estate
from policyctl.core.kept_evidence import KeptEvidence
from policyctl.core.stages import Stage
from policyctl.core.timeline import MonthOfChanges
from policyctl.render import svg
from policyctl.render.drawing import WIDTH, axis, box, line, number, picture, shown, text
from policyctl.render.evidence_pictures import BoundRow
from policyctl.render.summary import several

_MOST_MONTHS = 60
_KINDS = ("forward", "other", "back")


def pipeline(estate: Estate) -> str:
    """How many policies stand in each stage, from left to right."""
    wide, tall, gap = 200.0, 74.0, 60.0
    parts = []
    for place, stage in enumerate(Stage):
        x, count = place * (wide + gap), len(estate.in_stage(stage))
        said = f"{stage.value}: {several(count, 'policy', 'policies')}"
        parts.append(box(x + 1, 1, wide - 2, tall - 2, f"stage {stage.value}", said))
        parts.append(_big(x + wide / 2, 36, str(count)))
        parts.append(text(x + wide / 2, 60, stage.value, "middle"))
        if stage.following is not None:
            start, end, y = x + wide + 8, x + wide + gap - 8, tall / 2
            parts.append(line(start, y, end, y, "arrow"))
            parts.append(f'<path class="head" d="M{number(end)} {number(y)} l-8 -5 v10 z"/>')
    return picture(tall, "Policies by stage", parts)


def stages_over_time(months: Sequence[MonthOfChanges]) -> str:
    """How many policies stood in each stage at the end of each month."""
    rows = [[(stage.value, month.stages[stage]) for stage in Stage] for month in months]
    return _stacked(months, rows, "Policies by stage, month by month")


def changes_over_time(months: Sequence[MonthOfChanges]) -> str:
    """How many changes were recorded in each month."""
    words = {"forward": "promotions", "other": "other changes", "back": "steps back"}
    rows = [[(words[kind], int(getattr(month, kind))) for kind in _KINDS] for month in months]
    return _stacked(months, rows, "Recorded changes, month by month")


def _stacked(
    months: Sequence[MonthOfChanges], rows: Sequence[Sequence[tuple[str, int]]], title: str
) -> str:
    months, rows = months[-_MOST_MONTHS:], rows[-_MOST_MONTHS:]
    height, left, bottom = 170.0, 40.0, 130.0
    top = max([sum(count for _, count in row) for row in rows], default=0) or 1
    step = min((WIDTH - left) / max(len(rows), 1), 60.0)
    parts = [axis(left, bottom, WIDTH), text(0, bottom, "0"), text(0, 24, str(top))]
    for place, (month, row) in enumerate(zip(months, rows, strict=True)):
        y = bottom
        for name, count in row:
            tall = (bottom - 16) * count / top
            y -= tall
            if count:
                kind = "series " + name.replace(" ", "-")
                said = f"{month.name}: {name} {count}"
                parts.append(box(left + place * step + 1, y, step - 2, tall, kind, said))
    for place in sorted({0, len(months) - 1} & set(range(len(months)))):
        anchor = "start" if place == 0 else "end"
        x = left + (0 if place == 0 else (place + 1) * step)
        if place == 0 or x > left + 110:
            parts.append(text(x, bottom + 16, months[place].name, anchor))
    for place, name in enumerate(name for name, _ in (rows[0] if rows else ())):
        x = left + 150.0 * place
        parts.append(box(x, height - 14, 10, 10, "series " + name.replace(" ", "-"), name))
        parts.append(text(x + 16, height - 5, name))
    return picture(height, title, parts)


def bounds(evidence: KeptEvidence) -> str:
    """What reviews said about false positives, against what the gate tolerates."""
    return svg.false_positives(
        [
            BoundRow(
                name=item.name,
                estimate=item.estimate,
                lower=item.lower,
                upper=item.upper,
                limit=item.limit,
            )
            for item in evidence.bounds
        ]
    )


def window(share: float, said: str) -> str:
    """How far a gate is, as a bar with its words."""
    wide = 300.0
    parts = [
        box(0, 4, wide, 16, "less", said),
        box(0, 4, wide * share, 16, "total", said),
        text(wide + 8, 16, said),
    ]
    return picture(24, said, parts)


def _big(x: float, y: float, said: str) -> str:
    place = f'x="{number(x)}" y="{number(y)}" text-anchor="middle"'
    return f'<text class="big" {place}>{shown(said)}</text>'
