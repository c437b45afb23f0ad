"""The commands of the page about records work, and its tables are the code's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.cli.records import Engine
from policyctl.core.engine_logs import azure, bedrock_assessment, model_armor, openai_guardrails
from policyctl.core.engine_logs.engines import READERS
from policyctl.core.engine_logs.level_table import Cuts, level_of
from policyctl.core.engine_logs.normalise import CONTEXT, PLAIN
from policyctl.core.levels import Level
from policyctl.core.records_manifest import FOLDERS, REJECTS
from policyctl.usecases.level_table import level_table

CHECKOUT = Path(policyctl.__file__).parent.parent
PAGE = CHECKOUT / "docs" / "records.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")
SAMPLES = CHECKOUT / "tests/data/engine_logs"


def fences(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def table_row(name):
    return [
        cell.strip(" `")
        for cell in re.search(rf"^\| {name} \|(.*)\|$", TEXT, re.MULTILINE)[1].split("|")
    ]


def test_the_commands_of_the_page_run_and_print_what_it_shows(tmp_path, events):
    for name in ("lakera", "litellm"):
        shutil.copy(SAMPLES / f"{name}.jsonl", tmp_path)
    with (tmp_path / "litellm.jsonl").open("a") as file:
        file.write("{ this line was cut\n")
    shutil.copy(events, tmp_path / "records.jsonl.gz")
    commands = fences("sh")[0].splitlines()

    done = [
        subprocess.run(
            [sys.executable, "-P", "-m", *command.split()],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        for command in commands
    ]

    assert [(one.returncode, one.stderr) for one in done] == [(0, ""), (1, ""), (0, "")]
    assert re.sub(r"[0-9a-f]{12}", "HEX", done[1].stdout) == fences("text")[0]


def test_every_engine_is_on_the_page_and_on_the_command_line():
    named = re.findall(r"^\| `([a-z-]+)` \| an? ", TEXT, re.MULTILINE)

    assert set(named) == {*READERS, PLAIN} == {engine.value for engine in Engine}


def test_every_field_that_may_stand_beside_an_answer_is_on_the_page():
    said = TEXT[TEXT.index("These fields are read there") :].split("\n\n")[0]

    assert set(CONTEXT) == set(re.findall(r"`([a-z_]+)`", said))


def test_the_folders_of_the_page_are_those_of_the_code():
    assert set(re.findall(r"^prepared/(\w+)/", TEXT, re.MULTILINE)) == {*FOLDERS, REJECTS}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Bedrock filters", bedrock_assessment._CONFIDENCES),
        ("Model Armor filters", model_armor._CONFIDENCES),
        ("Model Armor SDP", model_armor._LIKELIHOODS),
        ("Azure severity", azure._SEVERITIES),
    ],
)
def test_the_words_of_the_table_of_levels_are_those_of_the_code(name, known):
    words = {word: level for word, level in zip(table_row(name), Level, strict=True) if word}

    assert words == {word: level for word, level in known.items() if level}


def test_the_scores_of_the_table_of_levels_are_those_of_the_code():
    confidence = table_row("OpenAI Guardrails, confidence")[:4]
    grounding = [cell.removeprefix("to ") for cell in table_row("Bedrock grounding, score")[:4]]
    ungrounded: Cuts = bedrock_assessment._UNGROUNDED

    assert tuple(float(score) for score in confidence) == openai_guardrails._CUTS
    for score, level in zip(grounding, Level, strict=False):
        assert level_of(1 - float(score) + 1e-9, ungrounded) is level
        assert level_of(1 - float(score) - 1e-9, ungrounded) is not level


def test_the_file_of_levels_on_the_page_is_one():
    [content] = fences("yaml")

    table = level_table(content.encode(), file="levels.yaml", documents=YamlDocuments())

    assert table.names == {"lakera-pre": "prompt_attack"}
    assert table.cuts["prompt_attack"] == (0.99, 0.95, 0.9, 0.5)
