"""A baseline that serves materially different uses is adapted to each."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Severity
from policyctl.rules.appetite import place_in_words
from policyctl.rules.rule import Problem, Subject
from policyctl.rules.wider import Estate, EstateRule

_Use = tuple[str, str]

_DATA = ("public", "internal", "confidential", "restricted")
_APART = 2
"""Steps between data sensitivities that are no longer the same kind of use."""
_DIALS = ("sensitivity", "guardrails")


def check(estate: Estate) -> Iterator[tuple[Subject, Problem]]:
    """Yield a problem for each policy whose baseline serves another use with the same dials.

    Only policies that take every dial from the baseline are compared, each with the first by id.
    """
    first: dict[str, dict[_Use, Subject]] = {}
    for subject in sorted(estate.subjects, key=lambda subject: str(subject.data["id"])):
        if subject.baseline is None or any(subject.data.get(key) for key in _DIALS):
            continue
        use = subject.data["use_case"], subject.data["data_sensitivity"]
        uses = first.setdefault(subject.data["extends"], {})
        other = next((one for known, one in uses.items() if _materially_differ(known, use)), None)
        uses.setdefault(use, subject)
        if other is not None:
            yield (
                subject,
                Problem(
                    message=f"'{subject.data['extends']}' serves {place_in_words(subject)}, and"
                    f" policy '{other.data['id']}' with the same dials"
                    f" {place_in_words(other)}",
                    at=("extends",),
                    hint="give each its own baseline, or the dials that its own records call for",
                ),
            )


def _materially_differ(one: _Use, other: _Use) -> bool:
    apart = abs(_DATA.index(one[1]) - _DATA.index(other[1]))
    return one[0] != other[0] or apart >= _APART


RULE = EstateRule(
    id="baseline-for-different-use",
    summary="one baseline serves materially different uses unchanged",
    severity=Severity.WARNING,
    check=check,
    references=("https://doi.org/10.6028/NIST.AI.100-1",),
)
