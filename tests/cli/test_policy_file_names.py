"""Governed policies are called ``<id>.yaml``; what is called otherwise is not passed over."""

from __future__ import annotations

import pytest

from policyctl.cli import main

OTHER = ("policies/team-assistant.yml", "policies/team-assistant.YAML", "policies/x.Yml")


@pytest.mark.parametrize("name", OTHER)
@pytest.mark.parametrize("command", [("validate",), ("validate", "policies"), ("lint",)])
def test_another_ending_in_the_folder_of_policies_is_a_finding(recorded, name, command):
    recorded.write(name, recorded.read("policies/team-assistant.yaml"))

    done = recorded.run(*command)

    assert done.code == 1
    assert f"{name}:" in done.out
    assert "[id-differs-from-file]" in done.out


def test_a_folder_with_nothing_else_is_not_nothing_to_check(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/a.yml").write_text("a: 1\n", encoding="utf-8")

    assert main(["validate"]) == 1
    assert "policies/a.yml:" in capsys.readouterr().out


def test_elsewhere_such_files_are_nobodys_policies(recorded):
    recorded.write(".github/workflows/ci.yml", "on: push\n")
    recorded.write("policies/notes/links.yml", "- one\n")

    assert recorded.run("validate", "policies", ".github").code == 0
