"""What ``doctor`` found, as text."""

from __future__ import annotations

from policyctl.render.lines import BAD, DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.doctor import Diagnosis, Health

_STYLES = {Health.FINE: GOOD, Health.ADVICE: WARN, Health.REPAIR: BAD}
_WIDTH = max(len(health.value) for health in Health)


def render(diagnosis: Diagnosis) -> list[Line]:
    """What was done, then each thing with its state, and what to do about it."""
    lines = [line(Part("repaired", GOOD), f"  {text}") for text in diagnosis.done]
    for check in diagnosis.checks:
        word = check.health.value
        state = Part(f"{word:<{_WIDTH}}", _STYLES[check.health])
        lines.append(line(state, f"  {check.name}: {check.message}"))
        if check.hint:
            lines.append(line(Part(" " * _WIDTH + "    = ", DIM), check.hint))
    ill = sum(check.health is Health.REPAIR for check in diagnosis.checks)
    if diagnosis.sound:
        lines.append(line(Part("nothing to repair", GOOD)))
    else:
        lines.append(line(Part(f"{ill} to repair", BAD)))
    return lines
