"""``root show``, ``log`` and ``export`` where a later trust root does not verify."""

from __future__ import annotations

import json

import pytest

ROOT = ".policyctl/root/%04d.json"
SAID = (
    ".policyctl/root/0003.json does not verify: the trust root cannot be read: not a policyctl"
    " trust root of version 1; trust root 2 is the last that holds  (policyctl verify)\n"
)
FORMS = ("text", "json")


def propose(world, *wishes, by="erin"):
    done = world.run("root", "propose", *wishes, "--rationale", "because", by=by)
    assert done.code == 0, done.err


@pytest.fixture
def held(world):
    """Two versions that hold; Erin and Sam have to sign the next."""
    propose(world, "--add-steward", "sam", "--threshold", "2")
    assert world.run("root", "sign", "--yes", by="sam").code == 0
    return world


@pytest.fixture
def malformed(held):
    held.write(ROOT % 3, "{}\n")
    held.git("add", "-A")
    held.git("commit", "-q", "-m", "a version that nobody can read")
    return held


@pytest.fixture
def stripped(held):
    """An entry names version 2, and one of the signatures of that is gone."""
    held.run("new", "bot", "--use-case", "internal-facing", "--owner", "assistants")
    assert held.run("record", "bot", "--rationale", "because", by="erin").code == 0
    held.git("rm", "-q", ROOT % 2 + ".sam.sig")
    held.git("commit", "-q", "-m", "strip")
    return held


@pytest.mark.parametrize("command", ["show", "log"])
def test_a_later_root_that_cannot_be_read_is_said_in_one_sentence(malformed, command):
    done = malformed.run("root", command)

    assert (done.code, done.err) == (4, "")
    assert done.out.endswith("\n" + SAID)
    assert malformed.run("verify").code == 4


def test_older_versions_are_shown_with_the_same_sentence(malformed):
    done = malformed.run("root", "show", "--version", "1")

    assert (done.code, done.err) == (4, "")
    assert done.out.startswith("trust root 1 ")
    assert done.out.endswith("\n" + SAID)


@pytest.mark.parametrize("asked", [("show", "--format", "yaml"), ("export",)])
def test_beside_a_document_the_sentence_goes_to_standard_error(held, malformed, asked):
    done = malformed.run("root", *asked)
    malformed.git("rm", "-q", ROOT % 3)
    malformed.git("commit", "-q", "-m", "restore")
    sound = malformed.run("root", *asked)

    assert (done.code, done.err) == (4, SAID)
    assert (sound.code, sound.err) == (0, "")
    assert done.out == sound.out != ""


@pytest.mark.parametrize("command", ["show", "log"])
def test_json_fails_with_the_finding(malformed, command):
    done = malformed.run("root", command, "--format", "json")

    report = json.loads(done.out)
    assert (done.code, report["status"]) == (4, "fail")
    assert [(item["code"], item["file"]) for item in report["findings"]] == [
        ("ROOT_MALFORMED", ROOT % 3)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_root_that_lost_its_signatures_is_no_proposal(stripped, form):
    assert [stripped.run("root", it, "--format", form).code for it in ("show", "log")] == [4, 4]


@pytest.mark.parametrize(
    "arguments", [("verify",), ("log",), ("status",), ("changelog",), ("report", "--out", "r.html")]
)
def test_whatever_reads_the_ledger_fails_with_it(stripped, arguments):
    assert stripped.run(*arguments).code == 4


def test_verify_and_status_tell_who_relied_on_the_root(stripped):
    said = ".policyctl/log/bot/000001.json names trust root 2, which does not hold"

    assert said in stripped.run("verify").out
    assert said in stripped.run("status").out


def test_the_signature_given_again_heals_it(stripped):
    assert stripped.run("root", "sign", "--yes", by="sam").code == 0

    assert stripped.run("verify").code == 0


def test_of_several_findings_the_first_is_told_and_the_others_counted(malformed):
    malformed.write(ROOT % 7 + ".sam.sig", "x")
    malformed.git("add", "-A")
    malformed.git("commit", "-q", "-m", "stray")

    done = malformed.run("root", "log")

    assert done.code == 4
    assert "of version 1 and 1 more finding; trust root 2 is the last that holds" in done.out


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", ["show", "log"])
def test_a_proposal_that_waits_is_nothing_wrong(held, command, form):
    propose(held, "--add-member", "security=ada")

    done = held.run("root", command, "--format", form)

    assert (done.code, done.err) == (0, "")
    if form == "json":
        assert json.loads(done.out)["status"] == "pass"
    else:
        assert "does not verify" not in done.out


def test_show_names_the_version_that_waits(held):
    assert json.loads(held.run("root", "show", "--format", "json").out)["result"]["pending"] is None
    propose(held, "--add-member", "security=ada")

    told = held.run("root", "show").out
    data = json.loads(held.run("root", "show", "--format", "json").out)["result"]

    assert told.startswith("trust root 2 ")
    assert told.endswith("trust root 3 waits for signatures  (policyctl root log)\n")
    assert (data["root"]["version"], data["pending"]) == (2, 3)


def test_a_first_root_that_is_gone_is_told_by_the_log_too(world):
    world.git("rm", "-q", ROOT % 1)
    world.git("commit", "-q", "-m", "gone")

    done = world.run("root", "log")

    assert done.code == 4
    assert "there is no trust root, so nobody's signature means anything" in done.out
    assert "no trust root holds" in done.out
