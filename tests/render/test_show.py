"""Every value in force, as ``policyctl show --effective`` lists it."""

from __future__ import annotations

import re

import pytest

EVERY = ("show", "team-assistant", "--effective")


def test_each_value_stands_below_its_place_with_its_origin_behind_it(recorded):
    lines = recorded.run(*EVERY).out.splitlines()

    assert "  stage             logging  (policy)" in lines
    at = lines.index("gates.limited")
    assert "  records          2000  (policy)" in lines[at : at + 7]
    assert "  reviewed         131  (baseline internal-facing@1)" in lines[at : at + 7]
    at = lines.index("guardrails.prompt_attack.input")
    assert "  enabled      on  (baseline internal-facing@1)" in lines[at : at + 6]


def test_names_of_frameworks_are_whole_and_lists_have_commas(recorded):
    said = recorded.run(*EVERY).out

    assert "\ncontrols\n" in said
    assert "  owasp-agentic-2026  ASI01, ASI06  (baseline internal-facing@1)\n" in said
    assert "  nist-ai-rmf-1.0     GOVERN 1.5, " in said
    assert "[" not in said
    assert '"' not in said


def test_no_line_is_padded(recorded):
    lines = recorded.run(*EVERY).out.splitlines()

    assert [line for line in lines if line != line.rstrip()] == []
    assert [line for line in lines if "          (" in line] == []


@pytest.mark.parametrize("columns", ["80", "160"])
def test_a_terminal_shows_the_same_lines_wrapped_to_its_width(recorded, monkeypatch, columns):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", columns)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", recorded.run(*EVERY).out).splitlines()

    assert max(map(len, lines)) <= int(columns)
    assert "  stage             logging  (policy)" in lines
