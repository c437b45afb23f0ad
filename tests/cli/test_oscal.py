"""``policyctl export --format oscal-…``: what a repository proves, for tools that read OSCAL."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import unquote

import pytest

DEFINITION = ("export", "--format", "oscal-component-definition")
RESULTS = ("export", "--format", "oscal-assessment-results")
DAY = ("--now", "2026-07-10T12:00:00Z")
BOT = "team-assistant"


def definition(world, *more):
    ran = world.run(*DEFINITION, *more)
    assert (ran.code, ran.err) == (0, ""), ran.err
    return json.loads(ran.out)["component-definition"]


def results(world, *more, code=0, day=DAY):
    ran = world.run(*RESULTS, *day, *more)
    assert (ran.code, ran.err) == (code, ""), ran.err
    return json.loads(ran.out)["assessment-results"]


def props(part):
    return {item["name"]: item["value"] for item in part["props"]}


def states(found):
    return {
        (props(item)["policy-id"], item["target"]["status"]["state"])
        for item in found["results"][0]["findings"]
    }


def test_the_approved_policies_are_defined_and_not_the_working_copies(estate):
    before = estate.run(*DEFINITION).out
    path = f"policies/{BOT}.yaml"
    estate.write(path, estate.read(path).replace(b"name: Team assistant", b"name: Other"))
    estate.write("policies/help-desk.yaml", b"nonsense: [")

    found = definition(estate)

    assert estate.run(*DEFINITION).out == before
    by_id = {props(item)["policy-id"]: item for item in found["components"]}
    assert sorted(by_id) == ["help-desk", "parked", BOT]
    bot = by_id[BOT]
    assert bot["title"] == "Team assistant"
    assert props(bot)["stage"] == "limited"
    assert props(bot)["entry"] == "2"  # the edit in entry 3 waits
    assert props(bot)["sensitivity"] == "L1"
    assert "Entry 3 (edit, limited -\\> limited) is not in force" in bot["remarks"]
    assert props(by_id["help-desk"])["exception"].startswith(
        "old-lab: prompt_attack, until 2026-06"
    )
    assert found["metadata"]["remarks"] == "'old-bot' is left out: it is retired."


def test_a_commit_that_changes_nothing_of_the_ledger_changes_no_byte_of_the_definition(estate):
    before = estate.run(*DEFINITION).out
    estate.write("README.md", "hello\n")
    estate.git("add", "README.md")
    estate.git("commit", "-qm", "hello")

    assert estate.run(*DEFINITION).out == before


def test_results_are_the_same_bytes_at_the_same_moment_and_wait_for_nobody(estate):
    first, again = (estate.run(*RESULTS, *DAY).out for _ in range(2))
    later = estate.run(*RESULTS, "--now", "2026-07-11").out

    assert first == again
    assert json.loads(later) != json.loads(first)
    found = json.loads(first)["assessment-results"]
    assert states(found) == {(name, "not-satisfied") for name in ("help-desk", "parked", BOT)}
    (result,) = found["results"]
    assert props(result)["status"] == "verified"
    assert result["start"] == "2026-07-10T12:00:00Z"
    said = {item["title"] for item in result["observations"]}
    assert "APPROVALS_MISSING" in said


def test_files_are_named_by_their_digests(estate):
    resources = results(estate)["back-matter"]["resources"]

    kept = {
        link["href"]: link["hashes"][0]["value"]
        for item in resources
        for link in item.get("rlinks", ())
        if "hashes" in link
    }
    at_entry_2 = estate.git("log", "--format=%H", "-1", "--", f".policyctl/log/{BOT}/000002.json")
    for path, digest in kept.items():
        rev = at_entry_2.strip() if path == f"policies/{BOT}.yaml" else "HEAD"
        content = estate.git("show", f"{rev}:{unquote(path)}").encode()
        assert hashlib.sha256(content).hexdigest() == digest, path
    assert f".policyctl/evidence/{BOT}/000002.json" in kept


def test_a_step_back_counts_once_it_is_approved(estate):
    assert estate.run("approve", BOT, "--yes", by="sam").code == 0
    back = ("demote", BOT, "--to", "logging", "--rationale", "it blocks orders")
    ran = estate.run(*back, "--now", "2026-07-09T08:00:00Z", by="erin")
    assert ran.code == 0, ran.err

    (waiting,) = definition(estate, BOT)["components"]
    assert estate.run("approve", BOT, "--yes", by="sam").code == 0
    (stepped,) = definition(estate, BOT)["components"]

    assert [props(item)["stage"] for item in (waiting, stepped)] == ["limited", "logging"]
    assert "Entry 4 (demote, limited -\\> logging) is not in force" in waiting["remarks"]
    assert "remarks" not in stepped
    worth = {
        props(item)["worth"]
        for part in stepped["control-implementations"]
        for item in part["implemented-requirements"]
    }
    assert worth == {"watched"}


def test_a_ledger_that_does_not_verify_defines_nothing_and_satisfies_nothing(estate):
    path = f"policies/{BOT}.yaml"
    estate.write(path, estate.read(path) + b"# by hand\n")
    estate.git("commit", "-qam", "tidy up")

    refused = estate.run(*DEFINITION, "--out", "build")
    found = results(estate, code=4)

    assert (refused.code, refused.out) == (4, "")
    assert refused.err == (
        "policyctl: the ledger does not verify (UNRECORDED_CHANGE), so nothing of it is exported\n"
        "  = policyctl verify\n"
    )
    assert not (estate.folder / "build").exists()
    assert props(found["results"][0])["status"] == "tampered"
    targets = [item["target"] for item in found["results"][0]["findings"]]
    (reason,) = {item["status"]["remarks"] for item in targets if item["target-id"].startswith(BOT)}
    assert reason == "the ledger does not verify: UNRECORDED_CHANGE."


def test_other_policies_are_left_out_where_some_are_named(estate):
    found = results(estate, "parked", "policies/help-desk.yaml")

    assert {policy for policy, _ in states(found)} == {"help-desk", "parked"}
    assert BOT not in json.dumps(found)
    (one,) = definition(estate, "parked")["components"]
    assert props(one)["policy-id"] == "parked"


def test_a_file_is_written_under_the_name_by_which_trestle_finds_it(recorded):
    later = ("--now", "2999-01-01")
    for arguments, name in ((DEFINITION, "component-definition"), (RESULTS, "assessment-results")):
        ran = recorded.run(*arguments, *later, "--out", f"{name}s/guardrails")

        assert (ran.code, ran.out) == (0, f"{name}s/guardrails/{name}.json\n")
        written = recorded.read(f"{name}s/guardrails/{name}.json").decode()
        assert written == recorded.run(*arguments, *later).out


def test_what_an_engine_was_found_to_run_counts_where_it_is_looser(estate, monkeypatch):
    monkeypatch.chdir(estate.folder)
    ran = estate.run("export", BOT, "--target", "azure", "--out", "build")
    assert ran.code == 0, ran.err
    live = estate.folder / f"build/{BOT}.rai-policy.json"
    asked = ("drift", BOT, "--target", "azure", "--live", str(live), "--attest", "applied")
    assert estate.run(*asked, "--now", "2026-07-09T08:00:00Z", by="erin").code == 0
    fine = results(estate, BOT, "--applied", "applied")
    live.write_text(live.read_text().replace('"enabled": true', '"enabled": false'))
    assert estate.run(*asked, "--now", "2026-07-10T08:00:00Z", by="erin").code == 1

    drifted = results(estate, BOT, "--applied", "applied")

    def said(found):
        (result,) = found["results"]
        (seen,) = (item for item in result["observations"] if item["title"].startswith("azure "))
        worth = {props(item["target"])["worth"] for item in result["findings"]}
        return seen["description"], seen["collected"], worth

    assert said(fine) == (
        *("erin states that azure ran as entry 2 approved.", "2026-07-09T08:00:00Z", {"partly"}),
    )
    text, collected, worth = said(drifted)
    assert text.startswith("erin states that azure ran otherwise than entry 2 approved, in ")
    assert text.endswith(", perhaps looser.")
    assert (collected, worth) == ("2026-07-10T08:00:00Z", {"drifted"})


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((*DEFINITION, "nosuch"), 2, "there is no recorded policy 'nosuch'"),
        ((*RESULTS, "No Such"), 2, "'No Such' is neither a policy's id nor the path of a"),
        ((*DEFINITION, "old-bot"), 1, "'old-bot' is retired: there is nothing to define"),
        (("export", "--target", "azure"), 2, "which policy to export is not said"),
        (("export", "parked", BOT, "--format", "in-toto"), 2, "2 policies are named, and one is"),
        ((*RESULTS, "--pin", "0" * 64), 4, ""),
        ((*RESULTS, "--draft"), 2, "--draft is for configurations of engines"),
        ((*DEFINITION, "--strict"), 2, "--strict is for configurations of engines"),
        ((*DEFINITION, "--applied", "x"), 2, "--applied is evidence for assessment results"),
        ((*RESULTS, "--applied", "nowhere"), 2, "nowhere"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_message(estate, arguments, code, message):
    ran = estate.run(*arguments)

    assert ran.code == code
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_retirement_that_waits_for_approval_is_said_in_both_documents(recorded):
    retire = recorded.run("retire", BOT, "--rationale", "no longer used", by="erin")
    assert retire.code == 0, retire.err

    (component,) = definition(recorded, BOT)["components"]
    (standing,) = (
        item
        for item in results(recorded, day=())["results"][0]["observations"]
        if item["title"] == f"How {BOT} stands"
    )

    waits = "Entry 2 (retire, logging -\\> none) is not in force: it waits for 1 x security."
    assert component["remarks"] == waits
    assert standing["remarks"] == waits
