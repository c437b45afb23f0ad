"""What an installed hook does, as the one who installed it reads it."""

from __future__ import annotations

from pathlib import Path

from policyctl.render.lines import Line, line

_SHOWN = "git diff, git log -p and git show show policies in policy terms, in this clone"


def render(file: Path, governed: tuple[str, ...], absent: tuple[str, ...]) -> list[Line]:
    """The hook, the branches it protects, and those that are not there to be protected."""
    lines = [
        line(f"wrote {file}"),
        line(f"  governs   {', '.join(governed)}; other branches are free"),
    ]
    if absent:
        lines += [
            line(
                f"  absent    {', '.join(absent)}: what is pushed to another branch is not judged"
            ),
            line("  next      git config policyctl.branch NAME, in the repository on the server"),
        ]
    return lines


def render_clone(
    hook: Path, *, earlier: Path | None, within: Path | None, declared: bool
) -> list[Line]:
    """What was set up in a clone, and what was there before.

    Args:
        hook: the ``commit-msg`` hook.
        earlier: another one, which it runs first.
        within: another one, which runs it.
        declared: whether ``.gitattributes`` was changed for it.
    """
    lines = [line(f"wrote {hook}"), line("  says      what a commit changes that no entry records")]
    if earlier is not None:
        lines.append(line(f"  before    it runs {earlier.name}, the hook that was there"))
    if within is not None:
        lines.append(line(f"  run by    {within.name}, the hook that stays"))
    lines += [
        line("  refuses   nothing: git config policyctl.commitMsg refuse changes that"),
        line("set up diff.policyctl in the settings of git"),
        line(f"  so        {_SHOWN}"),
        line("  raw       git diff --no-ext-diff --no-textconv"),
    ]
    if declared:
        lines.append(line("  next      commit .gitattributes, which names the driver now"))
    return lines
