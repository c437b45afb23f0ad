"""The benchmarks run; what they measure is nobody's assertion."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parent.parent / "benchmarks/validate.py"


def test_the_benchmark_of_validate_measures_each_of_its_cases(tmp_path):
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [
            *(sys.executable, BENCHMARK, "--files", "10", "--rounds", "1"),
            *("--without-peers", "--json", written),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(written.read_text("utf-8"))
    assert figures["not_measured"] == []
    assert {"python", "one file", "one file, known", "help"} <= figures["seconds"].keys()
    assert {"many files", "many files, lint", "memory, all"} <= figures["seconds"].keys()
    assert all(case["cpu"]["min"] > 0 for case in figures["seconds"].values())
    assert all(goal["ratio"] in done.stdout for goal in figures["goals"])


def test_the_benchmark_of_verify_measures_each_of_its_cases(tmp_path):
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [
            *(sys.executable, BENCHMARK.with_name("verify.py"), "--entries", "40"),
            *("--rounds", "1", "--json", written),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(written.read_text("utf-8"))
    assert figures["not_measured"] == []
    assert {"verify", "pull request", "verify, 10 entries more"} <= figures["seconds"].keys()
    assert all(goal["ratio"] in done.stdout for goal in figures["goals"])


def test_the_benchmark_of_the_gate_measures_both_axes(tmp_path):
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [
            *(sys.executable, BENCHMARK.with_name("promote_check.py"), "--policies", "30"),
            *("--commits", "60", "--rounds", "1", "--json", written),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(written.read_text("utf-8"))
    assert figures["not_measured"] == []
    assert {"1 changed", "20 changed", "1 changed, a tenth of the estate"} <= (
        figures["seconds"].keys()
    )
    assert all(goal["ratio"] in done.stdout for goal in figures["goals"])


def test_a_command_that_does_not_end_as_expected_is_named_and_not_measured(tmp_path):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from measuring import Case, measure\n"
        "case = Case(name='false', command=(sys.executable, '-c', 'exit(1)'), folder=Path('.'))\n"
        "print(measure([case], 1, {}, lambda _: None))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, BENCHMARK.parent],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stdout == "({}, ['false: exit code 1, expected 0'])\n"


def test_the_benchmark_of_replays_measures_each_of_its_cases(tmp_path):
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [
            *(sys.executable, BENCHMARK.with_name("replay.py"), "--records", "20000"),
            *("--rounds", "1", "--json", written),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(written.read_text("utf-8"))
    assert figures["not_measured"] == []
    assert {"bare scan", "plain Parquet", "prepared", "plain loop"} <= figures["seconds"].keys()
    assert len(figures["goals"]) == 4
    assert all(goal["ratio"] in done.stdout for goal in figures["goals"])


def test_the_benchmark_of_deciding_measures_each_of_its_cases(tmp_path):
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [
            *(sys.executable, BENCHMARK.with_name("decide.py"), "--decisions", "1000"),
            *("--rounds", "1", "--json", written),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(written.read_text("utf-8"))
    assert figures["seconds"].keys() == {"plain comparisons", "decider", "definition"}
    assert len(figures["goals"]) == 3
    assert all(goal["ratio"] in done.stdout for goal in figures["goals"])


def test_the_benchmark_of_report_measures_each_of_its_cases(tmp_path):
    written = tmp_path / "figures.json"

    done = subprocess.run(
        [
            *(sys.executable, BENCHMARK.with_name("report.py"), "--entries", "40"),
            *("--policies", "5", "--rounds", "1", "--json", written),
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(written.read_text("utf-8"))
    assert figures["not_measured"] == []
    assert {"verify", "status", "report", "report, a tenth"} == figures["seconds"].keys()
    assert "and fits 10 MiB" in done.stdout
