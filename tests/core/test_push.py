"""Which refs of a push a server looks into, and which it never moves."""

import io

import pytest

from policyctl.core.push import RefUpdate, check_ref, covers, parse_update, read_updates
from policyctl.errors import UsageError

A, B, NONE = "a" * 40, "b" * 40, "0" * 40


@pytest.mark.parametrize(
    ("branches", "ref", "expected"),
    [
        (["main"], "refs/heads/main", True),
        (["main"], "refs/heads/Main", True),
        (["main"], "refs/heads/main2", False),
        (["main"], "refs/tags/main", False),
        (["refs/heads/main"], "refs/heads/main", True),
        (["release/*"], "refs/heads/release/1/x", True),
        (["release/*"], "refs/heads/release", False),
        (["x", "main"], "refs/heads/main", True),
        ([], "refs/heads/main", False),
    ],
)
def test_a_branch_covers_itself_and_a_star_all_below(branches, ref, expected):
    assert covers(branches, ref) is expected


def test_an_update_is_two_ids_of_one_length_and_a_full_name():
    assert parse_update(f"{A} {B} refs/heads/a b") == RefUpdate(old=A, new=B, ref="refs/heads/a b")
    for line in (
        "",
        A,
        f"{A} {B}",
        f"{A} {B} main",
        f"{A} {'b' * 64} refs/heads/x",
        f"{A}  {B} refs/x",
    ):
        assert parse_update(line) is None


def test_a_push_of_nothing_and_one_without_end_are_no_push():
    line = f"{A} {B} refs/heads/main\n".encode()
    assert len(read_updates(io.BytesIO(line * 3))) == 3
    for content, words in (
        (b"", "standard input names no ref"),
        (b"\xff\n", "standard input has a line that is not 'old new ref'"),
        (f"{A} {B} refs/{'x' * 5000}\n".encode(), "standard input has a line that is not"),
        (line * 10_001, "the push has more than 10000 refs"),
    ):
        with pytest.raises(UsageError) as caught:
            read_updates(io.BytesIO(content))
        assert caught.value.message.startswith(words)


@pytest.mark.parametrize(
    ("old", "new", "ref", "governed", "codes"),
    [
        (A, B, "refs/heads/main", True, []),
        (A, NONE, "refs/heads/main", True, ["BRANCH_DELETED"]),
        (A, NONE, "refs/heads/idea", False, []),
        (NONE, A, "refs/tags/policyctl/checkpoint/1", False, []),
        (A, B, "refs/tags/policyctl/checkpoint/1", False, ["CHECKPOINT_TAG_MOVED"]),
        (A, NONE, "refs/tags/policyctl/checkpoint/1", False, ["CHECKPOINT_TAG_MOVED"]),
        (A, B, "refs/tags/v1", False, []),
        (NONE, A, f"refs/replace/{B}", False, ["REPLACEMENT_PUSHED"]),
        (A, NONE, f"refs/replace/{B}", False, []),
    ],
)
def test_some_refs_stay_whatever_they_name(old, new, ref, governed, codes):
    found = check_ref(RefUpdate(old=old, new=new, ref=ref), governed=governed)

    assert [finding.code for finding in found] == codes
