"""The exceptions of a policy that still hold."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.expiry import is_expired
from policyctl.core.policy import PolicyException, exception_from
from policyctl.rules.rule import Subject


def standing(subject: Subject) -> Iterator[tuple[int, PolicyException]]:
    """Yield index and value of each exception that has not ended; of all where no clock is."""
    for index, item in enumerate(subject.data.get("exceptions", ())):
        exception = exception_from(item)
        if subject.now is None or not is_expired(exception.expires, subject.now):
            yield index, exception
