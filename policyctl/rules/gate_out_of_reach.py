"""What a gate asks for can be shown by the reviews that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policyctl.core.criterion import percent
from policyctl.core.finding import Severity
from policyctl.core.policy import Gate, Inference
from policyctl.core.statistics import reviews_needed_fixed
from policyctl.rules.own_gates import own_gates
from policyctl.rules.rule import Problem, Rule, Subject


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each gate in the file that no reviews can meet.

    A share of 0% is out of reach of any number of reviews. With ``inference: fixed`` there is one
    look, at the number in ``reviewed``, so that number has to be enough if none is a false
    positive.
    """
    for stage, values, gate in own_gates(subject):
        if gate.false_positives == 0:
            if "false_positives" in values:
                yield Problem(
                    message=f"gates.{stage}.false_positives is 0%,"
                    " which no number of reviews can show",
                    at=("gates", stage, "false_positives"),
                    hint="tolerate a small share, such as 0.5%",
                )
        elif gate.inference is Inference.FIXED:
            yield from _too_few(stage, values, gate)


def _too_few(stage: str, values: Mapping[str, Any], gate: Gate) -> Iterator[Problem]:
    place = next(
        (
            key
            for key in ("reviewed", "false_positives", "confidence", "inference")
            if key in values
        ),
        "",
    )
    if not place:
        return
    need = reviews_needed_fixed(0, float(gate.false_positives), float(1 - gate.confidence))
    if gate.reviewed < need:
        yield Problem(
            message=f"gates.{stage} looks once, at {gate.reviewed} reviews, and even without a"
            f" false positive {need} are needed to show {percent(gate.false_positives)}"
            f" with {percent(gate.confidence)} confidence",
            at=("gates", stage, place),
            hint=f"write 'reviewed: {need}' or more",
        )


RULE = Rule(
    id="gate-out-of-reach",
    summary="no reviews can meet a gate",
    severity=Severity.ERROR,
    check=check,
    references=("https://doi.org/10.1093/biomet/26.4.404",),
)
