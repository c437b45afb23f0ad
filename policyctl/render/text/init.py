"""What ``init`` set up, as text."""

from __future__ import annotations

from policyctl.render.lines import DIM, GOOD, WARN, Line, Part, line
from policyctl.render.text.add_ci import ci_lines
from policyctl.render.text.root import people_lines, rule_words, stewards_words
from policyctl.usecases.init import Founded


def render(founded: Founded, width: int | None = None) -> list[Line]:
    """Who is who, what needs whose approval, and what to remember."""
    del width
    root = founded.root
    lines = [line(Part("governed", GOOD), Part(f"   commit {founded.commit[:12]}", DIM))]
    lines += people_lines(root)
    lines += [
        line(Part("  needs     ", DIM), rule_words(rule)) for rule in root.approvals if rule.need
    ]
    lines.append(line(Part("  stewards  ", DIM), stewards_words(root)))
    lines.append(line(Part("  baselines ", DIM), ", ".join(sorted(root.baselines))))
    if founded.kept:
        lines.append(line(Part("  kept      ", DIM), ", ".join(founded.kept)))
    lines += [line(Part("  warning   ", WARN), said) for said in founded.warnings]
    return [
        *lines,
        line(Part("  pin       ", DIM), founded.pin),
        line(Part("            keep it outside the repository: policyctl verify --pin ...", DIM)),
        *_next(founded),
        *(ci_lines(founded.forge, founded.kept) if founded.forge else _CI),
    ]


_CI = (line(Part("  ci        ", DIM), "policyctl init --ci github|gitlab"),)


def _next(founded: Founded) -> list[Line]:
    """What to do first: gather signatures, or write a policy."""
    owed = founded.owed
    if owed.missing:
        who = ", ".join(owed.left)
        said = f"the trust root does not hold yet: {owed.missing} more of {who} must sign it"
        return [
            line(Part("  owed      ", DIM), Part(said, WARN)),
            line(Part("  next      ", DIM), "policyctl root sign, by each of them"),
        ]
    lines = [
        line(Part("  next      ", DIM), "policyctl new ID --use-case public-facing --owner ...")
    ]
    if len(founded.root.stewards) == 1 and not founded.root.solo:
        others = " ".join(
            f"--add-steward {who}"
            for who in sorted(founded.root.people)[:3]
            if who not in founded.root.stewards
        )
        said = f"policyctl root propose {others} --threshold 2 --rationale ..."
        lines.append(line(Part("  then      ", DIM), Part("share the trust root: ", WARN), said))
    emergency = founded.root.emergency
    if founded.warnings and emergency:
        said = f"policyctl root propose --add-member {emergency.role}=WHO --rationale ..."
        lines.append(line(Part("  then      ", DIM), Part("add somebody: ", WARN), said))
    return lines
