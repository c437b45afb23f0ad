"""A tree as git stores it: gitformat-pack(5) calls the form "tree object data"."""

from __future__ import annotations

from policyctl.errors import RepositoryError

_HEX_DIGITS = 2


def tree_items(content: bytes, digits: int) -> tuple[tuple[bytes, bytes, bytes], ...]:
    """Mode, name and raw object id of each item of a tree, in the order in which they stand.

    Args:
        content: the bytes of the tree.
        digits: how many hex digits the repository's object ids have.

    Raises:
        RepositoryError: the bytes are not those of a tree.
    """
    found, at, size = [], 0, digits // _HEX_DIGITS
    while at < len(content):
        space = content.find(b" ", at)
        end = content.find(b"\0", space)
        if space < 0 or end < 0 or end + 1 + size > len(content):
            raise RepositoryError("git has a tree that cannot be read")
        found.append(
            (content[at:space], content[space + 1 : end], content[end + 1 : end + 1 + size])
        )
        at = end + 1 + size
    return tuple(found)
