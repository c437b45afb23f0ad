"""When exceptions were last changed, from the chain and what git still holds."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction
from policyctl.usecases.exception_history import exception_history

NONE = b"id: shop\n"
ONE = b"id: shop\nexceptions:\n  - {id: EX-1}\n"
TWO = b"id: shop\nexceptions:\n  - {id: EX-1}\n  - {id: EX-2}\n"
EDITED = ONE + b"name: Shop\n"


class Past:
    def __init__(self, *contents):
        self.contents = {sha256(content): content for content in contents}

    def past_content(self, path, digest):
        assert path == "policies/shop.yaml"
        return self.contents.get(digest)


def entry(content, day, action=ChangeAction.EDIT):
    return SimpleNamespace(policy="shop", after=sha256(content), requested_at=day, action=action)


def found(present, *versions, gone=()):
    entries = [
        SimpleNamespace(
            entry=entry(content, day),
            authors=frozenset({"erin"}),
        )
        for day, content in enumerate(versions, start=1)
    ]
    past = Past(*(content for content in versions if content not in gone))
    history = exception_history(present, entries, past, YamlDocuments())
    return history.known, history.changed


FIRST = [{"id": "EX-1"}]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ((ONE,), (True, 1)),
        ((NONE, ONE), (True, 2)),
        ((NONE, ONE, EDITED), (True, 2)),
        ((ONE, TWO, ONE), (True, 3)),
        ((ONE, TWO), (False, None)),
        ((), (False, None)),
    ],
)
def test_it_is_when_the_exceptions_came_to_be_what_they_are(versions, expected):
    assert found(FIRST, *versions) == expected


def test_who_reviewed_since_did_not_write_the_exceptions():
    """The last change is Erin's, whoever looked at it afterwards and let it be."""
    steps = ((ChangeAction.EDIT, "erin"), (ChangeAction.REVIEW, "sam"))
    entries = [
        SimpleNamespace(
            entry=entry(ONE, day, action),
            authors=frozenset({who}),
        )
        for day, (action, who) in enumerate(steps, start=1)
    ]

    found = exception_history(FIRST, entries, Past(ONE), YamlDocuments())

    assert (found.changed, found.authors) == (1, {"erin"})


def test_a_policy_that_never_had_one_never_changed_one():
    assert found([], NONE, NONE + b"name: Shop\n") == (True, None)


def test_what_git_no_longer_holds_counts_as_a_change():
    assert found(FIRST, ONE, EDITED, gone=(ONE,)) == (True, 2)


def test_a_file_that_cannot_be_read_says_nothing():
    assert found(None, ONE) == (False, None)
