"""A version of the trust root that is proposed or signed, as text: what changes comes first."""

from __future__ import annotations

from collections.abc import Iterable

from policyctl.core.diff.effect import Effect
from policyctl.core.root_difference import RootChange
from policyctl.core.root_signing import Owed
from policyctl.render.lines import BAD, BOLD, DIM, GOOD, WARN, Line, Part, line
from policyctl.render.text.root import people_lines, rule_words, stewards_words
from policyctl.usecases.root_proposal import RootProposal
from policyctl.usecases.sign_root import Withdrawn

_STYLES = {Effect.LOOSER: WARN, Effect.TIGHTER: GOOD, Effect.NEUTRAL: DIM}


def render(proposal: RootProposal, width: int | None = None) -> list[Line]:
    """What the version changes, what it would do to policies, and who signs the next one."""
    del width
    root = proposal.root
    lines = [line(Part(f"trust root {root.version}", BOLD), Part(f"   {proposal.digest}", DIM))]
    if proposal.before is None:
        lines += people_lines(root)
        lines += [
            line(Part("  needs     ", DIM), rule_words(rule))
            for rule in root.approvals
            if rule.need
        ]
    lines += change_lines(proposal.changes)
    lines += [line(Part("  warning   ", WARN), text) for text in proposal.warnings]
    lines.append(line(Part("  stewards  ", DIM), stewards_words(root)))
    return lines


def render_done(proposal: RootProposal, width: int | None = None) -> list[Line]:
    """What became of the version: who signed, and what is owed now."""
    del width
    version = proposal.root.version
    if not proposal.is_new:
        first = line(f"'{proposal.who}' signed trust root {version} already")
    elif proposal.commit:
        first = line(
            Part(f"signed trust root {version}", GOOD),
            f" as {proposal.who}",
            Part(f"   commit {proposal.commit[:12]}", DIM),
        )
    else:
        first = line(Part("dry run: nothing was written", DIM))
    if proposal.holds and (proposal.commit or not proposal.is_new):
        return [first, line(Part(f"trust root {version} holds", GOOD))]
    lines = [first, *owed_lines(proposal.owed)]
    if proposal.commit:
        lines.append(line(Part("  next      ", DIM), "policyctl root sign, by those who owe it"))
    return lines


def render_withdrawn(withdrawn: Withdrawn, width: int | None = None) -> list[Line]:
    """What was taken back."""
    del width
    return [
        line(
            Part(f"withdrew trust root {withdrawn.version}", GOOD),
            Part(f"   commit {withdrawn.commit[:12]}", DIM),
        ),
        *(line(Part("  removed   ", DIM), path) for path in withdrawn.files),
    ]


def change_lines(changes: Iterable[RootChange]) -> list[Line]:
    """Each change with the way it goes."""
    return [
        line(
            "  ",
            Part(
                f"{change.effect.value if change.effect is not Effect.NEUTRAL else '':<8}",
                _STYLES[change.effect],
            ),
            "  ",
            change.text,
        )
        for change in changes
    ]


def owed_lines(owed: Iterable[Owed]) -> list[Line]:
    """What the stewards of each version owe, and who can give it."""
    lines = []
    for one in owed:
        said = (
            f"{len(one.signed)} of {one.threshold} signatures by stewards of version {one.version}"
        )
        if one.missing:
            who = ", ".join(one.left) or "nobody"
            rest = Part(f"; {one.missing} owed by: {who}", BAD if not one.left else WARN)
            lines.append(line(Part("  signed    ", DIM), said, rest))
        else:
            lines.append(line(Part("  signed    ", DIM), said))
    return lines
