"""One commit of a history, as git prints it for us."""

from __future__ import annotations

from datetime import UTC, datetime

from policyctl.core.frozen import frozen
from policyctl.usecases.ports import Person

FIELDS = "%H%n%P%n%an%n%ae%n%ct%n%B%x00"
"""What git is asked for; `parse_commit` reads it."""


@frozen
class Commit:
    """One commit of a history; ``time`` is the committer's, in UTC."""

    id: str
    parents: tuple[str, ...]
    author: Person
    time: datetime
    message: str


def parse_commit(record: bytes) -> Commit:
    """The commit that a record of `FIELDS` describes."""
    fields = record.decode("utf-8", "replace").split("\n", 5)
    commit, parents, name, email, seconds, message = fields
    return Commit(
        id=commit,
        parents=tuple(parents.split()),
        author=Person(name=name, email=email),
        time=_time(seconds),
        message=message,
    )


def _time(seconds: str) -> datetime:
    """The time of a commit; whoever makes a commit may write any number there."""
    try:
        return datetime.fromtimestamp(int(seconds or "0"), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
