"""``promote --check``: every policy change of a pull request, judged by what its base asks for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import policyctl.demo_data
from policyctl.adapters.resources import shipped
from policyctl.adapters.ssh_signing import sign
from policyctl.core import paths
from policyctl.core.canonical import decode, encode, sha256
from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ROOT_NAMESPACE, ApprovalRule

EVENTS = Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz"
BOT = "team-assistant"
FILE = paths.policy_path(BOT)
PII = paths.policy_path("pii")


def branch(scene, name, start="main"):
    scene.git("switch", "-q", "-c", name, start)


def on(scene, name):
    scene.git("switch", "-q", name)


def merge(scene, name):
    scene.git("merge", "-q", "--no-ff", "-m", f"merge {name}", name)


def edit(scene, policy, words="# more\n"):
    path = paths.policy_path(policy)
    scene.write(path, scene.read(path) + words.encode())
    scene.do("record", policy, "--rationale", "because", by="erin")


def approve(scene, policy, by="sam"):
    scene.do("approve", policy, "--yes", by=by)


def promote(scene, policy):
    asked = ("--to", "limited", "--rationale", "measured", "--events", str(EVENTS))
    scene.do("promote", policy, *asked, by="erin")


SCHEMAS = {
    path.name: json.loads(path.read_text("utf-8")) for path in shipped("schemas").glob("*.json")
}
REGISTRY = Registry().with_resources(
    (name, DRAFT202012.create_resource(schema)) for name, schema in SCHEMAS.items()
)
REPORT = Draft202012Validator(SCHEMAS["report.v1.json"], registry=REGISTRY)


class Gate:
    """What the gate said, in the form that its schema asks for."""

    def __init__(self, done):
        REPORT.validate(json.loads(done.out))
        self.code, self.err = done.code, done.err
        self.report = json.loads(done.out)
        self.result = self.report.get("result", {})
        self.policies = {row["policy"]: row for row in self.result.get("policies", ())}
        self.codes = {found["code"] for found in self.report["findings"]}

    @property
    def verdicts(self):
        return {name: row["verdict"] for name, row in self.policies.items()}

    def check(self, policy, topic):
        return [one for one in self.policies[policy]["checks"] if one["topic"] == topic]


def gate(scene, base="main", *more):
    return Gate(scene.policyctl("promote", "--check", "--base", base, "--format", "json", *more))


@pytest.fixture
def change(scene):
    """A branch with an edit that Sam approved, checked out."""
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)
    return scene


def test_a_recorded_and_approved_change_passes(change):
    done = gate(change)

    assert (done.code, done.report["status"], done.verdicts) == (0, "pass", {BOT: "ready"})
    row = done.policies[BOT]
    assert row["entries"] == [
        {"seq": 4, "action": "edit", "from": "limited", "to": "limited", "authors": ["erin"]}
    ]
    assert row["there"]["approvals"] == {"security": ["sam"]}
    assert done.result["whole"] is False


def test_an_approval_that_is_owed_names_whose_turn_it_is(scene):
    branch(scene, "change")
    edit(scene, BOT)

    done = gate(scene)

    assert (done.code, done.report["status"], done.verdicts) == (1, "fail", {BOT: "owed"})
    assert done.policies[BOT]["turns"] == [
        {"role": "security", "count": 1, "people": ["sam", "pia"]}
    ]
    assert done.result["text"] == (
        "not yet: 1 policy change, and it is the turn of sam or pia (security)"
    )
    assert done.check(BOT, "approvals")[0]["hint"] == "policyctl approve team-assistant"


def test_a_branch_that_changes_no_policy_passes_and_says_so(scene):
    branch(scene, "change")
    scene.write("README.md", "more\n")
    scene.commit()
    on(scene, "main")
    edit(scene, "pii")
    on(scene, "change")

    done = scene.policyctl("promote", "--check", "--base", "main")

    assert (done.code, done.out) == (0, "pass: no policy changed since 'main'\n")
    assert gate(scene).result["policies"] == []


def test_what_nobody_recorded_is_refused_and_no_tampering(scene):
    branch(scene, "change")
    scene.edit(PII, "records: 2000", "records: 1500")
    scene.remove(FILE)
    scene.write("policies/new.yaml", scene.read(PII).replace(b"id: pii", b"id: new"))
    scene.commit()

    done = gate(scene)

    assert (done.code, set(done.verdicts.values())) == (1, {"refused"})
    assert done.codes == {"UNRECORDED_CHANGE", "POLICY_FILE_MISSING", "UNREGISTERED_POLICY"}
    assert done.check("pii", "recorded")[0]["hint"] == (
        "restore it, or record the change with 'policyctl record pii'"
    )


@pytest.fixture
def promotion(scene):
    """A branch that promotes ``pii``, approved."""
    branch(scene, "change")
    promote(scene, "pii")
    approve(scene, "pii")
    return scene


def test_a_promotion_with_its_evidence_and_approval_passes(promotion):
    done = gate(promotion)

    row = done.policies["pii"]
    assert (done.code, row["verdict"]) == (0, "ready")
    assert row["change"] == "tighter: stage logging -> limited"
    assert row["required"] == {"approvals": {"security": 1}, "gates": ["limited"]}
    assert row["there"]["evidence"] == [
        sha256(promotion.read(paths.HOME + paths.evidence_name("pii", 3)))
    ]
    assert [one["text"] for one in done.check("pii", "stage")] == ["logging -> limited"]
    assert [one["text"] for one in done.check("pii", "gate")] == ["the gate of limited is met"]


def test_evidence_that_is_not_committed_is_missing_and_another_one_is_tampering(promotion):
    path = paths.HOME + paths.evidence_name("pii", 3)
    altered = promotion.evidence("pii", 3, verdict="met", policy="pii ")
    promotion.remove(path)
    promotion.commit()
    assert (gate(promotion).code, gate(promotion).codes) == (1, {"EVIDENCE_MISSING"})

    promotion.write(path, altered)
    promotion.commit()
    assert (gate(promotion).code, gate(promotion).codes) == (4, {"EVIDENCE_MISMATCH"})


def test_evidence_of_an_older_promotion_that_is_gone_is_tampering(change):
    change.remove(paths.HOME + paths.evidence_name(BOT, 2))
    change.commit()

    assert (gate(change).code, gate(change).codes) == (4, {"EVIDENCE_MISSING"})


def test_a_gate_that_is_laxer_than_the_policys_own_is_refused(scene):
    branch(scene, "change")
    promote(scene, "pii")
    report = decode(scene.read(paths.HOME + paths.evidence_name("pii", 3)))
    scene.git("reset", "-q", "--hard", "main")
    lax = encode({**report, "gate": {**report["gate"], "records": 1000}})
    content = scene.read(PII).replace(b"stage: logging", b"stage: limited")
    target = {"action": ChangeAction.PROMOTE, "target": Stage.LIMITED}
    scene.forge("pii", content, evidence=lax, **target)
    scene.commit()
    assert scene.verify("--base", "main").codes == set()

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (1, {"pii": "refused"}, {"promote-gate"})
    assert "laxer records" in done.check("pii", "gate")[0]["text"]


@pytest.mark.parametrize("squashed", [False, True])
def test_an_entry_behind_a_promotion_does_not_take_the_policys_own_gate_away(scene, squashed):
    branch(scene, "change")
    promote(scene, "pii")
    report = decode(scene.read(paths.HOME + paths.evidence_name("pii", 3)))
    scene.git("reset", "-q", "--hard", "main")
    lax = encode({**report, "gate": {**report["gate"], "records": 1000}})
    content = scene.read(PII).replace(b"stage: logging", b"stage: limited")
    target = {"action": ChangeAction.PROMOTE, "target": Stage.LIMITED}
    scene.forge("pii", content, evidence=lax, **target)
    scene.commit()
    scene.forge("pii", content + b"# more\n", action=ChangeAction.EDIT)
    scene.commit()
    if squashed:
        scene.git("reset", "-q", "--soft", "main")
        scene.commit("squashed")
    assert scene.verify("--base", "main").codes == set()

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (1, {"pii": "refused"}, {"promote-gate"})
    assert "laxer records" in done.check("pii", "gate")[0]["text"]


def test_a_policys_own_gate_is_not_lowered_by_the_branch_that_uses_it(scene):
    branch(scene, "change")
    scene.edit(PII, "records: 2000", "records: 1500")
    scene.do("record", "pii", "--rationale", "less will do", by="erin")
    promote(scene, "pii")
    approve(scene, "pii")

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (1, {"pii": "refused"}, {"promote-gate"})
    assert done.check("pii", "gate")[0] == {
        "topic": "gate",
        "verdict": "refused",
        "text": ".policyctl/evidence/pii/000004.json was judged by a laxer records than 'pii' asks "
        "for in the base",
        "hint": "merge the lower gate first, in a pull request of its own",
    }

    scene.git("branch", "-f", "main", "change~1")
    assert (gate(scene).code, gate(scene).verdicts) == (0, {"pii": "ready"})


def test_a_stage_that_is_skipped_and_a_promotion_without_evidence_are_refused(scene):
    branch(scene, "change")
    content = scene.read(PII).replace(b"stage: logging", b"stage: enforce")
    scene.forge("pii", content, action=ChangeAction.PROMOTE, target=Stage.ENFORCE)
    scene.commit()

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {"pii": "refused"})
    assert done.codes == {"STAGE_SKIP", "EVIDENCE_MISSING", "APPROVALS_MISSING"}


def test_an_entry_without_its_author_is_tampering(change):
    change.remove(paths.signature_path(BOT, 4, "erin"))
    change.commit()

    assert (gate(change).code, gate(change).codes) == (4, {"AUTHOR_MISSING"})


def test_a_branch_that_drops_what_it_was_made_from_is_tampering(scene, base):
    before = scene.git("rev-parse", "HEAD")
    edit(scene, "pii")
    branch(scene, "attack")
    scene.git("read-tree", "-um", before)
    scene.commit()

    done = gate(scene)

    assert (done.code, done.verdicts) == (4, {"pii": "tampered"})
    assert done.codes == {"ROLLBACK_OR_TRUNCATION"}


@pytest.mark.parametrize(
    ("action", "target", "words"),
    [
        (
            ChangeAction.EXCEPTION,
            Stage.LIMITED,
            "entry 4 is called 'exception' and changes 'purpose'",
        ),
        (ChangeAction.DEMOTE, Stage.LOGGING, "entry 4 is called 'demote' and changes 'purpose'"),
    ],
)
def test_an_entry_that_is_called_less_than_it_does_is_refused(scene, action, target, words):
    branch(scene, "change")
    content = scene.read(FILE).replace(b"stage: limited", f"stage: {target.value}".encode())
    content = content.replace(b"Answers", b"Guesses")
    scene.forge(BOT, content, action=action, target=target)
    scene.commit()

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {BOT: "refused"})
    assert done.check(BOT, "recorded")[-1]["text"] == words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            b"# policyctl: ignore[purpose-thin] because\n",
            "more of policies/team-assistant.yaml than the stage",
        ),
        (b"sensitivity: null\n", "'sensitivity'"),
    ],
)
def test_a_way_back_brings_nothing_along_that_is_no_value(scene, more, words):
    branch(scene, "change")
    content = scene.read(FILE).replace(b"stage: limited", b"stage: logging") + more
    scene.forge(BOT, content, action=ChangeAction.DEMOTE, target=Stage.LOGGING)
    scene.commit()

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {BOT: "refused"})
    text = done.check(BOT, "recorded")[-1]["text"].replace(f" of '{BOT}'", "")
    assert text == f"entry 4 is called 'demote' and changes {words}"


def demoted_and_more(scene):
    """An edit that everybody approved, and behind it a demotion that does more than it says."""
    free = ApprovalRule(need={}, actions=(ChangeAction.DEMOTE,))
    strict = ApprovalRule(need={"security": 1}, actions=_ALL_BUT_DEMOTE)
    scene.rotate(approvals=(strict, free))
    scene.commit("demotions need nobody")
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)
    content = scene.read(FILE).replace(b"stage: limited", b"stage: logging")
    content = content.replace(b"Answers", b"Guesses")
    scene.forge(BOT, content, action=ChangeAction.DEMOTE, target=Stage.LOGGING, approved={}, root=2)
    scene.commit()
    assert scene.verify("--base", "main").codes == {"ENTRY_MISNAMED"}


_ALL_BUT_DEMOTE = tuple(one for one in ChangeAction if one is not ChangeAction.DEMOTE)


def test_an_edit_beside_it_does_not_cover_what_an_entry_does_not_say(scene):
    demoted_and_more(scene)

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {BOT: "refused"})
    assert done.check(BOT, "recorded")[-1]["text"] == (
        "entry 5 is called 'demote' and changes 'purpose'"
    )


@pytest.fixture
def strict_about_exceptions(scene):
    """Exceptions need Rita, whatever else needs Sam or Pia."""
    others = tuple(one for one in ChangeAction if one is not ChangeAction.EXCEPTION)
    usual = ApprovalRule(need={"security": 1}, actions=others)
    strict = ApprovalRule(need={"risk": 1}, actions=(ChangeAction.EXCEPTION,))
    scene.rotate(approvals=(usual, strict))
    scene.commit("exceptions need risk")
    branch(scene, "change")
    return scene


def widened(scene):
    scene.edit(FILE, "redteam-lab}", "[redteam-lab, bank-support]}")


def test_an_edit_that_widens_an_exception_beside_needs_what_an_exception_needs(
    strict_about_exceptions,
):
    scene = strict_about_exceptions
    widened(scene)
    scene.edit(FILE, "Answers", "Guesses")
    scene.forge(BOT, scene.read(FILE), action=ChangeAction.EDIT, root=2)
    scene.commit()
    assert scene.verify("--base", "main").codes == set()

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (1, {BOT: "refused"}, {"promote-recorded"})
    assert done.check(BOT, "recorded")[0]["text"] == (
        "entry 4 is called 'edit', changes 'exceptions' too, and lacks what that needs: 1 x risk"
    )

    edit(scene, BOT)
    approve(scene, BOT)
    scene.git("reset", "-q", "--soft", "main")
    scene.commit("squashed")
    squashed = gate(scene)
    assert (squashed.code, squashed.verdicts) == (1, {BOT: "refused"})
    assert squashed.check(BOT, "recorded")[0]["text"].startswith(
        "what entry 4 ('edit') changes by itself is in no commit, and it lacks"
    )


def test_such_an_edit_is_not_even_recorded(strict_about_exceptions):
    scene = strict_about_exceptions
    before = scene.git("rev-parse", "HEAD")
    widened(scene)
    scene.edit(FILE, "Answers", "Guesses")
    content = scene.read(FILE)

    done = scene.policyctl("record", BOT, "--rationale", "because", by="erin")

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"policyctl: the edit of '{BOT}' changes 'exceptions' too, which needs 1 x risk and an "
        "edit does not\n"
        "  = take the exceptions out, record and approve the edit, "
        "then record them on their own\n"
    )
    assert (scene.git("rev-parse", "HEAD"), scene.read(FILE)) == (before, content)


def test_an_edit_with_exceptions_is_one_change_where_governance_asks_the_same_of_both(scene):
    branch(scene, "change")
    widened(scene)
    scene.edit(FILE, "Answers", "Guesses")
    scene.do("record", BOT, "--rationale", "because", by="erin")
    approve(scene, BOT)

    assert scene.entry(BOT, 4).action is ChangeAction.EDIT
    assert (gate(scene).code, gate(scene).verdicts) == (0, {BOT: "ready"})


def test_an_exception_and_an_edit_of_their_own_pass_with_what_each_needs(strict_about_exceptions):
    scene = strict_about_exceptions
    widened(scene)
    scene.do("record", BOT, "--rationale", "because", by="erin")
    approve(scene, BOT, by="rita")
    edit(scene, BOT)
    approve(scene, BOT)

    assert (gate(scene).code, gate(scene).verdicts) == (0, {BOT: "ready"})


def test_a_squash_does_not_hide_what_an_entry_did(scene):
    demoted_and_more(scene)
    scene.git("reset", "-q", "--soft", "main")
    scene.commit("squashed")

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {BOT: "refused"})
    assert done.check(BOT, "recorded")[0]["text"] == (
        f"entry 5 of '{BOT}' is called 'demote' and changes more of {FILE} than the stage"
    )


def test_several_entries_that_say_what_they_do_pass_squashed_too(scene):
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)
    scene.do("demote", BOT, "--to", "logging", "--rationale", "too much", by="erin")
    approve(scene, BOT)
    assert gate(scene).code == 0
    scene.git("reset", "-q", "--soft", "main")
    scene.commit("squashed")

    assert (gate(scene).code, gate(scene).verdicts) == (0, {BOT: "ready"})


def test_files_that_do_not_belong_are_refused(change):
    change.write("policies/other.yml", "x: 1\n")
    change.commit()

    done = gate(change)

    assert (done.code, done.codes, done.verdicts) == (1, {"PATH_UNEXPECTED"}, {BOT: "ready"})


# Governance


def test_a_new_trust_root_gets_a_row_and_passes_once_both_sides_signed(scene):
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    branch(scene, "change")
    scene.rotate(by=("erin",), people={**scene.root().people, "zoe": scene.member("new")})
    scene.commit()

    done = gate(scene)
    governance = done.result["governance"]
    assert (done.code, governance["verdict"]) == (1, "owed")
    assert {(turn["count"], *turn["people"]) for turn in governance["turns"]} == {(1, "olga")}

    version = scene.root().version
    made = sign(
        scene.read(paths.root_path(version)), namespace=ROOT_NAMESPACE, key=scene.keys / "olga"
    )
    scene.write(paths.root_signature_path(version, "olga"), made)
    scene.commit()

    done = gate(scene)
    governance = done.result["governance"]
    assert (done.code, governance["verdict"], done.result["whole"]) == (0, "ready", True)
    assert governance["signers"] == {"3": ["erin", "olga"]}
    assert governance["changes"][0]["text"].startswith("'zoe' may write changes")


def test_a_root_that_its_stewards_did_not_sign_is_only_a_proposal(scene):
    branch(scene, "change")
    scene.rotate(by=("sam",), stewards=("sam",))
    scene.commit()

    done = gate(scene)

    assert done.code == 1
    assert done.result["governance"]["verdict"] == "owed"


def test_a_root_that_asks_for_less_does_not_judge_its_own_branch(scene):
    branch(scene, "change")
    scene.rotate(approvals=(ApprovalRule(need={}),))
    scene.commit()
    edit(scene, BOT)
    assert scene.verify("--base", "main").codes == set()

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {BOT: "owed"})
    [check] = done.check(BOT, "approvals")
    assert check["text"] == "entry 4 lacks 1 x security by trust root 1, which the base has"
    assert check["hint"] == "merge trust root 2 first, in a pull request of its own"
    assert done.policies[BOT]["turns"][0]["role"] == "security"


def test_other_work_goes_on_while_the_base_waits_for_a_stewards_signature(scene):
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    scene.rotate(by=("erin",))
    scene.commit("a proposal")
    branch(scene, "change")
    edit(scene, "pii")

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (0, {"pii": "ready"}, set())


def test_an_entry_under_a_root_that_the_base_replaced_is_recorded_again(scene):
    branch(scene, "change")
    edit(scene, "pii")
    on(scene, "main")
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    on(scene, "change")

    done = gate(scene)

    assert (done.code, done.codes) == (1, {"NEW_ENTRY_UNDER_OLD_ROOT"})
    assert [one["verdict"] for one in done.check("pii", "sequence")] == ["refused"]


def test_a_base_without_a_trust_root_cannot_judge(scene):
    branch(scene, "change")
    scene.git("switch", "-q", "--orphan", "bare")
    scene.write("README.md", "x\n")
    scene.commit()
    scene.git("switch", "-q", "-c", "founded")
    scene.git("checkout", "-q", "main", "--", ".policyctl", "policies")
    scene.commit()

    done = scene.policyctl("promote", "--check", "--base", "bare", "--format", "json")

    assert (done.code, done.report["status"]) == (3, "not_judged")
    assert "has no trust root" in done.err


def test_a_base_whose_trust_root_does_not_hold_is_tampering(scene):
    scene.edit(paths.root_path(1), '"threshold": 1', '"threshold": 9')
    scene.commit()
    branch(scene, "change")
    scene.write(PII, scene.read(PII) + b"# x\n")
    scene.commit()

    done = scene.policyctl("promote", "--check", "--base", "main")

    assert done.code == 4
    assert "the trust root of 'main' does not hold" in done.err


def test_another_pin_is_tampering(change, pin):
    assert gate(change, "main", "--pin", pin).code == 0
    asked = ("promote", "--check", "--base", "main")
    assert change.policyctl(*asked, "--pin", "0" * 64).code == 4
    assert change.policyctl(*asked, POLICYCTL_PIN="0" * 64).code == 4
    assert change.policyctl(*asked, "--pin", "short").code == 2


# Nothing in a branch exempts it

EXCEPTION = """\
exceptions:
  - id: EX-1
    guardrail: prompt_attack
    when: {app: redteam-lab}
    reason: the exercise of November
    owner: assistants
    expires: "2026-12-01"
"""


def with_expired_exception(scene, comment=""):
    content = scene.read(PII).decode() + EXCEPTION.replace(
        'expires: "2026-12-01"', f'expires: "2026-11-01"{comment}'
    )
    scene.forge("pii", content.encode(), approved={}, action=ChangeAction.EXCEPTION)


def test_settings_suppressions_and_known_findings_of_the_branch_do_not_count(scene):
    branch(scene, "change")
    with_expired_exception(scene, "  # policyctl: ignore[exception-expired]: on purpose")
    scene.write("policyctl.toml", '[lint]\nignore = ["exception-expired"]\n')
    scene.commit()
    scene.policyctl("lint", "--write-baseline", "known.json")
    scene.commit()

    done = gate(scene, "main", "--baseline", "known.json")

    assert (done.code, done.verdicts) == (1, {"pii": "refused"})
    assert "exception-expired" in done.codes
    assert "policyctl.toml counts as the base has it until this is merged" in done.result["notes"]
    assert "known.json counts as the base has it until this is merged" in done.result["notes"]


def test_settings_of_the_branch_that_cannot_be_read_hide_nothing(change):
    change.write("policyctl.toml", "[lint]\nignore = ['all']\n")
    change.remove(paths.signature_path(BOT, 4, "erin"))
    change.commit()

    done = gate(change)

    assert (done.code, done.codes) == (4, {"AUTHOR_MISSING", "promote-settings"})


def test_settings_of_the_base_that_cannot_be_read_exempt_nobody_and_can_be_mended(scene):
    scene.write("policyctl.toml", "[lint\n")
    scene.commit()
    branch(scene, "change")
    edit(scene, "pii")
    assert gate(scene).code == 0
    scene.remove("policyctl.toml")
    scene.commit()

    assert gate(scene).code == 0


def test_a_baseline_of_the_branch_that_cannot_be_read_hides_nothing(change):
    change.write(paths.baseline_path("internal-facing@1"), "[")
    change.commit()

    done = gate(change)

    assert done.code == 4
    assert "BASELINE_MISMATCH" in done.codes
    assert done.result["diff"] is None
    assert done.verdicts[BOT] == "ready"
    assert "this is a bug" not in done.err


def test_a_list_of_known_findings_that_is_nowhere_is_an_error(change):
    asked = ("promote", "--check", "--base", "main", "--baseline", "nowhere.json")
    done = change.policyctl(*asked)

    assert (done.code, done.out) == (2, "")
    assert done.err == "policyctl: neither the branch nor 'main' has a file nowhere.json\n"


def test_settings_of_the_base_count_at_its_tip_and_where_the_branch_left_it(scene):
    """Whoever makes a branch chooses where it starts, so lax settings of the past do not help."""
    later = ("--now", "2026-12-05")
    scene.write("policyctl.toml", '[lint]\nignore = ["exception-expired"]\n')
    scene.commit()
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)
    assert gate(scene, "main", *later).code == 0

    on(scene, "main")
    scene.remove("policyctl.toml")
    scene.commit()
    on(scene, "change")
    assert (gate(scene, "main", *later).code, gate(scene, "main", *later).codes) == (
        *(1, {"exception-expired"}),
    )

    merge(scene, "main")
    assert gate(scene, "main", *later).code == 1


def test_a_suppression_that_the_base_has_counts(scene):
    on_line = 'expires: "2026-12-01"'
    text = scene.read(FILE).decode()
    comment = "  # policyctl: ignore[exception-expired]: it is archived"
    scene.write(FILE, text.replace(on_line, on_line + comment))
    scene.do("record", BOT, "--rationale", "because", by="erin")
    approve(scene, BOT)
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)

    assert gate(scene, "main", "--now", "2026-12-05").code == 0


DIAL = "guardrails:\n  - {detector: prompt_attack, sensitivity: L3, reason: two incidents}\n"


def test_a_rule_about_all_policies_is_asked_where_the_base_calls_it_an_error(scene):
    edit(scene, "pii", DIAL)
    branch(scene, "change")
    copied = scene.read(PII).replace(b"id: pii", b"id: zeta")
    copied = copied.replace(b"data_sensitivity: confidential", b"data_sensitivity: internal")
    scene.write("policies/zeta.yaml", copied)
    scene.do("record", "zeta", "--rationale", "because", by="erin")
    assert gate(scene).code == 0

    on(scene, "main")
    scene.write("policyctl.toml", '[lint.severity]\ncopied-thresholds = "error"\n')
    scene.commit()
    on(scene, "change")

    assert (gate(scene).code, gate(scene).codes) == (1, {"copied-thresholds"})


# Exceptions


def test_an_exception_that_ended_or_has_an_unknown_owner_is_refused(scene):
    branch(scene, "change")
    content = scene.read(PII).decode() + EXCEPTION
    scene.write(PII, content)
    scene.do("record", "pii", "--rationale", "because", by="erin")

    assert gate(scene).code == 0
    done = gate(scene, "main", "--now", "2026-12-02")
    assert (done.code, done.verdicts) == (1, {"pii": "refused"})
    texts = [one["text"] for one in done.check("pii", "exceptions")]
    assert "exception EX-1: it ended on 2026-12-01" in texts


def test_the_way_back_is_not_held_up_by_rules(scene):
    branch(scene, "change")
    scene.do("demote", BOT, "--to", "logging", "--rationale", "too much", by="erin")
    approve(scene, BOT)

    done = gate(scene, "main", "--now", "2026-12-05")

    assert (done.code, done.verdicts) == (0, {BOT: "ready"})
    assert "exception-expired" in done.codes


# Histories


def test_a_merge_commit_of_a_forge_is_judged_by_its_first_parent(change):
    on(change, "main")
    edit(change, "pii", "# meanwhile\n")
    change.git("switch", "-q", "--detach")
    merge(change, "change")

    for base in ("HEAD^1", "main"):
        done = gate(change, base)
        assert (done.code, done.verdicts) == (0, {BOT: "ready"})


def test_a_merge_commit_that_slips_something_in_is_judged_as_it_is(change):
    on(change, "main")
    change.git("switch", "-q", "--detach")
    change.git("merge", "-q", "--no-ff", "--no-commit", "change")
    change.edit(PII, "records: 2000", "records: 1500")
    change.commit()

    done = gate(change, "HEAD^1")

    assert (done.code, done.verdicts) == (1, {BOT: "ready", "pii": "refused"})


def test_stacked_branches_are_judged_by_the_branch_below(scene):
    branch(scene, "below")
    edit(scene, BOT)
    branch(scene, "above", "below")
    edit(scene, "pii")

    assert (gate(scene, "below").code, gate(scene, "below").verdicts) == (0, {"pii": "ready"})
    assert gate(scene).verdicts == {BOT: "owed", "pii": "ready"}


def test_a_merge_queue_judges_what_each_of_its_commits_adds(change):
    branch(change, "other", "main")
    edit(change, "pii")
    change.git("switch", "-q", "--detach", "main")
    merge(change, "change")
    queued = change.git("rev-parse", "HEAD")
    merge(change, "other")

    assert gate(change, queued).verdicts == {"pii": "ready"}
    assert gate(change, "main").verdicts == {BOT: "ready", "pii": "ready"}


def test_a_branch_whose_base_went_on_with_the_same_policy_is_told_the_sequence(change):
    on(change, "main")
    edit(change, BOT, "# theirs\n")
    approve(change, BOT)
    on(change, "change")

    done = gate(change)

    assert (done.code, done.verdicts) == (1, {BOT: "refused"})
    [check] = done.check(BOT, "sequence")
    assert check["text"] == f"'main' has another entry 4 of '{BOT}' since the branch left it"


def test_an_approval_of_what_the_base_took_back_is_refused(scene):
    edit(scene, BOT)
    branch(scene, "change")
    approve(scene, BOT)
    on(scene, "main")
    scene.do("withdraw", BOT, "--pushed", by="erin")
    scene.git("checkout", "-q", "--", ".")
    on(scene, "change")

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {BOT: "refused"})
    [check] = done.check(BOT, "sequence")
    assert check["text"] == f"'main' took entry 4 of '{BOT}' back since the branch left it"


def test_a_base_that_went_on_with_others_is_no_obstacle(change):
    on(change, "main")
    edit(change, "pii")
    on(change, "change")

    assert gate(change).verdicts == {BOT: "ready"}
    assert gate(change).code == 0


def criss_cross(scene):
    """Two branches that merged each other, so that they come from two commits alike."""
    branch(scene, "one")
    edit(scene, "pii", "# one\n")
    branch(scene, "two", "main")
    edit(scene, BOT, "# two\n")
    approve(scene, BOT)
    one, two = scene.git("rev-parse", "one"), scene.git("rev-parse", "two")
    scene.git("merge", "-q", "-m", "two takes one", one)
    on(scene, "one")
    scene.git("merge", "-q", "-m", "one takes two", two)
    assert len(scene.git("merge-base", "--all", "one", "two").split()) == 2


def test_branches_that_merged_each_other_are_judged_against_all_commits_they_parted_at(scene):
    criss_cross(scene)
    assert gate(scene, "two").result["text"] == "pass: no policy changed since 'two'"
    edit(scene, "pii", "# more\n")
    done = gate(scene, "two")
    assert (done.code, done.verdicts) == (0, {"pii": "ready"})
    assert len(done.result["base"]["forks"]) == 2
    assert "parted at 2 commits" in done.result["notes"][0]


def test_what_either_of_the_crossed_branches_had_cannot_be_dropped(scene):
    criss_cross(scene)
    for files in (scene.files_of(BOT, 4), scene.files_of("pii", 3)):
        scene.remove(*files)
    scene.git("checkout", "-q", "main", "--", FILE, PII)
    scene.commit()

    done = gate(scene, "two")

    assert (done.code, done.verdicts) == (4, {BOT: "tampered", "pii": "tampered"})


def test_branches_that_parted_at_more_commits_than_are_compared_are_not_judged(scene):
    tree = scene.git("rev-parse", "main^{tree}")
    each = [scene.git("commit-tree", tree, "-p", "main", "-m", f"{n}") for n in range(33)]
    parents = [word for commit in each for word in ("-p", commit)]
    for name in ("one", "two"):
        commit = scene.git("commit-tree", tree, *parents, "-m", name)
        scene.git("update-ref", f"refs/heads/{name}", commit)

    done = scene.policyctl("promote", "--check", "--base", "one", "--head", "two")

    assert done.code == 3
    assert "parted at 33 commits" in done.err


def test_what_other_policies_hold_is_not_read(scene):
    edit(scene, "pii", "# nobody looks here\n")
    branch(scene, "change")
    edit(scene, BOT)
    approve(scene, BOT)
    oid = scene.git("rev-parse", f"main:{PII}")
    (scene.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()
    assert scene.verify().code == 2

    assert (gate(scene).code, gate(scene).verdicts) == (0, {BOT: "ready"})


def test_a_policy_that_is_renamed_is_named_on_both_sides(scene):
    branch(scene, "change")
    scene.write("policies/privacy.yaml", scene.read(PII).replace(b"id: pii", b"id: privacy"))
    scene.remove(PII)
    scene.commit()

    done = gate(scene)

    assert (done.code, done.verdicts) == (1, {"pii": "refused", "privacy": "refused"})
    assert done.codes == {"POLICY_FILE_MISSING", "UNREGISTERED_POLICY"}


def test_a_policy_that_was_retired_and_recorded_under_another_name_passes(scene):
    branch(scene, "change")
    text = scene.read(PII).replace(b"id: pii", b"id: privacy")
    scene.do("retire", "pii", "--rationale", "another name", by="erin")
    scene.write("policies/privacy.yaml", text)
    scene.do("record", "privacy", "--rationale", "another name", by="erin")

    done = gate(scene)

    assert done.verdicts["privacy"] == "ready"
    assert done.policies["pii"]["verdict"] in {"ready", "owed"}


def test_owners_do_not_approve_by_giving_the_policy_away_first(scene):
    """In logging nobody has to agree to another owner; Olga owns the policy in the base."""
    branch(scene, "change")
    scene.edit(PII, "owner: assistants", "owner: rita")
    scene.do("record", "pii", "--rationale", "hers now", by="erin")
    promote(scene, "pii")
    approve(scene, "pii", by="olga")
    assert scene.verify("--base", "main").codes == set()

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (1, {"pii": "refused"}, {"promote-approvals"})
    assert done.check("pii", "approvals")[0]["text"] == (
        "entry 4 lacks 1 x security by somebody who does not own 'pii' in the base"
    )

    scene.remove(paths.signature_path("pii", 4, "olga", "security"))
    scene.commit()
    approve(scene, "pii", by="sam")
    assert (gate(scene).code, gate(scene).verdicts) == (0, {"pii": "ready"})


def with_another_key(scene):
    root = scene.root()
    sam = replace(root.people["sam"], keys=scene.member("new").keys)
    return {"people": {**root.people, "sam": sam}}


def in_another_role(scene):
    root = scene.root()
    left = tuple(who for who in root.roles["security"].members if who != "sam")
    return {"roles": {**root.roles, "security": replace(root.roles["security"], members=left)}}


@pytest.mark.parametrize("revoke", [with_another_key, in_another_role])
def test_an_approval_that_comes_after_its_key_was_revoked_is_refused(scene, revoke):
    edit(scene, BOT)
    scene.rotate(**revoke(scene))
    scene.commit("Sam lost his key")
    branch(scene, "change")
    scene.sign(BOT, 4, "sam", "security")
    scene.commit("sam: yes")

    done = gate(scene)

    assert (done.code, done.verdicts, done.codes) == (1, {BOT: "refused"}, {"APPROVAL_OUTDATED"})
    assert done.check(BOT, "approvals")[0]["text"] == (
        f"'sam' approved entry 4 of '{BOT}' as security after 'main', whose trust root 2 does not "
        "let this key do so"
    )

    scene.sign(BOT, 4, "pia", "security")
    scene.remove(paths.signature_path(BOT, 4, "sam", "security"))
    scene.commit("pia: yes")
    assert gate(scene).code == 0


def test_an_approval_alone_is_a_change_that_passes(scene):
    edit(scene, BOT)
    branch(scene, "approved")
    approve(scene, BOT)

    done = gate(scene)

    assert (done.code, done.verdicts) == (0, {BOT: "ready"})
    assert done.policies[BOT]["change"] == "signatures"
    assert done.policies[BOT]["there"]["approvals"] == {"security": ["sam"]}


def test_a_void_and_a_redaction_pass_as_what_they_are(scene):
    branch(scene, "change")
    scene.do("void", BOT, "--rationale", "no exercise", by="erin")
    approve(scene, BOT)
    scene.do("redact", "pii", "1", "--rationale", "a name", by="erin")
    scene.do("approve", "pii", "--yes", by="sam")

    done = gate(scene)

    assert (done.code, done.verdicts) == (0, {BOT: "ready", "pii": "ready"})
    assert [one["action"] for one in done.policies[BOT]["entries"]] == ["void"]
    assert [one["action"] for one in done.policies["pii"]["entries"]] == ["redact"]


def test_an_emergency_passes_at_once_and_is_told_to_owe_its_approvals(scene):
    branch(scene, "change")
    asked = ("--to", "logging", "--rationale", "blocks orders", "--emergency")
    scene.do("demote", BOT, *asked, by="sam")

    done = gate(scene)

    assert (done.code, done.verdicts) == (0, {BOT: "ready"})
    assert done.codes == {"EMERGENCY_PENDING"}
    assert done.policies[BOT]["turns"][0]["role"] == "security"


def test_sarif_holds_what_is_wrong_at_its_place(scene):
    branch(scene, "change")
    scene.edit(PII, "guardrails: [prompt_attack]", "guardrails: [prompt_atack]")
    scene.commit()
    asked = ("promote", "--check", "--base", "main", "--format", "sarif")

    [run] = json.loads(scene.policyctl(*asked).out)["runs"]

    places = {
        result["ruleId"]: result["locations"][0]["physicalLocation"] for result in run["results"]
    }
    assert {"UNRECORDED_CHANGE", "unknown-detector"} <= places.keys()
    line = places["unknown-detector"]["region"]["startLine"]
    assert b"prompt_atack" in scene.read(PII).splitlines()[line - 1]


# The change stream


def test_policies_and_deployments_in_one_branch_are_refused_unless_the_base_says_otherwise(change):
    change.write("deploy/values.yaml", "replicas: 3\n")
    change.commit("and roll it out")

    done = gate(change)
    assert (done.code, done.codes, done.result["mixed"]) == (1, {"mixed-change-stream"}, True)

    on(change, "main")
    change.write("policyctl.toml", '[lint.severity]\nmixed-change-stream = "warning"\n')
    change.commit()
    on(change, "change")
    merge(change, "main")
    assert gate(change).code == 0


# Clones


def test_a_clone_that_is_cut_off_says_how_to_deepen_it(change, place):
    edit(change, "pii")
    on(change, "main")
    change.write("README.md", "more\n")
    change.commit()
    clone = change.clone(place / "clone", "--depth", "1", "--no-single-branch")

    done = clone.policyctl("promote", "--check", "--base", "origin/main", "--head", "origin/change")

    assert (done.code, done.out) == (3, "")
    assert "git fetch --unshallow" in done.err
    clone.git("fetch", "-q", "--unshallow")
    assert gate(clone, "origin/main", "--head", "origin/change").code == 0


def test_a_shallow_clone_in_which_the_two_meet_is_enough(change, place):
    clone = change.clone(place / "clone", "--depth", "3", "--branch", "change")

    assert gate(clone, "HEAD~2").code == 0


def test_a_clone_whose_cut_may_hide_where_the_two_parted_is_not_judged(scene, place):
    """The older side of a merge is cut off, so git would take an older commit for the fork."""
    branch(scene, "side")
    edit(scene, "pii")
    on(scene, "main")
    merge(scene, "side")
    branch(scene, "change")
    edit(scene, "pii", "# again\n")
    clone = scene.clone(place / "clone")
    cut = clone.git("rev-parse", "origin/side")
    clone.write(".git/shallow", f"{cut}\n")

    assert gate(clone, "origin/main", "--head", "origin/change").code == 0
    clone.write(".git/shallow", clone.git("rev-parse", "origin/change") + "\n")
    done = clone.policyctl("promote", "--check", "--base", "origin/main", "--head", "origin/change")
    assert done.code == 3
    assert "is cut off" in done.err


def test_strangers_and_unknown_bases_are_said_to_be_so(scene):
    assert scene.policyctl("promote", "--check", "--base", "nowhere").code == 2
    assert scene.policyctl("promote", "--check", "--base=--output=x").code == 2
    scene.git("switch", "-q", "--orphan", "other")
    scene.git("commit", "-q", "--allow-empty", "-m", "x")
    on(scene, "main")

    done = scene.policyctl("promote", "--check", "--base", "other")

    assert done.code == 3
    assert "have no commit in common" in done.err
    assert "git fetch --unshallow" in done.err


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("main", "refs/tags/main"),
        ("origin/main", "refs/tags/origin/main"),
        ("origin/main", "refs/heads/origin/main"),
        ("heads/main", "refs/tags/heads/main"),
        ("main^{commit}", "refs/tags/main"),
    ],
)
def test_a_base_whose_name_means_two_commits_is_not_guessed(scene, name, ref):
    """Fetching brings tags along, and git takes a tag for a branch of the same name."""
    scene.git("update-ref", "refs/remotes/origin/main", "main")
    branch(scene, "change")
    scene.edit(FILE, "Answers", "Guesses")
    scene.commit()
    scene.git("update-ref", ref, "change")

    done = scene.policyctl("promote", "--check", "--base", name)

    meant = "refs/remotes/origin/main" if name.startswith("origin") else "refs/heads/main"
    first, second = (meant, ref) if name.startswith("heads") else (ref, meant)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"policyctl: '{name}' means {first} and {second}, which differ\n"
        "  = write the whole name of the one that is meant, as it stands here\n"
    )
    assert gate(scene, meant).code == 1

    scene.git("update-ref", ref, "refs/heads/main")
    assert gate(scene, name).code == 1


def test_a_hostile_repository_runs_nothing(change, place):
    """What a fork can bring into the tree, and what its checkout may have as configuration."""
    marker = place / "ran"
    script = place / "evil"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command"):
        change.git("config", key, str(script))
    for key in ("filter.evil.clean", "filter.evil.smudge", "core.pager", "gpg.program"):
        change.git("config", key, str(script))
    change.write(".gitattributes", "* diff=evil filter=evil\n")
    change.write("sitecustomize.py", f"open({str(marker)!r}, 'w')\n")
    change.write("catalogues/evil-1.json", "{}")
    change.git("-c", "core.fsmonitor=false", "-c", "filter.evil.clean=cat", "add", "-A")
    tree = change.git("-c", "core.fsmonitor=false", "write-tree")
    commit = change.git("commit-tree", tree, "-p", "HEAD", "-m", "hostile")
    change.git("update-ref", "refs/heads/change", commit)
    marker.unlink(missing_ok=True)

    done = gate(change)

    assert (done.code, done.verdicts) == (0, {BOT: "ready"})
    assert not marker.exists()


# The command line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--check",), "--check needs the branch"),
        (("--check", "--base", "main", "pii"), "so a policy's id has no place"),
        (("--check", "--base", "main", "--to", "limited"), "so --to has no place"),
        (("--check", "--base", "main", "--rationale", "x"), "so --rationale has no place"),
        (("--check", "--base", "main", "--dry-run"), "so --dry-run has no place"),
        (("--base", "main", "pii", "--to", "limited"), "--base is about a pull request"),
        (("--pin", "0" * 64, "pii", "--to", "limited"), "--pin is about a pull request"),
        (("pii", "--to", "limited"), "there is no --rationale"),
        (("pii", "--rationale", "x"), "promote needs the stage"),
        (("--to", "limited", "--rationale", "x"), "promote needs the policy's id"),
    ],
)
def test_the_two_forms_of_promote_do_not_mix(scene, arguments, said):
    done = scene.policyctl("promote", *arguments)

    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_promotion_has_no_markdown(scene):
    asked = ("promote", "pii", "--to", "limited", "--rationale", "x", "--format", "markdown")

    assert scene.policyctl(*asked).code == 2
