"""This machine's clock beside the newest time in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from policyctl.adapters.document_bytes import read_kept
from policyctl.core.entry import moment_text, parse_entry
from policyctl.core.paths import LOG
from policyctl.errors import PolicyctlError
from policyctl.usecases.doctor import Check, fine, repair

_TOLERANCE = timedelta(minutes=5)


def clock_checks(folder: Path | None, now: datetime) -> Iterator[Check]:
    """Whether an entry says that it is from a time that has not come yet.

    Args:
        folder: the governed folder, if there is one.
        now: what the clock says.
    """
    newest = max(_last_times(folder), default=None) if folder else None
    if newest is None:
        return
    moment, policy = newest
    if moment > now + _TOLERANCE:
        yield repair(
            "clock",
            f"it says {moment_text(now)}, and the last entry of '{policy}' is from "
            f"{moment_text(moment)}",
            f"set the clock; if it is right, ask who recorded that: policyctl log {policy}",
        )
    else:
        yield fine("clock", f"it says {moment_text(now)}, later than every entry")


def _last_times(folder: Path) -> Iterator[tuple[datetime, str]]:
    """When the last entry of each policy was made; what cannot be read is for `verify` to name."""
    for trail in sorted((folder / LOG).glob("*")):
        last = max(trail.glob("[0-9]*.json"), default=None)
        if last is not None:
            with suppress(PolicyctlError, ValueError):
                entry = parse_entry(read_kept(str(last), file=last.name))
                yield entry.requested_at, trail.name
