"""Thresholds are chosen for a use case, not copied from another one."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.appetite import place_in_words
from policyctl.rules.dials import own_dials
from policyctl.rules.rule import Problem, Subject
from policyctl.rules.wider import Estate, EstateRule

_Dials = frozenset[tuple[str, str, str]]


def check(estate: Estate) -> Iterator[tuple[Subject, Problem]]:
    """Yield a problem for each policy with the sensitivities of one for other use or other data.

    Only what the files set for single guardrails is compared, and the dial that the file sets. Of
    each group of policies that have the same, the first by id is the one that others are compared
    with. A policy that gives each value a reason of its own has chosen it.
    """
    first: dict[tuple[_Dials, str], Subject] = {}
    for subject in sorted(estate.subjects, key=lambda subject: str(subject.data["id"])):
        dials = _own(subject)
        if not dials:
            continue
        other = first.setdefault((dials, subject.data.get("sensitivity", "")), subject)
        if _context(other) != _context(subject) and not _reasoned(subject, other):
            yield (
                subject,
                Problem(
                    message=f"the guardrails have the same sensitivities as in policy"
                    f" '{other.data['id']}', which is for {place_in_words(other)}",
                    at=("guardrails",),
                    hint="set them by what this policy's own records show,"
                    " or give each the reason that holds here",
                    key=True,
                ),
            )


def _own(subject: Subject) -> _Dials:
    return frozenset(
        (item["detector"], direction, item["sensitivity"])
        for _, item, spoken in subject.guardrails
        if "sensitivity" in item
        for direction in spoken
    )


def _context(subject: Subject) -> tuple[str, str]:
    return subject.data["use_case"], subject.data["data_sensitivity"]


def _reasoned(subject: Subject, other: Subject) -> bool:
    """True if every value has a reason that is not copied too."""
    foreign = {item.get("reason") for _, item in own_dials(other)} | {None}
    return all(item.get("reason") not in foreign for _, item in own_dials(subject))


RULE = EstateRule(
    id="copied-thresholds",
    summary="policies for different uses or data have the same sensitivities",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
