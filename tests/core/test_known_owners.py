"""An owner whom the trust root does not know bars nobody, and so is a finding."""

import pytest

from policyctl.core.chain import Chain, Recorded
from policyctl.core.entry import ChangeAction
from policyctl.core.known_owners import check_owners
from policyctl.core.root_chain import Roots


def codes(forge, *steps):
    """The codes about a chain of these actions and owners."""
    entries = tuple(
        Recorded(
            entry=forge.entry(action=action, owner=owner), content=b"", approvals={}, missing={}
        )
        for action, owner in steps
    )
    roots = Roots(by_version={1: forge.root()}, findings=())
    chain = Chain(policy="bot", entries=entries, findings=())
    return [finding.code for finding in check_owners(chain, roots)]


REGISTERED = (ChangeAction.REGISTER, "erin")


@pytest.mark.parametrize(
    "action",
    [
        *(ChangeAction.REGISTER, ChangeAction.EDIT, ChangeAction.EXCEPTION),
        *(ChangeAction.PROMOTE, ChangeAction.REVIEW),
    ],
)
def test_a_policy_under_change_has_a_known_owner(forge, action):
    assert codes(forge, (action, "erin")) == []
    assert codes(forge, (action, "security")) == []
    assert codes(forge, (action, "nobody")) == ["OWNER_UNKNOWN"]
    assert codes(forge, (action, "nobody"), (action, "nobody")) == ["OWNER_UNKNOWN"] * 2


@pytest.mark.parametrize("action", [ChangeAction.DEMOTE, ChangeAction.RETIRE])
def test_the_way_back_stays_open_to_an_owner_who_is_gone_and_to_no_other(forge, action):
    gone = (ChangeAction.REGISTER, "nobody")

    assert codes(forge, gone, (action, "nobody")) == ["OWNER_UNKNOWN"]
    assert codes(forge, REGISTERED, (action, "nobody")) == ["OWNER_UNKNOWN"]
    assert codes(forge, REGISTERED, (action, "erin")) == []
