"""When the exceptions of a policy were last changed, as the ledger and its history tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from policyctl.core import paths
from policyctl.core.entry import KEEPS_THE_FILE
from policyctl.core.frozen import frozen
from policyctl.core.recorded import Recorded
from policyctl.usecases.ports import Documents, Repository


@frozen
class ExceptionHistory:
    """What the ledger says about a policy's exceptions.

    Attributes:
        known: whether the exceptions of today are those that the ledger recorded.
        changed: when one was last added, changed or removed; None if there never was one.
        authors: who made the policy's last recorded change.
    """

    known: bool
    changed: datetime | None = None
    authors: frozenset[str] = frozenset()


def exception_history(
    present: Sequence[Any] | None,
    entries: Sequence[Recorded],
    repository: Repository,
    documents: Documents,
) -> ExceptionHistory:
    """When the exceptions came to be what they are.

    A version of the policy that git no longer holds counts as one with other exceptions.

    Args:
        present: the exceptions as the policy file states them; None if it cannot be read.
        entries: the policy's chain, oldest first.
        repository: knows the policy file's past.
        documents: reads YAML.
    """
    # Who only looked at the policy, or took a reason out of its trail, did not change it.
    recorded = [
        item
        for item in entries
        if item.entry.after is not None and item.entry.action not in KEEPS_THE_FILE
    ]
    if not recorded or present is None:
        return ExceptionHistory(known=False)
    authors = recorded[-1].authors
    path = paths.policy_path(recorded[-1].entry.policy)
    changed = None
    for item in reversed(recorded):
        content = repository.past_content(path, item.entry.after or "")
        if content is None or exceptions_of(content, documents) != present:
            break
        changed = item.entry.requested_at
    else:
        # It began with these; without any, none was ever changed.
        return ExceptionHistory(known=True, changed=changed if present else None, authors=authors)
    return ExceptionHistory(known=changed is not None, changed=changed, authors=authors)


def exceptions_of(content: bytes, documents: Documents) -> list[Any] | None:
    """The exceptions that a policy file states, or None if it cannot be read."""
    document, _ = documents.parse(content, "policy")
    data = document.data if document else None
    found = data.get("exceptions", []) if isinstance(data, dict) else None
    return found if isinstance(found, list) else None
