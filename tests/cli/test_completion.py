"""What a shell is offered, asked the way a shell asks."""

from __future__ import annotations

import pytest

RULE = "exception-expired"


@pytest.fixture
def offered(recorded, shell):
    def ask(words: str, **more: str) -> list[str]:
        done = shell(
            cwd=more.pop("cwd", recorded.folder),
            _POLICYCTL_COMPLETE="complete_bash",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split(" ")) - 1),
        )

        assert done.err == ""
        return done.out.split()

    return ask


@pytest.mark.parametrize(
    "command",
    [
        *("show", "record", "evidence", "promote", "demote", "approve", "retire", "log"),
        *("withdraw", "void", "redact", "export"),
    ],
)
def test_a_policys_id_is_completed_wherever_one_is_asked_for(offered, command):
    assert offered(f"policyctl {command} te") == ["team-assistant"]


def test_policies_of_the_governed_folder_are_offered_from_below_it(offered, recorded):
    assert offered("policyctl show ", cwd=recorded.folder / "policies") == ["team-assistant"]


def test_a_file_that_no_policy_can_stand_in_is_not_offered(offered, recorded):
    recorded.write("policies/team-other.yml", "a: 1\n")
    recorded.write("policies/examples/team-third.yaml", "a: 1\n")

    assert offered("policyctl show te") == ["team-assistant"]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (f"policyctl rule {RULE[:-1]}", [RULE]),
        (f"policyctl lint --select {RULE[:-1]}", [RULE]),
        (f"policyctl lint --ignore parked-in-logging,{RULE[:-1]}", [f"parked-in-logging,{RULE}"]),
    ],
)
def test_a_rule_is_completed_after_a_comma_too(offered, words, codes):
    assert offered(words) == codes


def test_the_stages_are_those_that_the_command_can_lead_to(offered):
    assert offered("policyctl promote team-assistant --to ") == ["limited", "enforce"]
    assert offered("policyctl demote team-assistant --to ") == ["logging", "limited"]


def test_the_roles_are_those_of_the_trust_root(offered):
    assert "security" in offered("policyctl approve team-assistant --role ")


@pytest.mark.parametrize("command", ["show ", "approve a --role "])
def test_outside_of_a_repository_nothing_is_offered_and_nothing_said(offered, tmp_path, command):
    empty = tmp_path / "empty"
    empty.mkdir()

    assert offered(f"policyctl {command}", cwd=empty) == []


def test_what_cannot_be_read_is_no_error_of_the_shell(offered, recorded):
    recorded.write(".policyctl/root/0001.json", "{")

    assert offered("policyctl approve team-assistant --role ") == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("policyctl status --person s", ["sam"]),
        ("policyctl status --owner s", ["sam", "security"]),
        ("policyctl status --stage l", ["logging", "limited"]),
        ("policyctl status --sort o", ["owner"]),
        ("policyctl new bot --owner a", ["ada", "assistants"]),
        ("policyctl new bot --threshold-owner sec", ["security"]),
        ("policyctl new bot --baseline int", ["internal-facing@1"]),
        ("policyctl root propose --remove-person s", ["sam"]),
        ("policyctl root propose --add-steward a", ["ada"]),
        ("policyctl root propose --remove-group a", ["assistants"]),
        ("policyctl schema poli", ["policy.v1"]),
        ("policyctl import --extends int", ["internal-facing@1"]),
        ("policyctl coverage --framework owasp-llm", ["owasp-llm-2026"]),
        ("policyctl export team-assistant --target li", ["litellm"]),
        ("policyctl drift team-assistant --target be", ["bedrock", "bedrock-api"]),
    ],
)
def test_people_owners_stages_baselines_frameworks_and_engines_are_offered(offered, words, names):
    assert [name for name in offered(words) if name in names] == names


def test_outside_of_a_repository_nothing_is_offered_and_nothing_is_said(offered, tmp_path):
    assert offered("policyctl status --person s", cwd=tmp_path) == []
