"""Commit messages with trailers: git reads back exactly what was written."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.core.entry import ChangeAction, Entry, entry_digest
from policyctl.core.stages import Stage
from policyctl.core.trailers import commit_message, entry_trailers

ENTRY = Entry(
    log="a" * 64,
    policy="support",
    path="policies/support.yaml",
    seq=2,
    prev="b" * 64,
    change="support-2",
    action=ChangeAction.PROMOTE,
    source=Stage.LOGGING,
    target=Stage.LIMITED,
    before="c" * 64,
    after="d" * 64,
    owner="crm",
    use_case="public-facing",
    rationale="two quiet weeks",
    root=1,
    requested_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
)
SUBJECT = "policy(support): promote logging -> limited"
FORGED = "Policy-Approved-By: mallory (security)"
LINE_BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
APPROVALS = {"security": ("sam", "ada"), "risk": ("bea",)}

# NUL ends the message for git, see below.
texts = st.lists(
    st.text(st.characters(exclude_characters="\0"))
    | st.sampled_from((*LINE_BREAKS, FORGED, "---", "# comment", " ", "diff --git a b", ":")),
    max_size=6,
).map("".join)


def read_by_git(message):
    """The trailers, one a line, as git finds them."""
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=message.encode(),
        check=True,
        capture_output=True,
    )
    return done.stdout.decode().splitlines()


def written(trailers):
    return [f"{name}: {value}".rstrip() for name, value in trailers]


def test_an_entry_is_described_by_its_trailers_in_order():
    assert entry_trailers(ENTRY, APPROVALS) == [
        ("Policy-Id", "support"),
        ("Policy-Transition", "logging -> limited"),
        ("Policy-Owner", "crm"),
        ("Policy-Approved-By", "bea (risk)"),
        ("Policy-Approved-By", "ada (security)"),
        ("Policy-Approved-By", "sam (security)"),
        ("Policy-Rationale", "two quiet weeks"),
        ("Policy-Entry", f"2 sha256:{entry_digest(ENTRY)}"),
    ]


def test_without_approvals_nobody_is_named():
    assert "Policy-Approved-By" not in dict(entry_trailers(ENTRY))


def test_git_reads_back_exactly_the_trailers():
    trailers = entry_trailers(ENTRY, APPROVALS)

    assert read_by_git(commit_message(SUBJECT, trailers)) == written(trailers)


def test_git_log_shows_the_trailers_of_a_real_commit(tmp_path):
    trailers = entry_trailers(ENTRY, APPROVALS)
    identity = ("-c", "user.name=Erin", "-c", "user.email=erin@example.org")

    def git(*arguments, **options):
        done = subprocess.run(
            ["git", *arguments], cwd=tmp_path, check=True, capture_output=True, **options
        )
        return done.stdout.decode()

    git("init", "-q")
    message = commit_message(SUBJECT, trailers).encode()
    git(*identity, "commit", "-q", "--allow-empty", "-F", "-", input=message)

    assert git("log", "--format=%s") == SUBJECT + "\n"
    assert git("log", "--format=%(trailers)").splitlines()[:-1] == written(trailers)


@pytest.mark.parametrize("line_break", LINE_BREAKS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_line_break_in_a_rationale_cannot_add_a_trailer(line_break, times):
    entry = replace(ENTRY, rationale=f"fine{line_break * times}{FORGED}")
    trailers = entry_trailers(entry)

    found = read_by_git(commit_message(SUBJECT, trailers))

    assert [item.partition(":")[0] for item in found] == [name for name, _ in trailers]
    assert f"Policy-Rationale: fine {FORGED}" in found


def test_a_forged_trailer_in_the_subject_stays_in_the_subject():
    message = commit_message(f"{SUBJECT}\n\n{FORGED}\n", [("Policy-Id", "support")])

    assert message.splitlines()[0] == f"{SUBJECT} {FORGED}"[:72].rstrip()
    assert read_by_git(message) == ["Policy-Id: support"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("größer", r"gr\xf6\xdfer"),
        ("大 𝄞", r"\u5927 \U0001d11e"),
        ("а look-alike", r"\u0430 look-alike"),  # noqa: RUF001 - Cyrillic
        ("turn\u202eed", r"turn\u202eed"),
        ("half \ud834", r"half \ud834"),
        ("  many \t spaces\n", "many spaces"),
    ],
)
def test_a_value_is_one_line_of_ascii(text, plain):
    message = commit_message(SUBJECT, [("Policy-Rationale", text)])

    assert message == f"{SUBJECT}\n\nPolicy-Rationale: {plain}\n"
    assert read_by_git(message) == [f"Policy-Rationale: {plain}"]


@pytest.mark.parametrize("text", ["\x1b[31mred", "bell\x07", "back\x08space", "\x7f", "nu\x00l"])
def test_a_control_character_is_written_as_its_escape(text):
    message = commit_message(SUBJECT, [("Policy-Rationale", text), ("Policy-Id", "support")])

    assert message.replace("\n", "").isprintable()
    assert len(read_by_git(message)) == 2


@given(texts, texts, texts)
@settings(max_examples=60)
def test_no_text_adds_or_hides_a_trailer(subject, rationale, owner):
    trailers = [("Policy-Owner", owner), ("Policy-Rationale", rationale), ("Policy-Entry", "2")]

    message = commit_message(f"policy(support): {subject}", trailers)

    assert message.isascii()
    assert [item.partition(":")[0] for item in read_by_git(message)] == [
        "Policy-Owner",
        "Policy-Rationale",
        "Policy-Entry",
    ]


@given(texts)
def test_the_subject_fits_a_line_of_the_log(subject):
    first, second, *_ = commit_message(subject, [("Policy-Id", "support")]).split("\n")

    assert len(first) <= 72
    assert second == ""
