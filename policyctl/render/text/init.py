"""What ``init`` set up, as text."""

from __future__ import annotations

from policyctl.render.lines import DIM, GOOD, Line, Part, line
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
    return [
        *lines,
        line(Part("  pin       ", DIM), founded.pin),
        line(Part("            keep it outside the repository: policyctl verify --pin ...", DIM)),
        line(Part("  next      ", DIM), "policyctl new ID --use-case public-facing --owner ..."),
    ]
