"""The risk appetite that governance decided for a policy's use case and data."""

from __future__ import annotations

from policyctl.rules.rule import Subject


def appetite(subject: Subject) -> tuple[str, ...]:
    """The acceptable sensitivities; empty where governance has not decided them."""
    if subject.root is None:
        return ()
    by_data = subject.root.appetite.get(subject.data["use_case"], {})
    return by_data.get(subject.data["data_sensitivity"], ())


def place_in_words(subject: Subject) -> str:
    """The use case and data sensitivity of a policy, for people."""
    return f"use case '{subject.data['use_case']}' with {subject.data['data_sensitivity']} data"
