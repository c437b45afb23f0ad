"""``--emit-sql`` and ``--import-results``: the records stay where they are."""

from __future__ import annotations

import json

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from policyctl.adapters.analytics.scripts.dialects import DIALECTS
from policyctl.adapters.analytics.scripts.layout import LAYOUTS
from policyctl.cli.elsewhere import SqlEngine

POLICY = "team-assistant"
TABLE = "lake.records"


@pytest.fixture(autouse=True)
def ignored(recorded):
    """The demo's repository, in which results are no change."""
    (recorded.folder / ".git" / "info" / "exclude").write_text("results*/\n*.json\n*.csv\n")


def bring_back(world, events, script: str, folder: str = "results") -> None:
    """Run a script for Trino over the records, and save its tables."""
    (world.folder / folder).mkdir()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA lake")
        texts = ", ".join(f"NULL::VARCHAR AS {name}" for name in
                          ("session_id", "key", "cohort", "fingerprint"))  # fmt: skip
        connection.execute(
            f"CREATE TABLE {TABLE} AS SELECT *, NULL::BOOLEAN AS blocked, {texts} FROM"
            f" (SELECT * EXCLUDE (ts, session_id, key, cohort, fingerprint, blocked),"
            f" CAST(ts AS TIMESTAMP) AS ts FROM (SELECT * FROM read_json('{events}',"
            " format = 'newline_delimited', columns = {ts: 'VARCHAR', request_id: 'VARCHAR',"
            " app: 'VARCHAR', direction: 'VARCHAR', detector: 'VARCHAR', level: 'VARCHAR',"
            " status: 'VARCHAR', label: 'VARCHAR', detector_version: 'VARCHAR',"
            " session_id: 'VARCHAR', key: 'VARCHAR', cohort: 'VARCHAR', fingerprint: 'VARCHAR',"
            " blocked: 'BOOLEAN'})))"
        )
        queries = [one for one in sqlglot.parse(script, read="trino") if isinstance(one, exp.Query)]
        for name, query in zip(LAYOUTS, queries[1:], strict=True):
            path = world.folder / folder / f"{name}.csv"
            connection.execute(f"COPY ({query.sql('duckdb')}) TO '{path}' (FORMAT csv, HEADER)")


def emitted(world, command: str, *more: str) -> str:
    done = world.run(command, POLICY, "--emit-sql", "trino", "--table", TABLE, *more)
    assert (done.code, done.err) == (0, "")
    return done.out


def result(world, *arguments: str):
    done = world.run(*arguments, "--format", "json")
    assert done.err == ""
    return done.code, json.loads(done.out)["result"]


def test_evidence_out_of_results_finds_what_evidence_out_of_records_finds(recorded, events):
    bring_back(recorded, events, emitted(recorded, "evidence"))

    code, here = result(recorded, "evidence", POLICY, "--events", events)
    coded, there = result(recorded, "evidence", POLICY, "--import-results", "results")

    assert coded == code == 0
    assert there["findings_sha256"] == here["findings_sha256"]
    differing = {name for name in here["report"] if here["report"][name] != there["report"][name]}
    assert differing == {"records", "engine"}
    assert there["report"]["engine"] == "trino"
    [source] = there["report"]["records"]
    assert (source["name"], source["lines"]) == (TABLE, 18165)


def test_a_replay_out_of_results_has_the_same_digest_and_suggests_the_same(recorded, events):
    asked = ("--to", "limited")
    bring_back(recorded, events, emitted(recorded, "replay", *asked))

    code, here = result(recorded, "replay", POLICY, "--events", events, *asked, "--suggest")
    coded, there = result(
        recorded, "replay", POLICY, "--import-results", "results", *asked, "--suggest"
    )

    assert (coded, there["sha256"], there["newly_blocked"]) == (code, here["sha256"], 364)
    assert there["suggestions"] == here["suggestions"]
    assert (here["engine"], there["engine"]) == ("python", "trino")


def test_a_replay_with_exceptions_out_of_results_has_the_same_digest(recorded, events):
    path = f"policies/{POLICY}.yaml"
    exception = (
        "\nexceptions:\n  - {id: EX-1, guardrail: prompt_attack, reason: the red team, owner: erin,"
        ' when: {app: assistant}, ticket: SEC-1, expires: "2027-01-01"}\n'
    )
    recorded.write(path, recorded.read(path) + exception.encode())
    asked = ("--to", "limited")
    bring_back(recorded, events, emitted(recorded, "replay", *asked))

    code, here = result(recorded, "replay", POLICY, "--events", events, *asked)
    coded, there = result(recorded, "replay", POLICY, "--import-results", "results", *asked)

    assert (coded, there["sha256"]) == (code, here["sha256"])
    assert here["without_exceptions"] is not None
    assert there["without_exceptions"] is None


def test_results_with_reviews_lead_to_a_promotion(recorded, events):
    drawn = recorded.run("review", "sample", POLICY, "--events", events, "--out", "s.jsonl")
    assert drawn.code == 0, drawn.err
    rows = [json.loads(line) for line in recorded.read("s.jsonl").splitlines()]
    for row in rows:
        row.update(verdict="true_positive", reviewer="sam", reviewed_at="2026-11-20")
    recorded.write("filled.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    took = recorded.run("review", "import", POLICY, "filled.jsonl", "--events", events,
                        "--out", "labels.json")  # fmt: skip
    assert took.code == 0, took.err
    for name in ("s.jsonl", "filled.jsonl"):
        (recorded.folder / name).unlink()
    bring_back(recorded, events, emitted(recorded, "evidence", "--labels", "labels.json"))

    code, here = result(recorded, "evidence", POLICY, "--events", events, "--labels", "labels.json")
    coded, there = result(
        recorded, "evidence", POLICY, "--import-results", "results", "--labels", "labels.json"
    )
    unasked = recorded.run("evidence", POLICY, "--import-results", "results")
    done = recorded.run(
        "promote", POLICY, "--to", "limited", "--import-results", "results",
        "--labels", "labels.json", "--rationale", "the reviews are in", by="erin",
    )  # fmt: skip

    assert code == coded == 0
    assert there["findings_sha256"] == here["findings_sha256"]
    assert there["report"]["reviews"]
    assert unasked.code == 2
    assert "the results answer another question than this evidence asks" in unasked.err
    assert done.code == 0, done.err
    assert b"stage: limited" in recorded.read(f"policies/{POLICY}.yaml")


def test_results_about_a_policy_that_changed_since_are_refused(recorded, events):
    bring_back(recorded, events, emitted(recorded, "replay", "--to", "limited"))
    path = f"policies/{POLICY}.yaml"
    content = recorded.read(path)
    attacks = b"guardrails:\n  - {detector: prompt_attack, sensitivity: L4, reason: r}\n"
    recorded.write(path, content.replace(b"thresholds:", attacks + b"thresholds:"))

    done = recorded.run("replay", POLICY, "--to", "limited", "--import-results", "results")

    assert (done.code, done.out) == (2, "")
    assert "the results answer another question than this replay asks" in done.err
    assert "emit the script again" in done.err


def test_results_out_of_a_console_that_shows_some_rows_are_refused(recorded, events):
    bring_back(recorded, events, emitted(recorded, "replay", "--to", "limited"))
    file = recorded.folder / "results" / "decisions.csv"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))

    done = recorded.run("replay", POLICY, "--to", "limited", "--import-results", "results")

    assert done.code == 2
    assert "the results do not fit together" in done.err
    assert "save each table whole" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("evidence",), "evidence is read from detection records"),
        (("replay",), "a replay decides recorded detections"),
        (("replay", "--emit-sql", "spark"), "--emit-sql needs the table"),
        (("replay", "--table", "t", "--import-results", "r"), "--table is for --emit-sql"),
        (("evidence", "--emit-sql", "spark", "--table", "t", "--import-results", "r"),
         "--emit-sql and --import-results exclude each other"),
        (("evidence", "--emit-sql", "spark", "--table", "t", "--engine", "duckdb"),
         "--engine is for --events, not for --emit-sql"),
        (("evidence", "--emit-sql", "spark", "--table", "a b"), "'a b' is no table"),
        (("evidence", "--import-results", "nowhere"), "nowhere is called like no table of results"),
        (("promote", "--to", "limited", "--rationale", "r", "--events", "e", "--import-results",
          "r"), "--events and --import-results exclude each other"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_one_clear_error(recorded, arguments, message):
    command, *more = arguments

    done = recorded.run(command, POLICY, *more)

    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_every_dialect_can_be_named():
    assert {engine.value for engine in SqlEngine} == set(DIALECTS)


def test_a_script_is_printed_and_nothing_else(recorded, shell):
    done = shell(
        "replay", POLICY, "--to", "limited", "--emit-sql", "bigquery", "--table", "p.d.records",
        cwd=recorded.folder,
    )  # fmt: skip

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("-- policyctl ")
    assert "`p.d.records`" in done.out
