"""The trust root as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policyctl.core.finding import Finding
from policyctl.core.trust_root import ApprovalRule, TrustRoot
from policyctl.render.lines import BAD, BOLD, DIM, WARN, Line, Part, line

if TYPE_CHECKING:
    from policyctl.usecases.root import Trusted


def render(report: Trusted, width: int | None = None) -> list[Line]:
    """People, approvals, gates and baselines."""
    del width
    root = report.root
    lines = [
        line(Part(f"trust root {root.version}", BOLD), Part(f"   ledger {root.log[:12]}", DIM))
    ]
    lines += people_lines(root)
    lines += [
        line(Part("  needs     ", DIM), rule_words(rule)) for rule in root.approvals if rule.need
    ]
    lines += [
        line(
            Part("  gate      ", DIM),
            f"to {stage} at least: " + ", ".join(f"{k} {v}" for k, v in gate.items()),
        )
        for stage, gate in root.gates.items()
    ]
    lines += [
        line(Part("  stewards  ", DIM), f"{root.threshold} of {', '.join(root.stewards)}"),
        line(Part("  baselines ", DIM), ", ".join(sorted(root.baselines))),
        line(Part("  pin       ", DIM), report.pin),
    ]
    if report.pending:
        waits = Part(f"trust root {report.pending} waits for signatures", WARN)
        lines.append(line(waits, "  (policyctl root log)"))
    if report.wrong:
        lines.append(broken_line(report.wrong, report.latest))
    return lines


def broken_line(wrong: Sequence[Finding], latest: int) -> Line:
    """The sentence about trust roots that do not verify.

    Args:
        wrong: what is wrong with them.
        latest: the newest version that verifies, or 0.
    """
    first, more = wrong[0], len(wrong) - 1
    said = f"{first.file} does not verify: {first.message}"
    said += f" and {more} more finding{'s' if more != 1 else ''}" if more else ""
    holds = f"trust root {latest} is the last that holds" if latest else "no trust root holds"
    return line(Part(said, BAD), f"; {holds}  (policyctl verify)")


def people_lines(root: TrustRoot) -> list[Line]:
    """Each person with roles, teams and keys, and whether one of them is alone."""
    lines = []
    for who, member in sorted(root.people.items()):
        roles = ", ".join(root.roles_of(who))
        teams = ", ".join(name for name, people in root.teams.items() if who in people)
        facts = [f"role {roles}"] if roles else []
        facts += [f"team {teams}"] if teams else []
        keys = ", ".join(key.fingerprint for key in member.keys)
        said = "; ".join(facts) or "author"
        lines.append(line("  ", Part(f"{who:<10}", BOLD), f"{said}  ", Part(keys, DIM)))
    if root.solo:
        text = "  solo mode: one person writes and approves, and every verification says so"
        lines.append(line(Part(text, WARN)))
    return lines


def stewards_words(root: TrustRoot) -> str:
    """Whose keys can change people, roles and approvals."""
    who = ", ".join(root.stewards)
    if root.threshold > 1:
        return f"{root.threshold} of {who} together can change who approves what"
    some = "one steward's key" if len(root.stewards) == 1 else "each steward's key alone"
    return f"{some} can change who approves what: {who}"


def rule_words(rule: ApprovalRule) -> str:
    """What a rule asks for: ``1 x security: promote to limited``."""
    need = " + ".join(f"{count} x {role}" for role, count in rule.need.items())
    actions = ", ".join(action.value for action in rule.actions) or "any change"
    stages = f" ({' or '.join(stage.value for stage in rule.to)})" if rule.to else ""
    use_cases = f" for {', '.join(rule.use_cases)}" if rule.use_cases else ""
    return f"{need}: {actions}{stages}{use_cases}"
