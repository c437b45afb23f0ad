"""Commit messages with trailers: an index for people, never evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyctl.core.entry import Entry, entry_digest

_WIDTH = 72


def commit_message(subject: str, trailers: Sequence[tuple[str, str]]) -> str:
    """A message whose last paragraph is read back by ``git log --format='%(trailers)'``.

    Values become single-line ASCII, so that no text from a policy can add a trailer of its own.
    """
    lines = [_plain(subject)[:_WIDTH].rstrip(), ""]
    lines += [f"{name}: {_plain(value)}" for name, value in trailers]
    return "\n".join(lines) + "\n"


def entry_trailers(
    entry: Entry, approvals: Mapping[str, Sequence[str]] | None = None
) -> list[tuple[str, str]]:
    """The trailers that describe an entry, with the approvals that are known by now.

    Args:
        entry: the recorded change.
        approvals: people by the role in which they approved.
    """
    trailers = [
        ("Policy-Id", entry.policy),
        ("Policy-Transition", entry.transition),
        ("Policy-Owner", entry.owner),
    ]
    for role, people in sorted((approvals or {}).items()):
        trailers += [("Policy-Approved-By", f"{who} ({role})") for who in sorted(people)]
    trailers += [
        ("Policy-Rationale", entry.rationale),
        ("Policy-Entry", f"{entry.seq} sha256:{entry_digest(entry)}"),
    ]
    return trailers


def _plain(text: str) -> str:
    """One line of ASCII: what has no such spelling is written as its escape."""
    return "".join(
        character if " " <= character <= "~" else character.encode("unicode_escape").decode("ascii")
        for character in " ".join(text.split())
    )
