"""Reviews from the sheet to the promotion, on the demo's records."""

from __future__ import annotations

import csv
import gzip
import json

import pytest

POLICY = "team-assistant"
COLUMNS = "request_id,detector,direction,verdict,reviewer,reviewed_at"


@pytest.fixture(scope="module")
def truth():
    from pathlib import Path

    import policyctl.demo_data

    found = {}
    path = Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found[record["request_id"]] = record.get("label", "unsure")
    return found


def sample(world, events, *more, name="sheet.csv"):
    done = world.run("review", "sample", POLICY, "--events", events, "--out", name, *more)
    assert done.code == 0, done.err
    text = world.read(name).decode()
    if name.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(text.splitlines()))


def fill(world, name, rows, reviewer, truth):
    lines = [COLUMNS]
    for row in rows:
        cells = [row["request_id"], row["detector"], row["direction"], truth[row["request_id"]]]
        lines.append(",".join([*cells, reviewer, "2026-11-20"]))
    world.write(name, "\n".join(lines) + "\n")


def take_in(world, events, *files, out="labels.json", more=()):
    given = ("--events", events, "--out", out, *more)
    return world.run("review", "import", POLICY, *files, *given)


def test_reviews_lead_from_the_sheet_to_a_promotion(recorded, events, truth):
    rows = sample(recorded, events)
    fill(recorded, "sam.csv", rows, "sam", truth)
    fill(recorded, "ada.csv", rows[:30], "ada", truth)

    done = take_in(recorded, events, "sam.csv", "ada.csv")
    assert (done.code, done.err) == (0, "")
    judged = recorded.run("evidence", POLICY, "--events", events, "--labels", "labels.json")
    assert judged.code == 0, judged.out
    assert "met        reviewers: 2 people reviewed (ada, sam), 1 asked for" in judged.out
    moved = recorded.run(
        *("promote", POLICY, "--to", "limited", "--rationale", "reviewed"),
        *("--events", events, "--labels", "labels.json"),
        by="erin",
    )
    assert moved.code == 0, moved.err
    stored = recorded.read(f".policyctl/evidence/{POLICY}/000002.json")
    assert json.loads(stored)["reviews"]["reviewers"] == ["ada", "sam"]
    # Approvals are owed, but nothing is wrong with the evidence.
    assert "GATE" not in recorded.run("verify").out


def test_whoever_makes_a_change_cannot_be_its_only_reviewer(recorded, events, truth):
    rows = sample(recorded, events)
    fill(recorded, "erin.csv", rows, "erin", truth)
    done = take_in(recorded, events, "erin.csv")

    assert done.code == 1
    assert "nobody reviewed but erin, who made the change" in done.out
    assert not (recorded.folder / "labels.json").exists()

    fill(recorded, "sam.csv", rows, "sam", truth)
    assert take_in(recorded, events, "sam.csv").code == 0
    alone = recorded.read("labels.json").replace(b'"sam"', b'"erin"')
    recorded.write("labels.json", alone)
    given = ("--events", events, "--labels", "labels.json")
    refused = recorded.run(
        "promote", POLICY, "--to", "limited", "--rationale", "reviewed", *given, by="erin"
    )
    assert refused.code == 1
    assert "nobody reviewed but erin, who makes the change" in refused.out


def test_the_sheet_is_the_same_for_everybody_and_a_larger_one_contains_it(recorded, events):
    first = sample(recorded, events, "--size", "40")
    again = sample(recorded, events, "--size", "40", name="again.csv")
    large = sample(recorded, events, "--size", "90", name="large.jsonl")

    assert recorded.read("sheet.csv") == recorded.read("again.csv")
    assert again == first
    assert [row["request_id"] for row in large[:40]] == [row["request_id"] for row in first]
    assert len(large) == 90
    assert set(first[0]) == {
        *("guardrail", "app", "place", "request_id", "detector", "direction", "ts"),
        *("verdict", "reviewer", "reviewed_at"),
    }


def test_an_unfinished_sheet_is_taken_and_says_how_much_is_missing(recorded, events, truth):
    rows = sample(recorded, events)
    fill(recorded, "sam.csv", rows[:20], "sam", truth)

    done = take_in(recorded, events, "sam.csv")

    assert done.code == 0
    assert f"20 of {len(rows)} reviewed" in done.out
    assert (
        "54 more reviews of prompt_attack (input) in redteam-lab would settle it at 95 %"
    ) in done.out
    judged = recorded.run("evidence", POLICY, "--events", events, "--labels", "labels.json")
    assert judged.code == 3


def test_verdicts_outside_of_the_sample_are_said_and_not_counted(recorded, events, truth):
    rows = sample(recorded, events, "--size", "60")
    fill(recorded, "sam.csv", rows, "sam", truth)

    done = take_in(recorded, events, "sam.csv", more=("--size", "50"))

    assert done.code == 0
    assert "10 verdicts outside of the sample of 50 do not count" in done.out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{r},{d},input,yes,sam,2026-11-20", "the verdict 'yes' is not one of"),
        ("{r},{d},input,true_positive,zoe,2026-11-20", "does not know the reviewer 'zoe'"),
        ("{r},{d},input,true_positive,sam,soon", "reviewed_at 'soon' is not written as"),
    ],
)
def test_a_verdict_that_does_not_count_keeps_all_of_them_out(recorded, events, line, message):
    (row,) = sample(recorded, events, "--size", "1")
    filled = line.format(r=row["request_id"], d=row["detector"])
    recorded.write("sam.csv", f"{COLUMNS}\n{filled}\n")

    done = take_in(recorded, events, "sam.csv")

    assert done.code == 1
    assert "sam.csv:2:1: error: " in done.out
    assert message in done.out
    assert not (recorded.folder / "labels.json").exists()


def test_a_reviewer_who_contradicts_themselves_is_asked_again(recorded, events):
    (row,) = sample(recorded, events, "--size", "1")
    cell = f"{row['request_id']},{row['detector']},input"
    recorded.write(
        "sam.csv",
        f"{COLUMNS}\n{cell},true_positive,sam,2026-11-20\n{cell},unsure,sam,2026-11-21\n",
    )

    done = take_in(recorded, events, "sam.csv")

    assert done.code == 1
    assert "and true_positive in sam.csv:2" in done.out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "sam.csv is not a worksheet"),
        ("request_id,detector\n", "sam.csv has no column 'direction'"),
        (f"{COLUMNS},prompt\n", "sam.csv has a column 'prompt', which no worksheet has"),
        (f"{COLUMNS}\nr1,d\n", "sam.csv:2: 2 cells, and 6 columns"),
        (f'{COLUMNS}\n"r1\n', "sam.csv:2: the line is not CSV: unexpected end of data"),
        ("{\n", "sam.csv:1: the line is not JSON"),
        ("\ufeff{}\n", "sam.csv:1 has no column 'request_id'"),
    ],
)
def test_what_is_no_worksheet_is_one_clear_message(recorded, events, content, message):
    recorded.write("sam.csv", content)

    done = take_in(recorded, events, "sam.csv")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"policyctl: {message}")


def test_sheets_of_spreadsheets_come_back_with_semicolons_and_guarded_ids(recorded, events, truth):
    rows = sample(recorded, events, "--size", "3")
    fill(recorded, "sam.csv", rows, "sam", truth)
    sheet = recorded.read("sam.csv").decode().replace(",", ";")
    recorded.write("sam.csv", b"\xef\xbb\xbf" + sheet.encode())

    done = take_in(recorded, events, "sam.csv", more=("--size", "3"))

    assert done.code == 0
    assert "3 of 3 reviewed" in done.out


def test_json_says_the_same(recorded, events, truth):
    rows = sample(recorded, events, "--size", "3")
    fill(recorded, "sam.csv", rows, "sam", truth)

    done = take_in(recorded, events, "sam.csv", more=("--size", "3", "--format", "json"))
    data = json.loads(done.out)

    assert data["status"] == "pass"
    assert data["result"]["reviews"]["reviewers"] == ["sam"]
    assert data["result"]["labels"] == json.loads(recorded.read("labels.json"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "sheet.xlsx"], "a worksheet is no 'sheet.xlsx'"),
        (["--out", "sheet.csv", "--size", "0"], "a sample of 0 is not possible"),
        (["--out", "no/folder/sheet.csv"], "cannot write no/folder/sheet.csv"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(recorded, events, arguments, message):
    done = recorded.run("review", "sample", POLICY, "--events", events, *arguments)

    assert done.code == 2
    assert message in done.err


def test_without_records_there_is_no_sample(recorded):
    done = recorded.run("review", "sample", POLICY, "--out", "sheet.csv")

    assert (done.code, done.err) == (
        2,
        "policyctl: a sample is drawn from detection records\n  = --events FILE\n",
    )


def test_labels_of_another_change_are_refused(recorded, events, truth):
    rows = sample(recorded, events, "--size", "3")
    fill(recorded, "sam.csv", rows, "sam", truth)
    assert take_in(recorded, events, "sam.csv", more=("--size", "3")).code == 0
    content = recorded.read("labels.json").replace(b'"to": "limited"', b'"to": "enforce"')
    recorded.write("labels.json", content)

    done = recorded.run("evidence", POLICY, "--events", events, "--labels", "labels.json")

    assert done.code == 2
    assert "not of 'team-assistant' for logging -> limited" in done.err


def requests(world, count, apps=("assistant", "bank-support", "redteam-lab")):
    days = [f"2026-10-{number:02}" for number in range(5, 32)] + ["2026-11-01"]
    lines = [f"{day},{app},{count}" for day in days for app in apps]
    world.write("gateway.csv", "\n".join(["day,app,requests", *lines]) + "\n")


@pytest.mark.parametrize(("count", "outcome"), [(100, "met      "), (999, "not met  ")])
def test_records_are_held_against_the_requests_of_the_gateway(recorded, events, count, outcome):
    requests(recorded, count)
    done = recorded.run("evidence", POLICY, "--events", events, "--requests", "gateway.csv")

    assert f"{outcome}  completeness: redteam-lab: " in done.out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("day;app\n", "gateway.csv does not begin with the line 'day,app,requests'"),
        ("day,app,requests\n", "gateway.csv holds no counts"),
        ("day,app,requests\n2026-13-01,a,5\n", "gateway.csv:2: '2026-13-01' is not a day"),
        ("day,app,requests\n2026-10-01,a,-5\n", "gateway.csv:2: the line is not a day,"),
        ("day,app,requests\n2026-10-01,a,5\n2026-10-01,a,6\n", "gateway.csv:3: a has two"),
    ],
)
def test_what_is_no_count_of_requests_is_one_clear_message(recorded, events, content, message):
    recorded.write("gateway.csv", content)
    done = recorded.run("evidence", POLICY, "--events", events, "--requests", "gateway.csv")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"policyctl: {message}")


EXCEPTION = """exceptions:
  - id: EX-1
    guardrail: prompt_attack
    when: {app: assistant}
    reason: colleagues quote attacks when they ask about them
    owner: assistants
    ticket: SEC-1
    expires: "2099-12-31"
"""


def test_an_exception_that_came_after_the_records_has_not_come_to_rest(recorded, events):
    path = f"policies/{POLICY}.yaml"
    text = recorded.read(path).decode()
    frozen = text.replace("records: 2000}", "records: 2000, exceptions_frozen: 7d}")
    recorded.write(path, frozen)
    assert recorded.run("record", POLICY, "--rationale", "ask for rest", by="erin").code == 0
    calm = recorded.run("evidence", POLICY, "--events", events)
    recorded.write(path, frozen + EXCEPTION)
    edited = recorded.run("evidence", POLICY, "--events", events)
    assert recorded.run("record", POLICY, "--rationale", "except", by="erin").code == 0
    fresh = recorded.run("evidence", POLICY, "--events", events)

    assert "met        stable exceptions: no exception was ever added" in calm.out
    assert "undecided  stable exceptions: the exceptions are not those that the" in edited.out
    assert "undecided  stable exceptions: the records go on for 0 days after the" in fresh.out
