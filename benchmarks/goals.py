"""The goals: each a ratio of two costs of one run, so that it means the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measuring import Costs


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A limit of ``over / under``.

    Attributes:
        over: the case whose cost is divided.
        under: the case whose cost it is divided by.
        limit: the goal; where ``least`` is set it is a lower limit, else an upper one.
        stretch: what would be better still, or None.
        memory: whether peak memory is compared rather than processor time.
        wall: whether time on the clock is, for what may use several processors.
    """

    over: str
    under: str
    limit: float
    least: bool = False
    stretch: float | None = None
    memory: bool = False
    wall: bool = False

    @property
    def of(self) -> str:
        """What is compared."""
        return "memory" if self.memory else "wall" if self.wall else "cpu"

    def is_met(self, measured: float, limit: float) -> bool:
        """True if a ratio keeps to a limit."""
        return measured >= limit if self.least else measured <= limit


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A goal and the ratio that was measured."""

    goal: Goal
    measured: float

    def __str__(self) -> str:
        goal = self.goal
        word = "met   " if goal.is_met(self.measured, goal.limit) else "MISSED"
        bound = "at least" if goal.least else "at most"
        text = f"{word} {goal.over} / {goal.under}: {self.measured:.2f}, {bound} {goal.limit:g}"
        if goal.stretch is not None:
            reached = "met" if goal.is_met(self.measured, goal.stretch) else "missed"
            text += f" (stretch {goal.stretch:g}: {reached})"
        return text + (f" ({goal.of})" if goal.of != "cpu" else "")

    def document(self) -> dict[str, object]:
        """The same for a file."""
        goal = self.goal
        return {
            "ratio": f"{goal.over} / {goal.under}",
            "of": goal.of,
            "measured": self.measured,
            "least" if goal.least else "most": goal.limit,
            "met": goal.is_met(self.measured, goal.limit),
            "stretch": goal.stretch,
            "stretch_met": None
            if goal.stretch is None
            else goal.is_met(self.measured, goal.stretch),
        }


GOALS = (
    Goal(over="one file", under="python", limit=6, stretch=4),
    Goal(over="one file", under="yamllint, one", limit=0.8),
    Goal(over="one file, known", under="python", limit=2.6),
    Goal(over="one file, through typer", under="python", limit=10),
    Goal(over="help", under="python", limit=8),
    Goal(over="completion", under="python", limit=8),
    Goal(over="check-jsonschema, many", under="many files", limit=20, least=True, stretch=40),
    Goal(over="yamllint, many", under="many files", limit=20, least=True, stretch=40),
    Goal(over="ajv-cli, many", under="many files", limit=1, least=True),
    Goal(over="ajv-cli, many", under="many files", limit=1, least=True, wall=True),
    Goal(over="jsonschema, many", under="many files", limit=1, least=True),
    Goal(over="jsonschema, many", under="many files", limit=1, least=True, wall=True),
    Goal(over="check-jsonschema, many", under="many files, known", limit=150, least=True),
    Goal(over="yamllint, many", under="many files, known", limit=150, least=True),
    Goal(over="many files, lint", under="many files", limit=3),
    Goal(over="memory, four times", under="memory, a tenth", limit=1.5, memory=True),
)


def judged(goals: Sequence[Goal], costs: Mapping[str, Costs]) -> list[Judged]:
    """The goals whose two cases were measured."""
    found: list[Judged] = []
    for goal in goals:
        if goal.over in costs and goal.under in costs:
            over, under = costs[goal.over], costs[goal.under]
            ratios = {
                "memory": over.peak / under.peak,
                "wall": over.wall / under.wall,
                "cpu": over.cpu / under.cpu,
            }
            ratio = ratios[goal.of]
            found.append(Judged(goal=goal, measured=ratio))
    return found
