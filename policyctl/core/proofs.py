"""Proofs about checkpoints, for somebody who has notes and not the ledger.

The formats are C2SP's: ``tlog-witness`` for the request that shows growth, ``tlog-proof`` for the
place of one leaf.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from policyctl.core.checkpoint import leaf_bytes
from policyctl.core.comparison import Comparison
from policyctl.core.ledger import Ledger
from policyctl.core.merkle import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
)

_PROOF = "c2sp.org/tlog-proof@v1"


def growth_proof(number: int, known: Comparison, ledger: Ledger) -> bytes:
    """The request to a witness which shows that the newest checkpoint holds an earlier one.

    Args:
        number: the earlier checkpoint; it and the newest have been compared with the ledger.
        known: the checkpoints.
        ledger: the ledger.

    Raises:
        ValueError: the proof does not hold, or the earlier checkpoint covers nothing.
    """
    leaves = [leaf for _, leaf in _leaves(known, ledger)]
    old, new = known.links[number - 1], known.links[known.compared - 1]
    proof = consistency_proof(old.checkpoint.size, leaves)
    if not is_consistent(
        old_size=old.checkpoint.size,
        old_root=old.checkpoint.tree,
        new_size=new.checkpoint.size,
        new_root=new.checkpoint.tree,
        proof=proof,
    ):
        raise ValueError(f"checkpoint {number} is not the beginning of the newest one")
    return _spelt([f"old {old.checkpoint.size}"], proof, new.note.content)


def entry_proof(policy: str, seq: int, known: Comparison, ledger: Ledger) -> bytes:
    """The proof that the newest checkpoint covers an entry with its signatures.

    Args:
        policy: the policy's id.
        seq: the entry's number.
        known: the checkpoints, of which the newest has been compared with the ledger.
        ledger: the ledger.

    Raises:
        ValueError: the proof does not hold, or the checkpoint does not cover the entry.
    """
    placed = list(_leaves(known, ledger))
    places = [place for place, _ in placed]
    if (policy, seq) not in places:
        raise ValueError(f"no checkpoint covers entry {seq} of '{policy}'")
    index = places.index((policy, seq))
    leaves = [leaf for _, leaf in placed]
    new = known.links[known.compared - 1]
    proof = inclusion_proof(index, leaves)
    if not is_included(
        leaves[index],
        index=index,
        size=new.checkpoint.size,
        root=new.checkpoint.tree,
        proof=proof,
    ):
        raise ValueError(f"the newest checkpoint does not cover entry {seq} of '{policy}'")
    leaf = base64.b64encode(leaves[index]).decode()
    return _spelt([_PROOF, f"extra {leaf}", f"index {index}"], proof, new.note.content)


def _leaves(known: Comparison, ledger: Ledger) -> Iterator[tuple[tuple[str, int], bytes]]:
    """The leaves of the newest checkpoint in their order, each with its policy and number."""
    lengths: dict[str, int] = {}
    for link in known.links[: known.compared]:
        for policy, length in sorted(link.checkpoint.grew.items()):
            for item in ledger.chains[policy].entries[lengths.get(policy, 0) : length]:
                yield (policy, item.entry.seq), leaf_bytes(item)
            lengths[policy] = length


def _spelt(head: Sequence[str], proof: Sequence[bytes], note: bytes) -> bytes:
    lines = [*head, *(base64.b64encode(item).decode() for item in proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + note
