"""``verify --base``: a branch judged against the branch that it should be merged into."""

from datetime import timedelta

import pytest

from policyctl.adapters.commits import commits_of
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.ssh_signing import sign
from policyctl.adapters.ssh_verification import verify
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core import paths
from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ROOT_NAMESPACE
from policyctl.usecases.base import judge_branch
from policyctl.usecases.memo import ledger_memo

BOT = "team-assistant"
PII = paths.policy_path("pii")


def edit(scene, policy, words):
    scene.write(paths.policy_path(policy), scene.read(paths.policy_path(policy)) + words.encode())
    scene.do("record", policy, "--rationale", "because", by="erin")


def branch(scene, name, start="main"):
    scene.git("switch", "-q", "-c", name, start)


def on(scene, name):
    scene.git("switch", "-q", name)


def merge(scene, name):
    scene.git("merge", "-q", "--no-ff", "-m", f"merge {name}", name)


def compared(scene, base="main", *more):
    done = scene.verify("--base", base, *more)
    return done.code, done.codes


@pytest.fixture
def change(scene):
    """A branch with an approved change, checked out."""
    branch(scene, "change")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def test_a_branch_that_adds_an_approved_entry_is_sound(change):
    done = change.verify("--base", "main")

    assert (done.code, done.codes) == (0, set())
    assert done.report["result"]["level"] == "tree+base"
    main = change.git("rev-parse", "main")
    expected = {
        "name": "main",
        "commit": main,
        "forks": [main],
        "owed": 0,
        "taken": {"policies": 1, "entries": change.last("pii")},
    }
    assert done.report["result"]["base"] == expected


def test_an_approval_that_is_still_owed_is_no_tampering(scene):
    branch(scene, "change")
    edit(scene, BOT, "# more\n")

    assert compared(scene) == (1, {"APPROVALS_MISSING"})
    text = scene.policyctl("verify", "--base", "main")
    assert "not yet verified: signatures are owed" in text.out
    assert scene.verify().code == 4  # without a base, it may as well have been removed

    edit_on_top = scene.read(paths.policy_path("pii")) + b"# x\n"
    scene.write(PII, edit_on_top)
    scene.commit()
    assert compared(scene) == (4, {"APPROVALS_MISSING", "UNRECORDED_CHANGE"})


def test_an_approval_that_the_base_has_is_stripped_and_not_owed(change):
    on(change, "main")
    merge(change, "change")
    branch(change, "attack")
    change.remove(paths.signature_path(BOT, 4, "sam", "security"))
    change.commit()

    assert compared(change) == (4, {"APPROVALS_MISSING", "ROLLBACK_OR_TRUNCATION"})


def test_an_approval_that_came_to_the_base_since_was_not_taken_from_the_branch(scene):
    edit(scene, BOT, "# more\n")
    branch(scene, "change")
    edit(scene, "pii", "# more\n")
    on(scene, "main")
    scene.do("approve", BOT, "--yes", by="sam")
    on(scene, "change")

    assert compared(scene) == (0, set())  # the branch leaves that policy alone

    merge(scene, "main")
    assert compared(scene) == (0, set())


def test_a_branch_that_is_behind_lost_nothing(change):
    on(change, "main")
    edit(change, "pii", "# meanwhile\n")
    on(change, "change")

    assert compared(change) == (0, set())

    merge(change, "main")
    assert compared(change) == (0, set())


def test_a_branch_that_drops_what_it_was_made_from_is_a_rollback(scene, base):
    before = scene.git("rev-parse", "HEAD")
    edit(scene, "pii", "# more\n")
    branch(scene, "attack")
    scene.git("read-tree", "-um", before)
    scene.commit()
    assert scene.verify().codes == set()

    assert compared(scene) == (4, {"ROLLBACK_OR_TRUNCATION"})


def test_two_branches_that_change_one_policy_collide(scene):
    branch(scene, "change")
    edit(scene, "pii", "# ours\n")
    on(scene, "main")
    edit(scene, "pii", "# theirs\n")
    on(scene, "change")

    done = scene.verify("--base", "main")

    assert (done.code, done.report["status"]) == (0, "pass")
    [finding] = done.report["findings"]
    assert (finding["code"], finding["severity"]) == ("BASE_AHEAD", "warning")
    assert finding["message"] == "'main' has another entry 3 of 'pii' since the branch left it"
    assert finding["hint"] == "start again from 'main' and record the change there"


def test_two_branches_with_a_new_root_each_collide(scene):
    branch(scene, "change")
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    on(scene, "main")
    scene.rotate(people={**scene.root().people, "pia": scene.member("new")})
    scene.commit()
    on(scene, "change")

    assert compared(scene) == (0, {"BASE_AHEAD"})


def test_an_entry_under_a_root_that_the_base_replaced_is_made_again(scene):
    branch(scene, "change")
    edit(scene, "pii", "# more\n")
    on(scene, "main")
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    on(scene, "change")

    assert compared(scene) == (4, {"NEW_ENTRY_UNDER_OLD_ROOT"})
    merge(scene, "main")
    assert compared(scene) == (4, {"NEW_ENTRY_UNDER_OLD_ROOT"})


def test_a_branch_brings_its_own_root_if_that_follows_from_the_bases(scene):
    branch(scene, "change")
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="new")
    assert compared(scene) == (0, set())

    root = paths.root_signature_path(2, "erin")
    scene.remove(root)
    scene.commit()
    assert compared(scene) == (4, {"ROOT_THRESHOLD", "ROOT_UNKNOWN_VERSION"})


def test_stacked_branches_are_compared_with_the_branch_below(scene):
    branch(scene, "below")
    edit(scene, BOT, "# more\n")
    branch(scene, "above", "below")
    edit(scene, "pii", "# more\n")

    assert compared(scene, "below") == (0, set())
    assert compared(scene, "main") == (1, {"APPROVALS_MISSING"})

    on(scene, "below")
    scene.do("approve", BOT, "--yes", by="sam")
    on(scene, "above")
    merge(scene, "below")
    assert compared(scene, "below") == (0, set())
    assert compared(scene, "main") == (0, set())


def test_a_commit_of_a_merge_queue_is_compared_with_its_first_parent(change):
    on(change, "main")
    edit(change, "pii", "# meanwhile\n")
    change.git("switch", "-q", "--detach")
    merge(change, "change")

    assert compared(change, "HEAD^1") == (0, set())


def criss_cross(scene):
    """Two branches that merged each other, so that they come from two commits alike."""
    branch(scene, "one")
    edit(scene, "pii", "# one\n")
    branch(scene, "two", "main")
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    one, two = scene.git("rev-parse", "one"), scene.git("rev-parse", "two")
    scene.git("merge", "-q", "-m", "two takes one", one)
    on(scene, "one")
    scene.git("merge", "-q", "-m", "one takes two", two)
    assert len(scene.git("merge-base", "--all", "one", "two").split()) == 2


def test_branches_that_merged_each_other_keep_what_either_had(scene):
    criss_cross(scene)
    assert compared(scene, "two") == (0, set())

    scene.remove(paths.root_path(2), paths.root_signature_path(2, "erin"))
    scene.commit()
    assert compared(scene, "two") == (4, {"ROOT_ROLLBACK"})


def test_nothing_is_built_on_a_base_that_does_not_hold(scene):
    scene.edit(PII, "stage: logging", "stage: enforce")
    scene.commit()
    branch(scene, "mended")
    scene.git("revert", "--no-edit", "HEAD")

    done = scene.verify("--base", "main")

    assert (done.code, done.codes) == (4, {"BASE_BROKEN"})
    [finding] = done.report["findings"]
    assert finding["message"].startswith("the base 'main' does not verify itself (UNRECORDED_CH")
    assert finding["hint"] == "policyctl verify --rev main"
    assert scene.policyctl("verify", "--rev", "main").code == 4


def test_a_clone_that_is_cut_off_before_the_two_meet_says_how_to_deepen_it(change, place):
    edit(change, "pii", "# more\n")
    on(change, "main")
    change.write("README.md", "more\n")
    change.commit()
    clone = change.clone(place / "clone", "--depth", "1", "--no-single-branch")
    head = ("--rev", "origin/change")

    for options in (("--base", "origin/main", *head), ("--history",)):
        done = clone.policyctl("verify", *options)
        assert (done.code, done.out) == (3, "")
        assert "cut off" in done.err
        assert "git fetch --unshallow" in done.err
    assert clone.verify().code == 0

    clone.git("fetch", "-q", "--unshallow")
    assert clone.verify("--base", "origin/main", *head).code == 0


def test_an_unknown_base_and_strangers_are_said_to_be_so(scene):
    done = scene.policyctl("verify", "--base", "nowhere")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("policyctl: there is no commit 'nowhere'")
    assert scene.policyctl("verify", "--base=--output=x").code == 2

    scene.git("switch", "-q", "--orphan", "other")
    scene.git("commit", "-q", "--allow-empty", "-m", "x")
    on(scene, "main")
    done = scene.policyctl("verify", "--base", "other")
    assert done.code == 2
    assert "have no commit in common" in done.err


def test_another_commit_can_be_judged_than_the_one_that_is_checked_out(scene):
    scene.edit(PII, "stage: logging", "stage: enforce")
    scene.commit()

    assert scene.verify("--rev", "HEAD~1").codes == set()
    assert scene.verify("--rev", "HEAD").codes == {"UNRECORDED_CHANGE"}


@pytest.fixture
def two_stewards(scene):
    """A ledger whose trust root asks for two stewards, Erin and Olga."""
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    return scene


def test_the_second_steward_signs_a_tombstone_that_waits_on_the_base(two_stewards):
    scene = two_stewards
    branch(scene, "first")
    scene.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    assert compared(scene) == (1, {"TOMBSTONE_THRESHOLD"})
    on(scene, "main")
    merge(scene, "first")
    branch(scene, "second")
    scene.do("redact", BOT, "2", by="olga")

    assert compared(scene) == (0, set())


def test_taking_away_a_stewards_signature_of_a_tombstone_is_tampering(two_stewards):
    scene = two_stewards
    scene.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    scene.do("redact", BOT, "2", by="olga")
    branch(scene, "stripped")
    scene.remove(paths.tombstone_signature_path(BOT, 2, "olga"))
    scene.commit()

    assert compared(scene) == (4, {"TOMBSTONE_THRESHOLD", "ROLLBACK_OR_TRUNCATION"})


def test_other_work_goes_on_while_the_base_has_a_proposal_that_owes_a_signature(two_stewards):
    scene = two_stewards
    scene.rotate(by=("erin",))
    scene.commit("a proposal")
    branch(scene, "change")
    edit(scene, "pii", "# more\n")
    assert compared(scene) == (1, {"ROOT_THRESHOLD"})
    branch(scene, "signed", "main")
    version = scene.root().version
    content = scene.read(paths.root_path(version))
    made = sign(content, namespace=ROOT_NAMESPACE, key=scene.keys / "olga")
    scene.write(paths.root_signature_path(version, "olga"), made)
    scene.commit("signed")

    assert compared(scene) == (0, set())


def test_an_overdue_approval_can_still_come_to_the_base(scene):
    then = scene.entry(BOT, scene.last(BOT)).requested_at - timedelta(hours=12)
    stopped = scene.read(paths.policy_path(BOT)).replace(b"stage: limited", b"stage: logging")
    scene.forge(
        BOT,
        stopped,
        by="sam",
        approved={},
        action=ChangeAction.EMERGENCY_DEMOTE,
        target=Stage.LOGGING,
        requested_at=then,
    )
    scene.commit("an emergency")
    much_later = ("--now", f"{then + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}")
    before = scene.verify(*much_later)
    branch(scene, "approved")
    scene.do("approve", BOT, "--yes", by="pia")

    done = scene.verify("--base", "main", *much_later)

    assert before.codes == {"EMERGENCY_OVERDUE"}
    assert (done.code, done.codes) == (0, set())


@pytest.fixture
def damaged(scene):
    """A branch that changes one policy, from a base on which another is not what was recorded."""
    scene.write(PII, scene.read(PII) + b"# by hand\n")
    scene.commit()
    branch(scene, "change")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def test_what_a_branch_leaves_alone_is_taken_from_the_base_and_said_to_be(damaged):
    done = damaged.verify("--base", "main")

    assert (done.code, done.codes) == (0, set())
    entries = damaged.last("pii")
    assert done.report["result"]["base"]["taken"] == {"policies": 1, "entries": entries}
    assert done.report["result"]["policies"] == 1
    assert (
        f"1 policy with {entries} entries were taken from the base as they are there"
        in damaged.policyctl("verify", "--base", "main").out
    )
    assert damaged.verify().codes == {"UNRECORDED_CHANGE"}


@pytest.mark.parametrize("shared", ["a root", "a page"])
def test_every_policy_is_judged_where_the_branch_changes_what_they_share(damaged, shared):
    if shared == "a root":
        damaged.rotate(by=("erin",))
    else:
        damaged.write(paths.CHANGELOG, b"# all is well\n")
    damaged.commit()

    done = damaged.verify("--base", "main")

    assert done.codes >= {"UNRECORDED_CHANGE", "BASE_BROKEN"}
    assert done.report["result"]["base"]["taken"] == {"policies": 0, "entries": 0}
    assert "judged: all policies" in damaged.policyctl("verify", "--base", "main").out


def test_names_are_looked_at_in_the_whole_tree(scene):
    branch(scene, "change")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")
    on(scene, "main")
    scene.write("policies/PII.yaml", scene.read(PII))
    scene.write(".policyctl/log/pii/notes.txt", b"x\n")
    scene.commit()
    on(scene, "change")
    merge(scene, "main")

    assert compared(scene) == (4, {"PATH_COLLISION", "PATH_UNEXPECTED"})


def test_a_base_that_lost_what_a_checkpoint_covers_is_seen_by_the_names(scene):
    edit(scene, "pii", "# more\n")
    scene.do("checkpoint", by="erin")
    scene.git("reset", "-q", "--hard", "HEAD~1")
    branch(scene, "change")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")

    done = scene.verify("--base", "main")

    assert (done.code, done.codes) == (4, {"ROLLBACK_OR_TRUNCATION"})
    assert "by the number of their entries" in " ".join(done.report["result"]["notices"])


def test_the_files_of_other_policies_are_not_read(change, monkeypatch):
    read = []
    blob = ObjectStore.blob
    monkeypatch.setattr(
        ObjectStore, "blob", lambda store, oid: read.append(oid) or blob(store, oid)
    )

    with commits_of(change.folder) as commits:
        _, compared = judge_branch(
            head=commits.resolve("HEAD"),
            base="main",
            commits=commits,
            memo=ledger_memo(YamlDocuments(), verify),
        )

    assert compared.findings == ()
    assert change.git("rev-parse", f"HEAD:{PII}") not in read
    assert change.git("rev-parse", f"HEAD:{paths.policy_path(BOT)}") in read
