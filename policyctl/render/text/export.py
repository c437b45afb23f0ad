"""What an engine's configuration does not say of its policy, as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core.diff.effect import Effect
from policyctl.core.engines.loss import Loss
from policyctl.render.lines import BAD, BOLD, DIM, WARN, Line, Part, clean, line
from policyctl.usecases.export import Export

_WORDS: Mapping[Effect, tuple[str, str]] = {
    Effect.LOOSER: ("looser", BAD),
    Effect.TIGHTER: ("tighter", WARN),
    Effect.MIXED: ("mixed", BAD),
    Effect.UNKNOWN: ("unknown", WARN),
    Effect.NEUTRAL: ("", DIM),
}
_ORDER = (Effect.LOOSER, Effect.MIXED, Effect.UNKNOWN, Effect.TIGHTER, Effect.NEUTRAL)


def render(done: Export, width: int | None = None) -> list[Line]:
    """What is lost on the way to the engine, the dangerous first, alike losses together."""
    del width
    approved = done.approved
    entry = approved.provenance.entry
    stands = f"entry {entry}" if entry else "draft, not approved"
    lines = [
        line(
            Part(f"{approved.policy.id} -> {done.target.title}", BOLD),
            Part(f"   {approved.policy.stage.value}, {stands}", DIM),
        )
    ]
    if approved.waiting:
        lines.append(
            line(Part("  waiting   ", WARN), f"{approved.waiting} is not approved, and not in it")
        )
    losses = done.written.losses
    if not losses:
        return [*lines, line("  nothing is lost")]
    number = f"{len(losses)} loss{'es' if len(losses) != 1 else ''}"
    lines.append(line(f"  {number}: what the policy says and the configuration does not"))
    for item, subjects in _grouped(losses):
        word, style = _WORDS[item.effect]
        lines.append(line("  ", Part(word.ljust(9), style), ", ".join(subjects)))
        lines.append(line(" " * 11, f"{item.what}; ", Part(item.consequence, DIM)))
    if done.strict:
        lines.append(line(Part("  --strict: nothing was exported", BAD)))
    return lines


def notes(done: Export) -> tuple[str, ...]:
    """The same as comments for the configuration's own header."""
    found = [
        f"Written by policyctl; change the policy, not this file. {done.approved.provenance.mark}"
    ]
    for item, subjects in _grouped(done.written.losses):
        found.append(f"lost: {', '.join(subjects)}: {item.what}; {item.consequence}")
    # A line break from a policy would end the comment.
    return tuple(map(clean, found))


def _grouped(losses: Iterable[Loss]) -> list[tuple[Loss, list[str]]]:
    groups: dict[tuple[str, str], tuple[Loss, list[str]]] = {}
    for item in sorted(losses, key=lambda loss: _ORDER.index(loss.effect)):
        _, subjects = groups.setdefault((item.what, item.consequence), (item, []))
        if item.subject not in subjects:
            subjects.append(item.subject)
    return [*groups.values()]
