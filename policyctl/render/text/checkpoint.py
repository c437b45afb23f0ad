"""The result of ``checkpoint`` as text."""

from __future__ import annotations

from policyctl.render.lines import BOLD, DIM, GOOD, Line, Part, line
from policyctl.usecases.checkpoint import MadeCheckpoint


def render(made: MadeCheckpoint, width: int | None = None) -> list[Line]:
    """What the checkpoint states, and how to hand it on."""
    del width
    found = made.checkpoint
    name = f"checkpoint {found.number}"
    if not made.grown:
        return [line(f"nothing grew since {name}, which covers {_entries(found.size)}")]
    verdict = Part(f"{name}" if made.tags else f"would make {name}", GOOD if made.tags else BOLD)
    lines = [
        line(verdict, f" · {_entries(found.size)} · trust root {found.root}"),
        *(
            line(Part("  grew      ", DIM), f"{policy} to {_entries(length)}")
            for policy, length in sorted(found.grew.items())
        ),
        *(
            line(Part("  owed      ", DIM), f"entry {seq} of {policy}, not covered yet")
            for policy, seq in sorted(found.owed)
        ),
    ]
    if made.who:
        lines.append(line(Part("  signed    ", DIM), made.who))
    lines += [line(Part("  tag       ", DIM), tag) for tag in made.tags]
    if made.tags:
        refs = " ".join(f"refs/tags/{tag}" for tag in made.tags)
        lines.append(line(Part("  next      ", DIM), f"git push origin {refs}"))
        lines.append(line(Part("            ", DIM), "policyctl checkpoint --show > notes.txt"))
    return lines


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"
