"""A ledger judged policy by policy is the ledger judged in one piece."""

import copy

import pytest

from policyctl.core import paths
from policyctl.core.growth import extent_of
from policyctl.core.ledger_memo import LedgerMemo, Parts, policy_of, remembered_signatures
from policyctl.core.stages import Stage


@pytest.fixture
def ledger(governed):
    """Three policies, of which the last is retired."""
    for policy in ("bot", "chat", "pii"):
        governed.record(governed.entry(policy))
        governed.record(governed.entry(policy))
    return governed


def nothing(_):
    pass


def edit_a_policy(forge):
    forge.put("policies/bot.yaml", b"bot enforce assistants internal\n")


def remove_an_entry(forge):
    forge.drop(paths.entry_path("chat", 1))


def remove_the_root(forge):
    forge.drop(paths.root_path(1))


def break_the_root(forge):
    forge.drop(paths.root_signature_path(1, "erin"))


def add_a_root(forge):
    forge.put_root(forge.following(forge.root()))


def add_a_shadow(forge):
    forge.put("policies/shadow.yaml", b"shadow logging assistants internal\n")


def add_names(forge):
    for path in (
        "policies/BOT.yaml",
        "Policies/chat.yaml",
        "policies/README.md",
        "policies/\u0456",
    ):
        forge.put(path, None)
    forge.put(".policyctl/LOG/bot/000001.json", None)


def add_evidence(forge):
    forge.put(".policyctl/evidence/bot/000002.json", b"{}")
    forge.put(".policyctl/evidence/nobody/000002.json", b"{}")


def add_a_baseline(forge):
    forge.put(paths.baseline_path("default@1"), b"x")


def skip_a_stage(forge):
    forge.record(forge.entry("bot", target=Stage.ENFORCE))


def remove_everything(forge):
    forge.files.clear()


CHANGES = (
    *(nothing, edit_a_policy, remove_an_entry, remove_the_root, break_the_root, add_a_root),
    *(add_a_shadow, add_names, add_evidence, add_a_baseline, skip_a_stage, remove_everything),
)


@pytest.fixture
def judge(ledger):
    """A memo that judges as the ledger does, and what it was asked."""
    asked = []

    def check(snapshot):
        asked.append(snapshot)
        other = copy.copy(ledger)
        other.files = dict(snapshot)
        return other.judge()

    return LedgerMemo(check), asked


@pytest.mark.parametrize("change", CHANGES)
def test_the_parts_make_up_the_whole(ledger, judge, change):
    memo, _ = judge
    memo.judge(dict(ledger.files))
    change(ledger)

    found, whole = memo.judge(ledger.files), ledger.judge()

    assert found.findings == whole.findings
    assert extent_of(found) == extent_of(whole)
    assert found.roots == whole.roots


def test_only_what_differs_is_judged_again(ledger, judge):
    memo, asked = judge
    memo.judge(dict(ledger.files))
    assert len(asked) == 4  # three policies, and what they share
    asked.clear()

    memo.judge(dict(ledger.files))
    assert asked == []

    edit_a_policy(ledger)
    memo.judge(dict(ledger.files))
    assert [{policy_of(path) for path in snapshot} for snapshot in asked] == [{"", "bot"}]

    asked.clear()
    add_a_root(ledger)
    memo.judge(dict(ledger.files))
    assert len(asked) == 4


def test_a_long_history_is_not_remembered(ledger, judge):
    memo, asked = judge
    first = dict(ledger.files)
    memo.judge(first)
    for _ in range(6):
        ledger.record(ledger.entry("bot"))
        memo.judge(dict(ledger.files))
    asked.clear()

    memo.judge(first)

    assert len(asked) == 1


def test_a_file_that_is_taken_away_leaves_no_policy_behind(ledger):
    parts = Parts.of(ledger.files)
    for path in [path for path in ledger.files if policy_of(path) == "bot"]:
        assert parts.get(path) is ledger.files[path]
        assert parts.put(path, None) == "bot"
        assert parts.get(path) is None

    assert sorted(parts.policies) == ["chat", "pii"]


def test_each_signature_is_verified_once_for_each_message(ledger):
    asked = []
    ask = remembered_signatures(lambda signature, message: bool(asked.append(message)) or True)

    assert [ask("s", b"1"), ask("s", b"1"), ask("s", b"2"), ask("t", b"1")] == [True] * 4
    assert asked == [b"1", b"2", b"1"]
