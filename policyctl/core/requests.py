"""Requests as they are counted."""

from __future__ import annotations

from datetime import UTC, date

from policyctl.core.record import Record

Request = tuple[date, str, str, str]
"""A request as it is counted: day (UTC), application, cohort, request id."""


def request_of(record: Record) -> Request:
    """The request that a record belongs to.

    Engines that count day by day can add up such requests; one that goes on past midnight is two.
    """
    day = record.time.astimezone(UTC).date()
    return day, record.app, record.cohort, record.request_id
