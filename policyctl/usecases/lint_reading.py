"""Policies as ``lint`` shows them to the rules: with the present, their trail and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import cached_property

from policyctl.core.entry import Entry, parse_entry
from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen, replace
from policyctl.rules.rule import Rule, Subject, placed
from policyctl.rules.settings import Settings
from policyctl.rules.wider import AnyRule, RangeRule
from policyctl.usecases.ports import Documents, Governance, History, Trails
from policyctl.usecases.reading import Reader, Reading
from policyctl.usecases.selection import active, weighed


@frozen(slots=False)
class Surroundings:
    """All that stands around the files.

    Attributes:
        trails: the policies' ledger entries in the working tree.
        settings: which rules run, and what they compare with.
        now: the present.
        history: the range of commits that is judged too; what a file exempts itself from counts
            only if it did so before the range.
        here: what the folder is called in which files stand that are named without one.
    """

    documents: Documents
    governance: Governance
    trails: Trails
    settings: Settings
    now: datetime
    history: History | None = None
    here: str = ""

    @cached_property
    def reader(self) -> Reader:
        """Reads the files, and each baseline once."""
        # No rules: `rule_findings` asks them all.
        return Reader(self.documents, self.governance, rules=(), here=self.here)

    @cached_property
    def rules(self) -> tuple[AnyRule, ...]:
        """The rules that run."""
        return active(self.settings)

    @cached_property
    def policy_rules(self) -> tuple[Rule, ...]:
        """Those about single policies."""
        return tuple(rule for rule in self.rules if isinstance(rule, Rule))

    @cached_property
    def about_policies(self) -> frozenset[str]:
        """The ids of those whose findings stand in policies."""
        return frozenset(rule.id for rule in self.rules if not isinstance(rule, RangeRule))


def read_for_rules(name: str, content: bytes, around: Surroundings) -> Reading:
    """What could be made of a file; its subject knows all that a rule may ask for."""
    reading = around.reader.read(content, name)
    if reading.subject is None:
        return reading
    subject = replace(
        reading.subject,
        now=around.now,
        trail=tuple(_trail(reading.subject.data["id"], around.trails)),
        settings=around.settings,
    )
    return replace(reading, subject=subject)


def rule_findings(subject: Subject, around: Surroundings) -> tuple[Finding, ...]:
    """What the rules about single policies find in one."""
    policy = subject.data["id"]
    # Most rules find nothing, which should cost the least.
    found = [
        weighed(placed(rule, subject, problem, policy), around.settings)
        for rule in around.policy_rules
        for problem in rule.check(subject)
    ]
    return in_order(found) if found else ()


def dressed(finding: Finding, subject: Subject, settings: Settings) -> Finding:
    """The finding with the policy that it is about, and the severity that it has here."""
    return weighed(replace(finding, policy=subject.data["id"]), settings)


def _trail(policy: str, trails: Trails) -> Iterator[Entry]:
    found: list[Entry] = []
    for content in trails.entries(policy):
        # `verify` says what is wrong with an entry that cannot be read.
        with suppress(ValueError):
            found.append(parse_entry(content))
    yield from sorted(
        (entry for entry in found if entry.policy == policy), key=lambda entry: entry.seq
    )
