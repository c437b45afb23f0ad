"""Whether a ledger only grew since somebody outside the commit looked at it."""

import copy

import pytest

from policyctl.core import paths
from policyctl.core.growth import check_growth, extent_of

AUTHOR_2 = paths.signature_path("bot", 2, "erin")
APPROVAL_2 = paths.signature_path("bot", 2, "sam", "security")


@pytest.fixture
def witnessed(governed):
    """A ledger of two settled entries, and how far it reached."""
    governed.record(governed.entry())
    governed.record(governed.entry())
    return governed, extent_of(governed.judge())


def grown(forge, before):
    return [finding.code for finding in check_growth(before, forge.judge(), since="checkpoint 1")]


def test_a_ledger_that_stands_still_or_grows_lost_nothing(witnessed):
    forge, before = witnessed
    assert before.entries == 2
    assert grown(forge, before) == []

    forge.record(forge.entry())
    forge.record(forge.entry("chat"))

    assert grown(forge, before) == []


def test_entries_cut_off_at_the_end_are_a_rollback_though_the_tree_is_in_order(witnessed):
    forge, before = witnessed
    older = copy.deepcopy(forge)
    older.chain.clear()
    for path in (paths.entry_path("bot", 2), AUTHOR_2, APPROVAL_2):
        older.drop(path)
    older.put(paths.policy_path("bot"), b"bot logging assistants internal\n")
    assert older.codes() == set()

    assert grown(older, before) == ["ROLLBACK_OR_TRUNCATION"]


def test_a_whole_trail_that_is_gone_is_a_rollback(witnessed):
    forge, before = witnessed
    for path in [path for path in forge.files if "/bot" in path]:
        forge.drop(path)
    assert forge.codes() == set()

    assert grown(forge, before) == ["ROLLBACK_OR_TRUNCATION"]


def test_another_entry_in_the_place_of_a_settled_one_is_a_rollback(witnessed):
    forge, before = witnessed
    forge.chain["bot"] = forge.judge().chains["bot"].entries[0].entry
    forge.record(forge.entry(rationale="another story"))
    assert forge.codes() == set()

    assert grown(forge, before) == ["ROLLBACK_OR_TRUNCATION"]


def test_an_approval_above_the_threshold_that_is_stripped_later_is_missed(governed):
    governed.record(governed.entry(), approved={"security": ("sam", "pia")})
    before = extent_of(governed.judge())
    governed.drop(paths.signature_path("bot", 1, "pia", "security"))
    assert governed.codes() == set()

    assert grown(governed, before) == ["ROLLBACK_OR_TRUNCATION"]


def test_an_approval_that_is_added_to_a_settled_entry_is_called_late(witnessed):
    forge, before = witnessed
    content = forge.content(paths.entry_path("bot", 2))
    late = forge.key("pia").sign(content, "policyctl/approve/security")
    forge.put(paths.signature_path("bot", 2, "pia", "security"), late)
    assert forge.codes() == set()

    assert grown(forge, before) == ["SIG_LATE"]


def test_a_pending_entry_may_be_approved_or_taken_back(governed):
    governed.record(governed.entry())
    settled = copy.deepcopy(governed)
    governed.record(governed.entry(), approved={})
    before = extent_of(governed.judge())
    assert grown(settled, before) == []

    content = governed.content(paths.entry_path("bot", 2))
    approval = governed.key("sam").sign(content, "policyctl/approve/security")
    governed.put(APPROVAL_2, approval)
    assert grown(governed, before) == []


def test_a_trust_root_that_is_gone_or_another_one_is_a_rollback(governed):
    governed.put_root(governed.following(governed.root(), threshold=2), by=("erin", "pia"))
    before = extent_of(governed.judge())
    other = copy.deepcopy(governed)
    other.put_root(governed.following(governed.root(), solo=True))
    for path in [path for path in governed.files if "0002" in path]:
        governed.drop(path)
    assert (governed.codes(), len(before.roots)) == (set(), 2)

    assert grown(governed, before) == ["ROOT_ROLLBACK"]
    assert grown(other, before) == ["ROOT_ROLLBACK"]


def test_a_new_entry_under_a_root_that_was_already_replaced_is_told(governed):
    governed.record(governed.entry())
    governed.put_root(governed.following(governed.root()))
    before = extent_of(governed.judge())
    governed.record(governed.entry(root=1))
    assert governed.codes() == set()
    assert grown(governed, before) == ["NEW_ENTRY_UNDER_OLD_ROOT"]

    honest = extent_of(governed.judge())
    governed.record(governed.entry(root=2))
    assert grown(governed, honest) == []
