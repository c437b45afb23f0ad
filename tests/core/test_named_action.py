"""Whether an entry is called what it is."""

import pytest

from policyctl.core.entry import ChangeAction
from policyctl.core.named_action import (
    edit_kind,
    is_narrow,
    more_than_an_edit,
    only_moves,
    unnamed_changes,
)

BEFORE = {"stage": "limited", "sensitivity": "L3", "exceptions": [], "share": 1}


@pytest.mark.parametrize(
    ("action", "changed", "unnamed"),
    [
        (ChangeAction.DEMOTE, {"stage": "logging"}, ()),
        (ChangeAction.DEMOTE, {"stage": "logging", "sensitivity": "L1"}, ("sensitivity",)),
        (ChangeAction.DEMOTE, {"stage": "logging", "extends": None}, ("extends",)),
        (ChangeAction.DEMOTE, {"stage": "logging", "share": True}, ("share",)),
        (ChangeAction.DEMOTE, {"stage": "logging", "share": 1.0}, ("share",)),
        (ChangeAction.PROMOTE, {"owner": "me"}, ("owner",)),
        (ChangeAction.EXCEPTION, {"exceptions": [1]}, ()),
        (ChangeAction.EXCEPTION, {"exceptions": [1], "stage": "logging"}, ("stage",)),
        (ChangeAction.EDIT, {"sensitivity": "L1", "owner": "me"}, ()),
        (ChangeAction.VOID, {"sensitivity": "L1"}, ()),
    ],
)
def test_a_change_touches_what_its_name_covers(action, changed, unnamed):
    assert unnamed_changes(action, BEFORE, {**BEFORE, **changed}) == unnamed


def test_a_key_that_is_gone_is_a_change():
    after = {key: value for key, value in BEFORE.items() if key != "sensitivity"}

    assert unnamed_changes(ChangeAction.DEMOTE, BEFORE, after) == ("sensitivity",)


def test_every_way_to_ask_for_fewer_approvals_is_narrow():
    assert {action for action in ChangeAction if not is_narrow(action)} == {
        *(ChangeAction.REGISTER, ChangeAction.EDIT, ChangeAction.VOID, ChangeAction.RETIRE)
    }


def test_an_exception_beside_an_edit_is_more_than_an_edit():
    assert more_than_an_edit(BEFORE, {**BEFORE, "exceptions": [1]})
    assert not more_than_an_edit(BEFORE, {**BEFORE, "sensitivity": "L1"})


@pytest.mark.parametrize(
    ("after", "moves"),
    [
        (b"# limited\nstage: logging # why\n", True),
        (b"# limited\nstage: logging # because\n", False),
        (b"# limited\nstage: logging # why\n# more\n", False),
        (b"# logging\nstage: logging # why\n", False),
        (b"", False),
    ],
)
def test_a_move_changes_one_word(after, moves):
    assert only_moves(b"# limited\nstage: limited # why\n", after, "limited", "logging") is moves


def test_stages_that_begin_alike_are_told_apart():
    assert only_moves(b"stage: limited\n", b"stage: logging\n", "limited", "logging")
    assert only_moves(b"stage: enforce", b"stage: limited", "enforce", "limited")
    assert not only_moves(b"stage: limited", b"stage: limited", "limited", "logging")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"exceptions": [1]}, {"exceptions": [2]}, ChangeAction.EXCEPTION),
        ({}, {"exceptions": [2]}, ChangeAction.EXCEPTION),
        ({"share": 1}, {"share": 1.0, "exceptions": [2]}, ChangeAction.EDIT),
        ({"share": 1}, {"share": True, "exceptions": [2]}, ChangeAction.EDIT),
        ({"share": 1}, {"share": 2}, ChangeAction.EDIT),
        ({"share": 1}, {"share": 1}, ChangeAction.EDIT),
    ],
)
def test_an_edit_is_called_an_exception_only_where_it_touches_nothing_else(before, after, kind):
    assert edit_kind(before, after) is kind
    assert unnamed_changes(edit_kind(before, after), before, after) == ()
