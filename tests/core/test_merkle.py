"""Merkle trees as in RFC 6962, against the test vectors of certificate-transparency."""

import hashlib

import pytest

from policyctl.core.merkle import (
    GrowingTree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_hash,
)

# certificate-transparency, merkletree/merkle_tree_test.cc: eight leaves and the roots of 1 to 8.
LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# The same source: leaf (from 1) and size, then the path.
PATHS = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (3, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (2, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
# Likewise: both sizes, then the proof.
PROOFS = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
MANY = tuple(bytes([number]) for number in range(64))


def hashes(texts):
    return tuple(bytes.fromhex(text) for text in texts)


def test_the_empty_tree_hashes_nothing():
    assert root_hash(()) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size):
    assert root_hash(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize("place", PATHS)
def test_inclusion_proofs_are_the_published_ones(place):
    leaf, size = place
    assert inclusion_proof(leaf - 1, LEAVES[:size]) == hashes(PATHS[place])


@pytest.mark.parametrize("sizes", PROOFS)
def test_consistency_proofs_are_the_published_ones(sizes):
    old, new = sizes
    assert consistency_proof(old, LEAVES[:new]) == hashes(PROOFS[sizes])


def test_a_growing_tree_has_at_each_size_the_root_by_definition():
    def by_definition(leaves):
        if len(leaves) == 1:
            return leaf_hash(leaves[0])
        split = max(2**power for power in range(7) if 2**power < len(leaves))
        parts = by_definition(leaves[:split]) + by_definition(leaves[split:])
        return hashlib.sha256(b"\x01" + parts).digest()

    tree = GrowingTree()
    for size, leaf in enumerate(MANY, start=1):
        tree.append(leaf)
        assert (tree.size, tree.root) == (size, by_definition(MANY[:size]))


def test_every_inclusion_in_every_tree_up_to_64_is_shown_and_no_other():
    for size in range(1, len(MANY) + 1):
        root = root_hash(MANY[:size])
        for index in range(size):
            proof = inclusion_proof(index, MANY[:size])
            shown = {"index": index, "size": size, "root": root, "proof": proof}
            assert is_included(MANY[index], **shown)
            assert not is_included(b"x", **shown)
            assert not is_included(MANY[index], **{**shown, "index": (index + 1) % (size + 1)})
            assert not is_included(MANY[index], **{**shown, "proof": (*proof, root)})
            assert not proof or not is_included(MANY[index], **{**shown, "proof": proof[:-1]})


def test_every_growth_up_to_64_is_shown_and_no_other():
    roots = [root_hash(MANY[:size]) for size in range(len(MANY) + 1)]
    for new in range(1, len(MANY) + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(old, MANY[:new])
            shown = {"old_size": old, "old_root": roots[old], "new_size": new, "proof": proof}
            assert is_consistent(**shown, new_root=roots[new])
            assert not is_consistent(**shown, new_root=roots[new - 1])
            assert not is_consistent(**{**shown, "old_root": roots[old - 1]}, new_root=roots[new])
            more = {**shown, "proof": (*proof, roots[old])}
            assert not is_consistent(**more, new_root=roots[new])
            if proof:
                less = {**shown, "proof": proof[:-1]}
                assert not is_consistent(**less, new_root=roots[new])


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="there is no leaf"):
        inclusion_proof(index, MANY[:size])
    assert not is_included(b"", index=index, size=size, root=root_hash(()), proof=())


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_nothing_is_shown_about_a_tree_that_never_was(old, new):
    with pytest.raises(ValueError, match="shows nothing"):
        consistency_proof(old, MANY[:new])
    root = root_hash(MANY[:new])
    shown = {"old_root": root_hash(MANY[:old]), "new_root": root, "proof": ()}
    assert not is_consistent(old_size=old, new_size=new, **shown)
