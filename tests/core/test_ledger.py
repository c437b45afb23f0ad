"""The ledger as a whole: chains, policy files, evidence, baselines and names together."""

from dataclasses import replace

import pytest

from policyctl.core import paths
from policyctl.core.canonical import encode, sha256
from policyctl.core.entry import ChangeAction, EvidenceReference
from policyctl.core.stages import Stage

POLICY = "policies/bot.yaml"
EVIDENCE = ".policyctl/evidence/bot/000002.json"
LOGGING, LIMITED, ENFORCE = Stage


@pytest.fixture
def recorded(governed):
    governed.record(governed.entry())
    return governed


def evidence_for(entry, **changes):
    """The bytes of a report that stands behind a promotion, as far as the ledger looks at it."""
    return encode(
        {
            "type": "policyctl/evidence/v1",
            "policy": entry.policy,
            "from": entry.source.value,
            "to": entry.target.value,
            "policy_digest": entry.before,
            "verdict": "met",
            "criteria": [{"name": "records", "outcome": "met"}],
            **changes,
        }
    )


def promote(forge, content=None, *, name="", path=EVIDENCE, approved=None, **changes):
    """Record a promotion to `limited` with evidence; ``changes`` are to the report."""
    entry = forge.entry(action=ChangeAction.PROMOTE, target=LIMITED)
    content = evidence_for(entry, **changes) if content is None else content
    reference = EvidenceReference(
        name=name or EVIDENCE.removeprefix(".policyctl/"), sha256=sha256(content)
    )
    forge.put(path, content)
    return forge.record(replace(entry, evidence=(reference,)))


def test_an_empty_governed_repository_is_sound(governed):
    assert governed.codes() == set()


def test_two_policies_have_chains_of_their_own(recorded):
    recorded.record(recorded.entry("cat"))
    recorded.record(recorded.entry("cat"))

    ledger = recorded.judge()

    assert ledger.findings == ()
    assert {name: len(chain.entries) for name, chain in ledger.chains.items()} == {
        "bot": 1,
        "cat": 2,
    }
    assert ledger.about("cat") == ()


def test_what_is_wrong_with_one_policy_does_not_concern_another(recorded):
    recorded.record(recorded.entry("cat"))
    recorded.put(POLICY, b"other")

    ledger = recorded.judge()

    assert [finding.policy for finding in ledger.findings] == ["bot"]
    assert ledger.about("cat") == ()
    assert len(ledger.about("bot")) == 1


def test_what_is_wrong_with_the_root_concerns_every_policy(recorded):
    recorded.drop(paths.root_path(1))

    assert [finding.code for finding in recorded.judge().about("bot")] == ["ROOT_MISSING"]


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lambda f: f.put(POLICY, f.content(POLICY) + b"\n"), {"UNRECORDED_CHANGE"}),
        (lambda f: f.put(POLICY, f.content(POLICY).replace(b"\n", b"\r\n")), {"UNRECORDED_CHANGE"}),
        (lambda f: f.put(POLICY, b""), {"UNRECORDED_CHANGE"}),
        (lambda f: f.drop(POLICY), {"POLICY_FILE_MISSING"}),
        (lambda f: f.put(POLICY, None, "120000"), {"BAD_FILE_MODE"}),
        (lambda f: f.put(POLICY, None, "160000"), {"BAD_FILE_MODE"}),
        (lambda f: f.put(POLICY, f.content(POLICY), "100755"), {"BAD_FILE_MODE"}),
        (lambda f: f.put("policies/cat.yaml", b"cat"), {"UNREGISTERED_POLICY"}),
        (
            lambda f: f.put(".policyctl/log/cat/000001.json.erin.sig", b""),
            {"LOG_GAP"},
        ),
    ],
)
def test_the_policy_file_is_what_the_last_entry_recorded(recorded, spoil, codes):
    spoil(recorded)

    assert recorded.codes() == codes


def test_a_policy_that_returns_after_its_retirement_is_unrecorded(recorded):
    recorded.record(recorded.entry(action=ChangeAction.RETIRE, target=None, after=None))
    recorded.put(POLICY, b"bot logging assistants internal")

    assert recorded.codes() == {"UNRECORDED_CHANGE"}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("bot enforce assistants internal", {"STAGE_FIELD_MISMATCH"}),
        ("bot logging sam internal", {"OWNER_FIELD_MISMATCH"}),
        ("bot logging assistants public", {"USE_CASE_FIELD_MISMATCH"}),
        ("cat logging assistants internal", {"ID_FIELD_MISMATCH"}),
        ("bot", {"POLICY_UNREADABLE"}),
    ],
)
def test_an_entry_and_the_policy_file_say_the_same(governed, words, codes):
    content = words.encode()
    governed.record(governed.entry(after=sha256(content)))
    governed.put(POLICY, content)

    assert governed.codes() == codes


def test_a_promotion_with_evidence_is_sound(recorded):
    promote(recorded)

    assert recorded.codes() == set()


def test_a_promotion_without_evidence_is_a_finding(recorded):
    recorded.record(recorded.entry(action=ChangeAction.PROMOTE, target=LIMITED))

    assert recorded.codes() == {"EVIDENCE_MISSING"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"verdict": "not_met"}, "GATE_NOT_MET"),
        ({"verdict": "undecided"}, "GATE_NOT_MET"),
        ({"verdict": True}, "GATE_NOT_MET"),
        ({"policy": "cat"}, "EVIDENCE_MISMATCH"),
        ({"from": "limited"}, "EVIDENCE_MISMATCH"),
        ({"to": "enforce"}, "EVIDENCE_MISMATCH"),
        ({"policy_digest": "0" * 64}, "EVIDENCE_MISMATCH"),
        ({"policy_digest": None}, "EVIDENCE_MISMATCH"),
    ],
)
def test_evidence_is_about_exactly_this_change_and_says_that_the_gate_is_met(
    recorded, changes, code
):
    promote(recorded, **changes)

    assert recorded.codes() == {code}


@pytest.mark.parametrize(
    "content", [b"", b"met\n", b"[]\n", b"null\n", b"{}\n", b'{"verdict":"met"}']
)
def test_evidence_is_a_canonical_report(recorded, content):
    promote(recorded, content)

    assert recorded.codes() == {"EVIDENCE_MISMATCH"}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "policyctl/evidence/v2"},
        {"criteria": [{"name": "records", "outcome": "not_met"}]},
    ],
)
def test_a_verdict_that_its_own_report_does_not_carry_is_none(recorded, changes):
    promote(recorded, **changes)

    assert recorded.codes() & {"EVIDENCE_MISMATCH", "GATE_NOT_MET"}


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (lambda f: f.drop(EVIDENCE), {"EVIDENCE_MISSING"}),
        (lambda f: f.put(EVIDENCE, f.content(EVIDENCE) + b"\n"), {"EVIDENCE_MISMATCH"}),
        (lambda f: f.put(EVIDENCE, None, "120000"), {"EVIDENCE_MISSING", "BAD_FILE_MODE"}),
        (
            lambda f: f.put(EVIDENCE.replace("2.json", "9.json"), f.content(EVIDENCE)),
            {"PATH_UNEXPECTED"},
        ),
    ],
)
def test_evidence_stands_in_its_place_and_nowhere_else(recorded, spoil, codes):
    promote(recorded)

    spoil(recorded)

    assert recorded.codes() == codes


@pytest.mark.parametrize(
    "name",
    [
        "evidence/bot/000001.json",
        "evidence/cat/000002.json",
        "evidence/bot/../bot/000002.json",
        "../README.md",
        "",
        "evidence/bot/000002.json\n",
        "\u202e",
    ],
)
def test_an_entry_names_no_evidence_but_its_own(recorded, name):
    promote(recorded, name=name or "x")

    assert "EVIDENCE_MISSING" in recorded.codes()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: f.put(paths.baseline_path("house@1"), b"tampered"), "BASELINE_MISMATCH"),
        (lambda f: f.drop(paths.baseline_path("house@1")), "BASELINE_MISSING"),
        (lambda f: f.put(paths.baseline_path("house@2"), b"house"), "BASELINE_UNKNOWN"),
        (lambda f: f.put(paths.BASELINES + "house.yaml", b"house"), "PATH_UNEXPECTED"),
    ],
)
def test_baselines_are_those_that_governance_adopted(forge, spoil, code):
    forge.put_root(forge.root(baselines={"house@1": sha256(b"house")}))
    forge.put(paths.baseline_path("house@1"), b"house")
    assert forge.codes() == set()

    spoil(forge)

    assert forge.codes() == {code}


@pytest.mark.parametrize(("name", "codes"), [("house@1", set()), ("house@2", {"BASELINE_UNKNOWN"})])
def test_a_policy_extends_an_adopted_baseline(forge, name, codes):
    forge.put_root(forge.root(baselines={"house@1": sha256(b"house")}))
    forge.put(paths.baseline_path("house@1"), b"house")
    content = f"bot logging assistants internal {name}".encode()
    forge.record(forge.entry(after=sha256(content)))
    forge.put(POLICY, content)

    assert forge.codes() == codes


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("policies/README.md", set()),
        ("policies/.gitkeep", set()),
        (".policyctl/schemas/policy.v1.json", set()),
        ("policies/Bot.yaml", {"PATH_COLLISION", "PATH_UNEXPECTED"}),
        ("policies/BOT.yaml", {"PATH_COLLISION", "PATH_UNEXPECTED"}),
        ("policies/bot.YAML", {"PATH_COLLISION", "PATH_UNEXPECTED"}),
        ("policies/other/bot.yaml", {"PATH_UNEXPECTED"}),
        ("policies/bot.yml", {"PATH_UNEXPECTED"}),
        ("policies/bot.json", {"PATH_UNEXPECTED"}),
        ("policies/b\u043et.yaml", {"PATH_NON_ASCII"}),
        ("policies/bot\u200b.yaml", {"PATH_NON_ASCII"}),
        ("policies/bo\u0074\u0301.yaml", {"PATH_NON_ASCII"}),
        ("policies/bot\n.yaml", {"PATH_NON_ASCII"}),
        ("policies/bot\x1b[2K.yaml", {"PATH_NON_ASCII"}),
        ("policies/\udcff.yaml", {"PATH_NON_ASCII"}),
        (".policyctl/log/bot/1.json", {"PATH_UNEXPECTED"}),
        (".policyctl/log/bot/000001.json.bak", {"PATH_UNEXPECTED"}),
        (".policyctl/log/bot/000001.json.sam.security.more.sig", {"PATH_UNEXPECTED"}),
        (".policyctl/log/bot/000001.json..sig", {"PATH_UNEXPECTED"}),
        (".policyctl/log/Bot/000001.json", {"PATH_COLLISION", "PATH_UNEXPECTED"}),
        (".policyctl/log/000001.json", {"PATH_UNEXPECTED"}),
        (".policyctl/root/1.json", {"PATH_UNEXPECTED"}),
        (".policyctl/root/0001.json.sam.security.sig", {"PATH_UNEXPECTED"}),
        (".policyctl/evidence/bot/notes.txt", {"PATH_UNEXPECTED"}),
    ],
)
def test_a_name_is_plain_unlike_others_and_known(recorded, path, codes):
    recorded.put(path, b"x")

    assert recorded.codes() == codes
    assert all(finding.file.isascii() for finding in recorded.judge().findings)


def test_findings_come_in_one_order(recorded):
    recorded.put(POLICY, b"x")
    recorded.put("policies/cat.yaml", b"x")
    recorded.drop(paths.signature_path("bot", 1, "erin"))
    first = recorded.judge().findings
    recorded.files = dict(reversed(recorded.files.items()))

    assert recorded.judge().findings == first
    assert [finding.code for finding in first] == [
        "AUTHOR_MISSING",
        "UNRECORDED_CHANGE",
        "UNREGISTERED_POLICY",
    ]
