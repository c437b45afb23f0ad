"""A block of lines in a file that people write too, found by the lines around it."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.frozen import frozen

BEGIN = "# policyctl begin: written by 'policyctl codeowners', from governance; edit outside of it"
END = "# policyctl end"
_BEGIN = "# policyctl begin"


@frozen
class Divided:
    """A file in three parts.

    Attributes:
        before: the lines above the block; all of them where there is none.
        block: the lines between the marks, or None.
        after: the lines below it.
        problem: what is wrong with the marks, or the empty text.
    """

    before: tuple[str, ...]
    block: tuple[str, ...] | None = None
    after: tuple[str, ...] = ()
    problem: str = ""


def divided(text: str) -> Divided:
    """The parts of a file."""
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith(_BEGIN)]
    ends = [number for number, line in enumerate(lines) if line.rstrip() == END]
    if not begins and not ends:
        return Divided(before=tuple(lines))
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        said = f"'{_BEGIN}' on {_places(begins)} and '{END}' on {_places(ends)}"
        return Divided(before=tuple(lines), problem=f"one block is expected, and there is {said}")
    begin, end = begins[0], ends[0]
    return Divided(
        before=tuple(lines[:begin]),
        block=tuple(lines[begin + 1 : end]),
        after=tuple(lines[end + 1 :]),
    )


def with_block(parts: Divided, block: Sequence[str]) -> str:
    """The file with another block, as its last part: in CODEOWNERS the last match decides."""
    others = [*parts.before, *parts.after]
    while others and not others[-1].strip():
        others.pop()
    gap = [""] if others else []
    return "\n".join([*others, *gap, BEGIN, *block, END]) + "\n"


def _places(numbers: Sequence[int]) -> str:
    return f"line {', '.join(str(number + 1) for number in numbers)}" if numbers else "no line"
