"""What was written for a forge, as text."""

from __future__ import annotations

from collections.abc import Sequence

from policyctl.core.forge import Forge
from policyctl.render.lines import DIM, GOOD, WARN, Line, Part, line
from policyctl.usecases.add_ci import AddedCi

_STEPS = {
    Forge.GITHUB: (
        "push, and require the check 'policies / policy check' for the branch",
        "set the repository's variable POLICYCTL_PIN to the pin",
    ),
    Forge.GITLAB: (
        "push, and let merge requests need a pipeline that succeeds",
        "set the CI variable POLICYCTL_PIN to the pin",
    ),
}
_INCLUDE = ".gitlab-ci.yml"


def render(added: AddedCi, width: int | None = None) -> list[Line]:
    """The files, what was left alone, and what remains to be done at the forge."""
    del width
    lines = [line(Part("written", GOOD), Part(f"   commit {added.commit[:12]}", DIM))]
    lines += [line(Part("  new       ", DIM), path) for path in added.files]
    lines += [line(Part("  kept      ", DIM), Part(path, WARN)) for path in added.kept]
    return [*lines, *ci_lines(added.forge, added.kept)]


def ci_lines(forge: Forge, kept: Sequence[str]) -> list[Line]:
    """What remains to be done at a forge.

    Args:
        forge: where.
        kept: files that were left alone.
    """
    lines = [line(Part("  ci        ", DIM), step) for step in _STEPS[forge]]
    if _INCLUDE in kept:
        said = f"add to {_INCLUDE}: include: [{{local: .gitlab/policyctl.yml}}]"
        lines.append(line(Part("  ci        ", DIM), Part(said, WARN)))
    return lines
