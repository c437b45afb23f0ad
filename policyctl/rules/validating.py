"""The rules that ``validate`` runs too, in alphabetical order: every one of them stands here."""

from __future__ import annotations

from policyctl.rules import (
    duplicate_exception,
    duplicate_guardrail,
    exception_matches_nothing,
    id_differs_from_file,
    impossible_date,
    impossible_direction,
    incomplete_policy,
    limited_matches_nothing,
    limited_without_scope,
    regex_invalid,
    share_without_effect,
    thresholds_unowned,
    trigger_matches_nothing,
    unknown_baseline,
    unknown_control,
    unknown_detector,
    unknown_identity,
    weaker_than_baseline,
)
from policyctl.rules.rule import Rule

VALIDATING: tuple[Rule, ...] = (
    duplicate_exception.RULE,
    duplicate_guardrail.RULE,
    exception_matches_nothing.RULE,
    id_differs_from_file.RULE,
    impossible_date.RULE,
    impossible_direction.RULE,
    incomplete_policy.RULE,
    limited_matches_nothing.RULE,
    limited_without_scope.RULE,
    regex_invalid.RULE,
    share_without_effect.RULE,
    thresholds_unowned.RULE,
    trigger_matches_nothing.RULE,
    unknown_baseline.RULE,
    unknown_control.RULE,
    unknown_detector.RULE,
    unknown_identity.RULE,
    weaker_than_baseline.RULE,
)
