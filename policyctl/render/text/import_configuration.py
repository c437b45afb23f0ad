"""What became of a configuration as a policy, as text."""

from __future__ import annotations

from policyctl.core.stages import Stage
from policyctl.render.lines import BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.import_configuration import Imported


def render(done: Imported, width: int | None = None, *, written: bool) -> list[Line]:
    """What was understood, what was not, and what comes next.

    Args:
        done: the policy.
        width: of the terminal.
        written: whether the file was written; it was printed otherwise.
    """
    del width
    number, off = len(done.running.settings), len(done.running.surplus)
    lines = [
        line(
            Part("wrote" if written else "read", GOOD),
            " ",
            Part(done.file if written else done.running.name, BOLD),
            Part(f"   from {done.target.title}", DIM),
        ),
        line(Part("  guardrails ", DIM), f"{number}, {len(done.acting)} of them act"),
        line(Part("  amounts to ", DIM), done.stage.value),
    ]
    lines += [
        line(Part("  not read   ", WARN), f"{item.place}: {item.what}")
        for item in done.running.unread
    ]
    if off:
        lines.append(line(Part("  ignored    ", DIM), f"{off} values that policies say nothing of"))
    near = done.nearest
    if near is not None and not done.policy.extends:
        other = near.use_case != done.policy.use_case
        made_for = f" (made for {near.use_case})" if other else ""
        lines.append(
            line(
                Part("  nearest    ", DIM),
                f"{near.baseline}{made_for}: {near.alike} of {near.of} guardrails are the same; "
                f"--extends {near.baseline} writes the differences only",
            )
        )
    record = f"policyctl record {done.policy.id} --rationale '...'"
    if written:
        lines.append(line(Part("  next       ", DIM), record))
        if done.stage is not Stage.LOGGING:
            lines.append(
                line(
                    Part("  note       ", DIM),
                    "the policy says 'logging' until evidence and approvals carry it further; "
                    "until then, drift shows that more runs",
                )
            )
    return lines
