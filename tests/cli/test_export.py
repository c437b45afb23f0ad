"""``policyctl export ID --format in-toto``: an envelope that others verify."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from policyctl.adapters.resources import shipped
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.adapters.ssh_signing import public_key
from policyctl.core.canonical import encode

BOT = "team-assistant"
FILE = f"policies/{BOT}.yaml"
SCHEMA = json.loads(shipped("schemas").joinpath("attestation.v1.json").read_text())
PAGE = Path(__file__).parents[2] / "docs" / "in-toto.md"


def statement(envelope: str) -> dict:
    return json.loads(base64.b64decode(json.loads(envelope)["payload"]))


def export(world, *more, by="erin"):
    return world.run("export", BOT, "--format", "in-toto", *more, by=by)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_securesystemslib_verifies_the_envelope_with_the_signers_key(recorded):
    done = export(recorded)

    assert (done.code, done.err) == (0, "")
    key = public_key(recorded.keys / "erin")
    reader = SSlibKey.from_crypto(load_ssh_public_key(key.line.encode()), keyid=key.fingerprint)
    read = Envelope.from_dict(json.loads(done.out))
    assert read.payload_type == "application/vnd.in-toto+json"
    assert read.verify([reader], 1) == {key.fingerprint: reader}


def test_the_statement_is_about_the_policy_file_and_holds_what_the_ledger_says(recorded):
    entry = recorded.read(f".policyctl/log/{BOT}/000001.json")
    signature = recorded.read(f".policyctl/log/{BOT}/000001.json.erin.sig").decode()
    root = digest(recorded.read(".policyctl/root/0001.json"))

    made = statement(export(recorded).out)

    assert made["_type"] == "https://in-toto.io/Statement/v1"
    assert made["predicateType"] == "urn:policyctl:ledger-state:v1"
    assert made["subject"] == [{"name": FILE, "digest": {"sha256": digest(recorded.read(FILE))}}]
    predicate = made["predicate"]
    assert StrictValidator(SCHEMA).is_valid(predicate)
    assert predicate["level"] == "tree"
    assert predicate["trust_root"] == {"version": 1, "sha256": root, "pin": root, "pinned": False}
    assert predicate["chain"] == {"policy": BOT, "entries": 1, "head": digest(entry)}
    assert encode(predicate["entry"]) == entry
    assert (predicate["authors"], predicate["approvals"]) == (["erin"], {})
    assert predicate["signatures"] == [
        {"who": "erin", "namespace": "policyctl/author", "sshsig": signature}
    ]


def test_a_pin_from_outside_is_compared_and_noted(recorded):
    pin = digest(recorded.read(".policyctl/root/0001.json"))

    assert statement(export(recorded, "--pin", pin).out)["predicate"]["trust_root"]["pinned"]
    refused = export(recorded, "--pin", "0" * 64)
    assert (refused.code, refused.out) == (4, "")
    assert "ROOT_PIN_MISMATCH" in refused.err
    assert export(recorded, "--pin", "0").code == 2


def test_everybody_signs_the_same_statement_and_the_envelopes_stand_side_by_side(recorded):
    folder = recorded.folder.parent / "a" / "b"

    said = [export(recorded, "--out", str(folder), by=who).out for who in ("erin", "sam", "sam")]

    names = [f"{BOT}.000001.{who}.dsse.json" for who in ("erin", "sam")]
    assert said == [f"{folder / name}\n" for name in (*names, names[1])]
    assert sorted(file.name for file in folder.iterdir()) == names
    payloads = {json.loads((folder / name).read_text())["payload"] for name in names}
    keyids = {json.loads((folder / name).read_text())["signatures"][0]["keyid"] for name in names}
    assert (len(payloads), len(keyids)) == (1, 2)


def test_nothing_is_exported_from_a_ledger_that_does_not_verify(recorded, tmp_path):
    recorded.write(FILE, recorded.read(FILE) + b"# by hand\n")
    recorded.git("commit", "-aqm", "tidy up")

    done = export(recorded, "--out", str(tmp_path / "out"))

    assert (done.code, done.out) == (4, "")
    assert done.err == (
        "policyctl: the ledger does not verify (UNRECORDED_CHANGE), so nothing of it is attested\n"
        "  = policyctl verify\n"
    )
    assert not (tmp_path / "out").exists()


def test_nothing_is_exported_while_an_approval_is_missing(recorded):
    done = recorded.run("retire", BOT, "--rationale", "no longer used", by="erin")
    assert done.code == 0, done.err

    waiting = export(recorded)
    assert (waiting.code, waiting.out) == (1, "")
    assert waiting.err.startswith("policyctl: nothing is attested while approvals are missing: ")

    assert recorded.run("approve", BOT, "--yes", by="sam").code == 0
    retired = export(recorded)
    assert (retired.code, retired.out) == (1, "")
    assert retired.err == f"policyctl: '{BOT}' is retired: there is no file to attest\n"


def test_only_people_whom_the_trust_root_knows_attest(recorded):
    done = export(recorded, by="mallory")

    assert (done.code, done.out) == (1, "")
    assert "belongs to nobody whom the trust root knows" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "--format", "in-toto"), "there is no recorded policy 'nobody'"),
        ((BOT, "--format", "spdx"), "'spdx'"),
        ((BOT,), "--format"),
    ],
)
def test_wrong_use_is_said_and_nothing_comes_out(recorded, arguments, message):
    done = recorded.run("export", *arguments, by="erin")

    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_folder_that_cannot_be_made_is_a_clear_error(recorded, tmp_path):
    (tmp_path / "file").write_text("x")

    done = export(recorded, "--out", str(tmp_path / "file"))

    assert done.code == 2
    assert done.err.startswith("policyctl: cannot write ")


def test_openssl_verifies_it_as_the_page_says(recorded, tmp_path):
    if not PAGE.exists() or not (shutil.which("openssl") and shutil.which("jq")):
        pytest.skip("needs the docs, openssl and jq: run this in a checkout on CI's machine")
    [script] = re.findall(r"^```sh openssl\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "sam.pub").write_bytes((recorded.keys / "sam.pub").read_bytes())
    (tmp_path / "policy.yaml").write_bytes(recorded.read(FILE))
    (tmp_path / "envelope.json").write_text(export(recorded, by="sam").out)

    def run():
        command = ["sh", "-ec", script]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run()
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    assert "policy.yaml: OK" in done.stdout
    (tmp_path / "sam.pub").write_bytes((recorded.keys / "erin.pub").read_bytes())
    assert run().returncode != 0


def test_what_a_checkpoint_covers_is_attested_as_far_as_anybody_can_see(recorded):
    assert recorded.run("checkpoint", by="erin").code == 0
    alike = statement(export(recorded).out)

    assert alike["predicate"]["level"] == "tree+checkpoint"
    assert statement(export(recorded, by="sam").out) == alike


def test_nothing_is_attested_of_a_ledger_from_which_something_was_taken_back(recorded):
    recorded.write(FILE, recorded.read(FILE) + b"# more\n")
    assert recorded.run("record", BOT, "--rationale", "because", by="erin").code == 0
    assert recorded.run("checkpoint", by="erin").code == 0
    recorded.git("reset", "-q", "--hard", "HEAD~1")

    done = export(recorded)

    assert (done.code, done.out) == (4, "")
    assert "ROLLBACK_OR_TRUNCATION" in done.err
