"""Scripts for other people's engines count what the definitions count, to the last digit."""

from __future__ import annotations

import json
import logging
import random
import runpy
from datetime import date
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from policyctl.adapters.analytics.scripts.dialects import DIALECTS
from policyctl.adapters.analytics.scripts.layout import LAYOUTS
from policyctl.adapters.analytics.scripts.results_analysis import ResultsAnalysis
from policyctl.adapters.analytics.scripts.script import script_for
from policyctl.core.cell_classes import classes_of
from policyctl.core.decision_table import Cell, tables_of
from policyctl.core.frozen import replace
from policyctl.core.policy import PolicyException
from policyctl.core.question import Purpose, Question
from policyctl.core.replay_document import replay_digest
from policyctl.core.sides import Direction
from policyctl.errors import InputError, UsageError
from policyctl.usecases.analysis import PlainAnalysis

DRAWING = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_sql_analysis.py"))))
TABLE = "lake.guard.records"
FORMATS = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}


@pytest.fixture(autouse=True)
def quiet():
    """sqlglot warns of statements that it takes as they are, such as SET TIME ZONE."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)


def translated(query: str, dialect: str) -> str:
    """A query as DuckDB takes it."""

    def rows_apart(node):
        # DuckDB gives structs of an array as one column unless it is told to take them apart.
        if isinstance(node, exp.Unnest) and isinstance(node.parent, exp.From):
            array = node.expressions[0].sql("duckdb")
            return sqlglot.parse_one(f"(SELECT unnest({array}, max_depth := 2))", read="duckdb")
        return node

    return sqlglot.parse_one(query, read=dialect).transform(rows_apart).sql("duckdb")


def run(script, dialect: str, records: Path, folder: Path, form: str = "csv") -> str:
    """Run a script's queries over a file of records, and save the tables."""
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake")
        connection.execute("CREATE SCHEMA lake.guard")
        connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM '{records}'")
        agrees = connection.execute(translated(script.preflight, dialect)).fetchall()
        assert {row[-1] for row in agrees} == {"yes"}
        for name, query in script.tables.items():
            written = f"COPY ({translated(query, dialect)}) TO '{folder}/{name}.{form}'"
            connection.execute(f"{written} ({FORMATS[form]})")
    return str(folder)


def replaying(old, new):
    return Question(purpose=Purpose.REPLAY, old=old, new=new)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Records, two policies, and what comes back about them from BigQuery."""
    draw = random.Random(11)
    folder = tmp_path_factory.mktemp("world")
    records = DRAWING.made_records(draw, 1500)
    file = DRAWING.written(folder / "records.parquet", records)
    old, new = DRAWING.made_policy(draw), DRAWING.made_policy(draw)
    excepted = tuple(
        PolicyException(
            id=item.detector, guardrail=item.detector, reason="r", owner="o", keys=("a", "o'brien"),
            expires=date(2026, 10, 7),
        )
        for item in new.guardrails
    )  # fmt: skip
    new = replace(new, exceptions=excepted)
    question = Question(purpose=Purpose.EVIDENCE, old=old, new=new, size=3, repeats=True)
    script = script_for(question, "bigquery", TABLE)
    results = run(script, "bigquery", file, folder / "results", "jsonl")
    return SimpleNamespace(
        records=records, file=file, old=old, new=new, script=script, results=Path(results)
    )


@pytest.mark.parametrize(("dialect", "seed"), list(zip(DIALECTS, (0, 6, 2, 3), strict=True)))
def test_what_comes_back_says_what_the_records_say(tmp_path, dialect, seed):
    draw = random.Random(seed)
    records = DRAWING.made_records(draw, 800)
    file = DRAWING.written(tmp_path / "records.parquet", records)
    plain = PlainAnalysis(DRAWING.Some(records))
    old, new = DRAWING.made_policy(draw), DRAWING.made_policy(draw)
    form = list(FORMATS)[seed % 3]

    def answered(question, name):
        script = script_for(question, dialect, TABLE)
        return ResultsAnalysis([run(script, dialect, file, tmp_path / name, form)])

    replayed = answered(replaying(old, new), "replay")
    found, expected = replayed.replay(old, new), plain.replay(old, new)
    assert sum(item.events for item in expected.changed) > 10
    assert found == expected
    assert replay_digest(found) == replay_digest(expected)
    assert replayed.level_counts(new) == plain.level_counts(new)
    first = answered(replaying(None, new), "first").replay(None, new)
    assert first == plain.replay(None, new)

    question = Question(purpose=Purpose.EVIDENCE, old=old, new=new, size=4, repeats=True)
    measured = answered(question, "evidence").measure(old, new, size=4, repeats=True)
    assert measured == plain.measure(old, new, size=4, repeats=True)
    assert measured.repeats
    assert any(item.drawn for item in measured.sample)
    bare = answered(replace(question, size=0, repeats=False), "bare")
    assert bare.measure(old, new) == plain.measure(old, new)
    assert bare.tally(old, new) == plain.tally(old, new)


def test_a_class_of_cells_is_decided_as_each_of_its_cells():
    draw = random.Random(5)
    for _ in range(60):
        policies = (DRAWING.made_policy(draw), DRAWING.made_policy(draw))
        classes, tables = classes_of(policies), tables_of(*policies)
        named = set(classes.cells())
        for app, cohort, direction, detector in product(
            (*DRAWING.APPS, "elsewhere"), (*DRAWING.COHORTS, "guests"), Direction,
            (*DRAWING.DETECTORS, "pii", "secrets/key", "piixx", "toxicity"),
        ):  # fmt: skip
            cell = Cell(app=app, cohort=cohort, direction=direction, detector=detector)
            found = classes.of(cell)
            rows = [table.row(cell) for table in tables]
            assert [table.row(found) for table in tables] == rows
            assert found in named or rows == [None, None]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_column_is_quoted_and_every_statement_is_sql_of_its_engine(dialect):
    draw = random.Random(3)
    question = Question(
        purpose=Purpose.EVIDENCE, old=DRAWING.made_policy(draw), new=DRAWING.made_policy(draw),
        size=2, repeats=True,
    )  # fmt: skip
    script = script_for(question, dialect, TABLE)

    statements = sqlglot.parse(script.text, read=dialect)

    assert len(statements) == len(DIALECTS[dialect].setup) + 4
    queries = [one for one in statements if isinstance(one, exp.Query)]
    assert len(queries) == 4
    columns = [node for query in queries for node in query.find_all(exp.Column)]
    names = [node for node in columns if isinstance(node.this, exp.Identifier)]
    assert {node.name for node in names if not node.this.quoted} <= {"epoch_microsecond"}
    aliases = [node for query in queries for node in query.find_all(exp.Alias)]
    assert all(node.args["alias"].quoted for node in aliases)
    assert {"old", "new", "key", "level"} <= {node.name for node in columns}
    assert list(LAYOUTS) == list(script.tables)


def test_the_script_is_the_same_each_time_and_another_for_another_question(world):
    question = replaying(world.old, world.new)
    script = script_for(question, "trino", TABLE)

    assert script_for(question, "trino", TABLE) == script
    others = [
        script_for(replaying(world.new, world.old), "trino", TABLE),
        script_for(question, "spark", TABLE),
        script_for(question, "trino", "lake.records"),
        script_for(replace(question, purpose=Purpose.EVIDENCE, size=1), "trino", TABLE),
    ]
    assert len({script.digest, *(other.digest for other in others)}) == 5


@pytest.mark.parametrize(
    ("dialect", "name", "written"),
    [
        ("spark", "lake.records", "`lake`.`records`"),
        ("trino", "lake.order", '"lake"."order"'),
        ("bigquery", "my-project.guard.records", "`my-project.guard.records`"),
        ("snowflake", "lake.records", '"LAKE"."RECORDS"'),
        ("snowflake", 'lake."as is"', '"LAKE"."as is"'),
    ],
)
def test_a_table_is_named_as_its_engine_knows_it(dialect, name, written):
    assert DIALECTS[dialect].table(name) == written


@pytest.mark.parametrize("name", ["", "a..b", "a.", "a b", "a; DROP TABLE b", 'a"b', "a`b", '"a`"'])
def test_what_is_no_table_is_refused(name):
    for dialect in DIALECTS.values():
        with pytest.raises(UsageError, match="is no table"):
            dialect.table(name)


def test_no_text_of_a_policy_becomes_a_statement():
    text = "it's\\ \n -- ${spark.home} \x00 ; \u2028"

    literals = {name: dialect.sql.quoted(text) for name, dialect in DIALECTS.items()}

    for literal in literals.values():
        assert not {"\n", "\x00", "\u2028"} & set(literal)
    assert "${" not in literals["spark"]
    assert literals["bigquery"] == literals["snowflake"]
    assert literals["trino"] == "U&'it''s\\\\ \\000A -- ${spark.home} \\0000 ; \\2028'"
    for dialect, literal in literals.items():
        assert len(sqlglot.parse(f"SELECT {literal}", read=dialect)) == 1


def test_a_policy_that_names_too_much_is_one_clear_error():
    policy = DRAWING.made_policy(random.Random(1))
    apps = tuple(f"application-{number}" for number in range(3000))

    with pytest.raises(InputError) as caught:
        script_for(replaying(None, replace(policy, apps=apps)), "trino", TABLE)

    assert "longer than 1000000 characters" in caught.value.message
    assert script_for(replaying(None, replace(policy, apps=apps[:20])), "trino", TABLE)


def measured(world, folder):
    return ResultsAnalysis([str(folder)]).measure(world.old, world.new, size=3, repeats=True)


def test_files_folders_of_parts_and_packed_files_say_the_same(world, tmp_path):
    expected = ResultsAnalysis([str(world.results)])
    files = {name: world.results / f"{name}.jsonl" for name in LAYOUTS}
    for name, file in files.items():
        lines = file.read_text().splitlines(keepends=True)
        parts = tmp_path / "parts" / f"{name}.json"
        parts.mkdir(parents=True)
        (parts / "_SUCCESS").touch()
        (parts / "part-0.json").write_text("".join(lines[::2]))
        (parts / "part-1.json").write_text("".join(lines[1::2]))
    (tmp_path / "parts" / "notes.txt").write_text("of somebody")

    by_name = ResultsAnalysis(map(str, files.values()))
    by_parts = ResultsAnalysis([str(tmp_path / "parts")])

    assert by_name.manifest() == by_parts.manifest() == expected.manifest()
    [source] = expected.manifest()
    assert (source.name, source.lines, expected.engine) == (TABLE, len(world.records), "bigquery")
    assert measured(world, tmp_path / "parts") == measured(world, world.results)


def rows_of(world, table):
    lines = (world.results / f"{table}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def changed(world, folder: Path, **tables) -> Path:
    """The results with the rows of some tables changed."""
    folder.mkdir()
    for name in LAYOUTS:
        rows = tables[name](rows_of(world, name)) if name in tables else rows_of(world, name)
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def part(name, change, **fitting):
    """Change the first row of a part that has these values."""

    def apply(rows):
        at = next(
            number
            for number, row in enumerate(rows)
            if row["part"] == name and fitting.items() <= row.items()
        )
        return [*rows[:at], *change(rows[at]), *rows[at + 1 :]]

    return apply


def first_with(**values):
    return lambda rows: [{**rows[0], **values}, *rows[1:]]


def without(name):
    return lambda rows: [row for row in rows if row["part"] != name]


def with_value(**values):
    return lambda row: [{**row, **values}]


def and_another(**values):
    return lambda row: [row, {**row, **values}]


def more(row):
    return [{**row, "n": row["n"] + 1}]


def gone(_):
    return []


APART = "the results do not fit together: "
BUCKETS = "bigquery does not compute the bucket of the key '' as policyctl does"
SUMMER = "bigquery does not compute 2026-07-01 00:00:00 in UTC as policyctl does"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (part("preflight", with_value(key="AD1056A0")), BUCKETS),
        (part("preflight", gone), BUCKETS),
        (part("preflight", with_value(key="0"), level=7), SUMMER),
        (part("preflight", and_another(level=99)), "the results answer more of the preflight"),
        (part("engine", with_value(key="oracle")), "the results name the engine 'oracle'"),
        (part("engine", gone), "the table 'decisions' has 0 rows of the part 'engine', not one"),
        (part("check", gone), "the table 'decisions' lacks checks: it was not saved whole"),
        (part("check", with_value(n=1)), f"{TABLE}: a request has a detection twice"),
        (part("check", with_value(part="odd")), "the table 'decisions' has a part 'odd'"),
        (part("check", with_value(script="0")), "the tables come from different scripts"),
        (part("decided", gone), APART + "some rows of the part 'decided' are missing"),
        (part("decided", and_another()), APART + "some rows of the part 'decided'"),
        (part("decided", more), APART + "the decisions are not those about the detections"),
        (part("decided", with_value(label="good")), f"{TABLE}: 'good' is not a valid Label"),
        (part("decided", with_value(n=None)), "a row of the results has no 'n'"),
        (part("first_hits", gone), APART + "some rows of the part 'first_hits'"),
        (part("sessions", with_value(n=100_000)), APART + "the sessions are not those"),
        (part("requests", gone), APART + "some rows of the part 'requests'"),
        (part("clusters", gone), APART + "some rows of the part 'clusters'"),
        (part("repeats", and_another()), APART + "some rows of the part 'repeats'"),
        (without("decided"), APART + "the decisions are not those about the detections"),
        (without("excepted"), APART + "what exceptions let through is counted in two ways"),
        (without("first_hits"), APART + "the first hits are not those"),
        (without("requests"), APART + "the requests are not those"),
        (without("clusters"), APART + "the independent cases are not those"),
    ],
)
def test_decisions_that_are_not_whole_or_not_right_are_refused(world, tmp_path, change, message):
    folder = changed(world, tmp_path / "results", decisions=change)

    with pytest.raises(InputError) as caught:
        measured(world, folder)

    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("totals", lambda rows: rows[:-1], APART + "'totals' adds up to another number"),
        ("totals", lambda rows: [*rows, rows[0]], APART + "'totals' counts the same twice"),
        ("totals", first_with(level=7), f"{TABLE}: 7 is not a valid Level"),
        ("totals", first_with(direction="both"), f"{TABLE}: the direction 'both' is unknown"),
        ("totals", first_with(day="soon"), APART),
        ("examples", part("example", gone), APART + "some rows of the part 'example'"),
        ("examples", part("review", gone), APART + "some rows of the part 'review'"),
        ("examples", without("example"), APART + "'examples' does not name the records"),
        ("examples", without("review"), APART + "'examples' does not name the records"),
        ("examples", first_with(part="decided"), "the table 'examples' has a part 'decided'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(world, tmp_path, table, change, message):
    folder = changed(world, tmp_path / "results", **{table: change})

    with pytest.raises(InputError) as caught:
        measured(world, folder)

    assert caught.value.message.startswith(message)


def test_results_of_another_question_are_refused(world):
    other = replace(world.new, guardrails=world.new.guardrails[:-1])

    for new, size in ((other, 3), (world.new, 2)):
        with pytest.raises(InputError) as caught:
            ResultsAnalysis([str(world.results)]).measure(world.old, new, size=size, repeats=True)
        assert caught.value.message == (
            "the results answer another question than this evidence asks"
        )
    with pytest.raises(InputError, match="than this replay asks"):
        ResultsAnalysis([str(world.results)]).replay(world.old, world.new)
    with pytest.raises(InputError, match="say nothing about this policy's sensitivities"):
        ResultsAnalysis([str(world.results)]).level_counts(world.new)
    with pytest.raises(InputError, match="results hold counts, not records"):
        list(ResultsAnalysis([str(world.results)]))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("totals.csv", "script,day\n", "the results lack the table 'decisions'"),
        ("notes.txt", "", "{folder} holds no table of results"),
    ],
)
def test_what_is_missing_is_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)

    with pytest.raises(InputError) as caught:
        ResultsAnalysis([str(tmp_path)])

    assert caught.value.message == message.format(folder=tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1\n", ":2: 1 cells, and 2 columns"),
        ("a,A\n", " has two columns 'a'"),
        ("a,b\n1,2\n", ":2: the table has no column 'script'"),
        ('{"script": 1\n', ":1: the line is not JSON"),
        ('{"a": 1}\n[1]\n', ":1: the table has no column 'script'"),
        ("\xff", " is not UTF-8"),
        ("PAR1 no more", " ends in the middle: it was not copied whole"),
    ],
)
def test_a_file_that_is_no_table_is_one_clear_error(world, tmp_path, content, message):
    folder = changed(world, tmp_path / "results")
    file = folder / "totals.jsonl"
    file.write_bytes(content.encode("latin-1"))

    with pytest.raises(InputError) as caught:
        ResultsAnalysis([str(folder)])

    assert caught.value.message == f"{file}{message}"


def test_a_number_is_a_count_and_a_surplus_column_is_refused(world, tmp_path):
    negative = changed(
        world, tmp_path / "a", totals=lambda rows: [{**rows[0], "records": -1}, *rows[1:]]
    )
    surplus = changed(world, tmp_path / "b", totals=lambda rows: [{**row, "x": 1} for row in rows])

    with pytest.raises(InputError, match=r"totals.jsonl:1: 'records' is no count"):
        ResultsAnalysis([str(negative)])
    with pytest.raises(InputError, match=r"totals.jsonl:1: the table has a column 'x' too many"):
        ResultsAnalysis([str(surplus)])
