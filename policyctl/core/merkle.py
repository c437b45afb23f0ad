"""Merkle trees as in RFC 6962, section 2.1: root hashes, and proofs that somebody can check alone.

``leaf`` in a name means bytes that a tree holds, ``hash`` 32 bytes of SHA-256. Verification follows
RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree that only grows, kept as the roots of its perfect parts, largest first."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def copy(self) -> GrowingTree:
        """A tree of the same leaves, which grows on its own."""
        other = GrowingTree()
        other._parts, other.size = list(self._parts), self.size
        return other

    def append(self, leaf: bytes) -> None:
        """Add one leaf on the right."""
        grown = leaf_hash(leaf)
        # Each 1 at the end of the size is a perfect part that the new leaf completes.
        rest = self.size
        while rest & 1:
            grown = _node_hash(self._parts.pop(), grown)
            rest >>= 1
        self._parts.append(grown)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root hash of all leaves so far."""
        if not self._parts:
            return hashlib.sha256().digest()
        *others, root = self._parts
        for part in reversed(others):
            root = _node_hash(part, root)
        return root


def root_hash(leaves: Iterable[bytes]) -> bytes:
    """The root hash of a tree with these leaves."""
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The hashes by which the leaf at ``index``, from 0, leads to the root of all ``leaves``.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"there is no leaf {index} among {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(index, leaves[:split]), root_hash(leaves[split:]))
    return (*inclusion_proof(index - split, leaves[split:]), root_hash(leaves[:split]))


def is_included(leaf: bytes, *, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """True if ``proof`` leads from the leaf at ``index`` to the root of a tree of this size."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash(leaf)
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = _node_hash(other, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = _node_hash(found, other)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The hashes which show that a tree of ``leaves`` began with its first ``size`` leaves.

    Raises:
        ValueError: the tree never had this size, or it was empty then and there is nothing to show.
    """
    if not 0 < size <= len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves shows nothing about one of {size}")
    return _consistency(size, leaves, whole=True)


def _consistency(size: int, leaves: Sequence[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if size == len(leaves):
        return () if whole else (root_hash(leaves),)
    split = _split(len(leaves))
    if size <= split:
        return (*_consistency(size, leaves[:split], whole=whole), root_hash(leaves[split:]))
    rest = _consistency(size - split, leaves[split:], whole=False)
    return (*rest, root_hash(leaves[:split]))


def is_consistent(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """True if ``proof`` shows that the new tree holds the old one at its beginning."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:  # a perfect tree is a part of the new one as it is
        path.insert(0, old_root)
    if not path:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = _node_hash(other, old), _node_hash(other, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = _node_hash(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two below ``size``, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1
