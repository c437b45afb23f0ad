"""Whether a move changed one word, by the digest of what was before."""

import pytest

from policyctl.core.canonical import sha256
from policyctl.core.moved_stage import came_from

BEFORE = b"id: bot\nstage: logging # not limited yet\nlimited: {share: 0.1}\n"


@pytest.mark.parametrize(
    "before",
    [
        BEFORE,
        BEFORE.replace(b"\n", b"\r\n"),
        b"{id: bot, stage: logging}\n",
        b'id: bot\n"stage": "logging"\n',
        b"id: bot\nstage:\n  logging\n",
        b"# limited\n" * 20 + b"{id: bot, stage: logging}\n",
        b"# limited\n" * 200 + BEFORE,
    ],
)
def test_a_file_whose_stage_alone_moved_came_from_the_one_before(before):
    after = before.replace(b"logging", b"limited", 1)

    assert came_from(after, sha256(before), "logging", "limited")
    assert not came_from(after + b"# more\n", sha256(before), "logging", "limited")
    assert not came_from(before, sha256(before), "logging", "limited")


def test_a_file_that_is_full_of_the_word_is_given_up_on_soon():
    content = b"limited " * 500_000

    assert not came_from(content, sha256(b"x"), "logging", "limited")
