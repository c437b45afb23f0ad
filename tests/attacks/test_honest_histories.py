"""Histories of people who did nothing wrong: ``verify`` finds nothing in any of them.

Each function takes a repository and returns the one to verify, which may be another.
"""

import shutil
import subprocess

import pytest

from policyctl.core import paths
from policyctl.core.entry import ChangeAction
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule

BOT = "team-assistant"
FILE, PII = paths.policy_path(BOT), paths.policy_path("pii")


def edit(scene, policy, words):
    scene.write(paths.policy_path(policy), scene.read(paths.policy_path(policy)) + words.encode())
    scene.do("record", policy, "--rationale", "because", by="erin")


def nothing_more(scene):
    """The repository as it was made."""
    return scene


def two_policies_in_parallel_branches(scene):
    """Two branches change one policy each, and both are merged."""
    scene.git("switch", "-q", "-c", "first")
    edit(scene, BOT, "# first\n")
    scene.do("approve", BOT, "--yes", by="sam")
    scene.git("switch", "-q", "-c", "second", "main")
    edit(scene, "pii", "# second\n")
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--no-ff", "-m", "first", "first")
    scene.git("merge", "-q", "--no-ff", "-m", "second", "second")
    return scene


def new_policies_in_parallel_branches(scene):
    """Four branches register four policies, and all are merged in one octopus."""
    names = [f"new-{number}" for number in range(4)]
    for name in names:
        scene.git("switch", "-q", "-c", name, "main")
        text = scene.read(PII).replace(b"id: pii", f"id: {name}".encode())
        scene.write(paths.policy_path(name), text)
        scene.do("record", name, "--rationale", "because", by="erin")
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "-m", "all", *names)
    return scene


def a_squash_merge(scene):
    """A change and its approval become one commit."""
    scene.git("switch", "-q", "-c", "change")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="pia")
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--squash", "change")
    scene.git("commit", "-q", "-m", "a change")
    return scene


def an_approval_on_another_branch(scene):
    """The approval is given on a branch of its own and merged afterwards."""
    edit(scene, BOT, "# more\n")
    scene.git("switch", "-q", "-c", "approval")
    scene.do("approve", BOT, "--yes", by="sam")
    scene.git("switch", "-q", "main")
    edit(scene, "pii", "# meanwhile\n")
    scene.git("merge", "-q", "--no-ff", "-m", "approval", "approval")
    return scene


def an_approval_by_cherry_pick(scene):
    """The approval is picked from a branch that is never merged."""
    edit(scene, BOT, "# more\n")
    scene.git("switch", "-q", "-c", "approval")
    scene.do("approve", BOT, "--yes", by="sam")
    scene.git("switch", "-q", "main")
    scene.write("README.md", "x")
    scene.commit()
    scene.git("cherry-pick", "approval")
    return scene


def edits_in_logging(scene):
    """Changes in logging need nobody's approval."""
    for number in range(3):
        edit(scene, "pii", f"# {number}\n")
    return scene


def an_exception_in_logging(scene):
    """An exception of a policy that only logs."""
    words = "exceptions:\n  - {id: EX-9, guardrail: prompt_attack, reason: a test,"
    words += ' when: {app: assistant}, owner: sam, expires: "2027-01-01"}\n'
    edit(scene, "pii", words)
    assert scene.entry("pii", 3).action is ChangeAction.EXCEPTION
    return scene


def an_exception_in_limited_with_approval(scene):
    """An exception of a policy that blocks, which Pia approves."""
    text = scene.read(FILE).replace(b"2026-12-01", b"2026-12-31")
    scene.write(FILE, text)
    scene.do("record", BOT, "--rationale", "a month more", by="erin")
    assert scene.entry(BOT, 4).action is ChangeAction.EXCEPTION
    scene.do("approve", BOT, "--yes", by="pia")
    return scene


def a_rebase_of_an_unrelated_commit(scene):
    """Work on something else is rebased over a change of a policy."""
    scene.git("switch", "-q", "-c", "other")
    scene.write("app.py", "print()\n")
    scene.commit("app")
    scene.git("switch", "-q", "main")
    edit(scene, "pii", "# more\n")
    scene.git("rebase", "-q", "main", "other")
    return scene


def a_rebase_of_a_change(scene):
    """A recorded change is rebased, so its commit has another id."""
    scene.git("switch", "-q", "-c", "change")
    edit(scene, "pii", "# more\n")
    scene.git("switch", "-q", "main")
    scene.write("app.py", "print()\n")
    scene.commit("app")
    scene.git("rebase", "-q", "main", "change")
    return scene


def an_amended_message(scene):
    """The commit's message, with its trailers, is written anew."""
    edit(scene, "pii", "# more\n")
    scene.git("commit", "-q", "--amend", "-m", "a better message")
    return scene


def a_checkout_with_crlf_by_setting(scene):
    """A clone on a system with other line endings."""
    (scene.folder / ".gitattributes").unlink()
    scene.commit("no attributes")
    clone = scene.clone(scene.folder.parent / "clone", "-c", "core.autocrlf=true")
    assert b"\r\n" in clone.read(FILE)
    return clone


def a_checkout_with_crlf_by_attributes(scene):
    """The repository asks for other line endings in working trees."""
    scene.write(".gitattributes", "*.yaml text eol=crlf\n*.json text eol=crlf\n")
    scene.commit("attributes")
    clone = scene.clone(scene.folder.parent / "clone")
    assert b"\r\n" in clone.read(FILE)
    assert b"\r\n" in clone.read(paths.entry_path(BOT, 1))
    return clone


def a_policy_with_crlf(scene):
    """A policy whose author writes CRLF, recorded as it is."""
    text = scene.read(PII).replace(b"id: pii", b"id: dos").replace(b"\n", b"\r\n")
    scene.write("policies/dos.yaml", text)
    scene.do("record", "dos", "--rationale", "because", by="erin")
    return scene


def a_linked_worktree(scene):
    """A second working tree of the same repository, with its own change."""
    folder = scene.folder.parent / "worktree"
    scene.git("worktree", "add", "-q", "-b", "other", str(folder))
    shutil.copytree(scene.folder / "policies", folder / "policies", dirs_exist_ok=True)
    linked = type(scene)(folder, scene.keys, scene.world)
    edit(linked, "pii", "# in the worktree\n")
    return linked


def a_full_clone(scene):
    """A clone."""
    return scene.clone(scene.folder.parent / "clone")


def a_shallow_clone(scene):
    """A clone of the last commit only."""
    return scene.clone(scene.folder.parent / "clone", "--depth", "1")


def a_sparse_checkout(scene):
    """A clone in which the ledger is not in the working tree."""
    clone = scene.clone(scene.folder.parent / "clone", "--sparse")
    clone.git("sparse-checkout", "set", "--no-cone", "/README.md")
    assert not (clone.folder / "policies").exists()
    return clone


def a_detached_head(scene):
    """What CI systems check out."""
    scene.git("checkout", "-q", "--detach")
    return scene


def a_packed_repository(scene):
    """Everything in packs, refs too."""
    edit(scene, "pii", "# more\n")
    scene.git("gc", "-q", "--prune=now")
    return scene


def unfinished_work(scene):
    """Files are edited, staged and deleted, and nothing of it is committed."""
    scene.write(FILE, "not yet\n")
    scene.git("add", FILE)
    scene.write(PII, "not yet\n")
    scene.remove(paths.entry_path(BOT, 1))
    scene.write("policies/new.yaml", "not yet\n")
    return scene


def files_that_are_no_policies(scene):
    """Notes beside the policies, code, a submodule and a link elsewhere."""
    scene.write("policies/README.md", "what these are\n")
    scene.write("policies/OWNERS", "erin\n")
    scene.write("app/policies/pii.yaml", "another thing\n")
    (scene.folder / "latest").symlink_to("policies/pii.yaml")
    scene.git("init", "-q", "vendor")
    scene.git("-C", "vendor", "commit", "-q", "--allow-empty", "-m", "x")
    scene.commit()
    return scene


def several_approvals(scene):
    """Under a root that asks for two of security and one of risk, three people approve."""
    rules = (
        ApprovalRule(need={}, to=(Stage.LOGGING,)),
        ApprovalRule(need={"security": 2, "risk": 1}),
    )
    scene.rotate(approvals=rules)
    scene.commit("stricter rules")
    edit(scene, BOT, "# more\n")
    for who in ("sam", "rita", "pia"):
        assert scene.verify().codes == {"APPROVALS_MISSING"}
        scene.do("approve", BOT, "--yes", by=who)
    return scene


def more_approvals_than_needed(scene):
    """Two people of the role approve where one would do."""
    scene.sign(BOT, 3, "pia", "security")
    scene.commit("me too")
    return scene


def two_authors(scene):
    """A second person signs as author of the same entry."""
    scene.sign("pii", 2, "ada")
    scene.commit("we wrote it together")
    return scene


def a_rotated_key(scene):
    """Sam's key is replaced; what the old one signed stands, the new one approves."""
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit("a new key")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="new")
    return scene


def several_keys_of_one_person(scene):
    """Sam has two keys and approves one entry with each."""
    scene.rotate(people={**scene.root().people, "sam": scene.member("sam", "new")})
    scene.commit("one more key")
    for key in ("new", "sam"):
        edit(scene, BOT, f"# {key}\n")
        scene.do("approve", BOT, "--yes", by=key)
    return scene


def an_approval_by_touch(scene):
    """The role asks for a touched hardware key, and gets it."""
    scene.ask_for_a_touch()
    scene.commit("a touch")
    edit(scene, BOT, "# more\n")
    scene.sign_by_token(BOT, 4, "sam", "security", touched=True)
    scene.commit("approved")
    return scene


def a_person_who_left(scene):
    """The author of everything is gone from the third root, and so is the old steward."""
    stewards = {"stewards": ("erin", "pia"), "threshold": 2}
    scene.rotate(by=("erin", "pia"), **stewards)
    people = {who: member for who, member in scene.root().people.items() if who != "erin"}
    changes = {
        "people": people,
        "stewards": ("pia",),
        "threshold": 1,
        "teams": {"assistants": ("olga",)},
        "roles": {
            name: type(role)(members=tuple(who for who in role.members if who != "erin"))
            for name, role in scene.root().roles.items()
        },
    }
    scene.rotate(by=("erin", "pia"), **changes)
    scene.commit("goodbye")
    text = scene.read(PII)
    scene.write(PII, text + b"# under new management\n")
    scene.do("record", "pii", "--rationale", "because", by="olga")
    return scene


def another_owner(scene):
    """A policy changes hands, and somebody who is neither owner approves."""
    scene.write(
        FILE, scene.read(FILE).replace(b"owner: assistants\napplies", b"owner: ada\napplies")
    )
    scene.do("record", BOT, "--rationale", "handed over", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def a_branch_that_was_given_up(scene):
    """Two branches change one policy, and only one of them is merged."""
    scene.git("switch", "-q", "-c", "lost")
    edit(scene, "pii", "# lost\n")
    scene.git("switch", "-q", "main")
    edit(scene, "pii", "# kept\n")
    return scene


def a_repository_with_sha256(scene):
    """A repository whose object ids are longer."""
    folder = scene.folder.parent / "long"
    scene.git("init", "-q", "-b", "main", "--object-format=sha256", str(folder))
    for name in ("policies", ".policyctl"):
        shutil.copytree(scene.folder / name, folder / name)
    long = type(scene)(folder, scene.keys, scene.world)
    long.commit("moved")
    edit(long, "pii", "# more\n")
    return long


def a_repository_below_a_link(scene):
    """The repository is reached through a symbolic link."""
    link = scene.folder.parent / "link"
    link.symlink_to(scene.folder)
    return type(scene)(link, scene.keys, scene.world)


def a_folder_below_the_top(scene):
    """The command runs somewhere inside the repository."""
    return type(scene)(scene.folder / "policies", scene.keys, scene.world)


def a_plain_copy_of_the_files(scene):
    """The files are committed to a new repository by plain git, in any order, on any day."""
    folder = scene.folder.parent / "new"
    scene.git("init", "-q", "-b", "trunk", str(folder))
    for name in ("policies", ".policyctl"):
        shutil.copytree(scene.folder / name, folder / name)
    moved = type(scene)(folder, scene.keys, {**scene.world, "GIT_COMMITTER_DATE": "@0 +0000"})
    moved.commit("moved")
    return moved


def two_of_three(scene):
    """Erin shares the trust root with Pia and Rita, and two of them sign every version."""
    wishes = ("--add-steward", "pia", "--add-steward", "rita", "--threshold", "2")
    scene.do("root", "propose", *wishes, "--rationale", "no one alone", by="erin")
    assert scene.verify().codes == {"ROOT_THRESHOLD"}
    scene.do("root", "sign", "--yes", by="rita")
    return scene


def a_proposal_that_was_withdrawn(scene):
    """A proposal is taken back, and another one made in its place."""
    two_of_three(scene)
    scene.do("root", "propose", "--threshold", "1", "--rationale", "easier", by="pia")
    edit(scene, "pii", "# meanwhile\n")
    scene.do("root", "withdraw", by="rita")
    scene.do("root", "propose", "--add-member", "risk=ada", "--rationale", "help", by="pia")
    scene.do("root", "sign", "--yes", by="erin")
    return scene


def a_steward_replaced(scene):
    """A steward gives up the office and another person takes it, signed by the two who stay."""
    two_of_three(scene)
    wishes = ("--remove-steward", "erin", "--add-steward", "sam")
    scene.do("root", "propose", *wishes, "--rationale", "a new task", by="pia")
    scene.do("root", "sign", "--yes", by="rita")
    scene.do("root", "propose", "--add-team", "shop=ada", "--rationale", "a shop", by="sam")
    scene.do("root", "sign", "--yes", by="pia")
    return scene


def several_keys(scene):
    """Sam approves with a second key, and gives up the first one afterwards."""
    new = scene.keys / "new"
    scene.do("root", "propose", "--add-key", f"sam={new}.pub", "--rationale", "two", by="erin")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="new")
    old = f"sam={scene.keys / 'sam'}.pub"
    scene.do("root", "propose", "--revoke-key", old, "--rationale", "one", by="erin")
    edit(scene, BOT, "# even more\n")
    scene.do("approve", BOT, "--yes", by="new")
    return scene


def a_steward_who_rotates_alone(scene):
    """The only steward takes a new key in one version, and gives up the old one in the next."""
    new, old = scene.keys / "new", f"erin={scene.keys / 'erin'}.pub"
    scene.do("root", "propose", "--add-key", f"erin={new}.pub", "--rationale", "new", by="erin")
    scene.do("root", "propose", "--revoke-key", old, "--rationale", "old", by="new")
    return scene


def an_owner_who_is_gone(scene):
    """A team ends although it owns policies, and one of them is handed over afterwards."""
    wishes = ("--remove-group", "assistants", "--force", "--rationale", "dissolved")
    scene.do("root", "propose", *wishes, by="erin")
    text = scene.read(PII).replace(b"owner: assistants\napplies", b"owner: olga\napplies")
    scene.write(PII, text)
    scene.do("record", "pii", "--rationale", "handed over", by="olga")
    return scene


def step_back(scene):
    words = ("--to", "logging", "--rationale", "it blocks orders", "--emergency")
    scene.do("demote", BOT, *words, by="sam")


def an_emergency_that_was_approved(scene):
    """Sam steps back at once, and Pia approves it afterwards."""
    step_back(scene)
    scene.do("approve", BOT, "--yes", by="pia")
    return scene


def work_on_an_emergency_before_it_is_approved(scene):
    """The policy is corrected while the approval is still owed, and then both are approved."""
    step_back(scene)
    edit(scene, BOT, "# corrected\n")
    scene.do("approve", BOT, "--yes", by="pia")
    edit(scene, BOT, "# more\n")
    return scene


def a_change_that_was_withdrawn(scene):
    """An edit is recorded, taken back, and recorded in other words."""
    edit(scene, BOT, "# more\n")
    scene.do("withdraw", BOT, by="erin")
    scene.do("record", BOT, "--rationale", "in other words", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def a_change_that_was_annulled(scene):
    """The exception is annulled, which is approved like a change."""
    before = scene.entry(BOT, 3).before
    scene.do("void", BOT, "--rationale", "not needed", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    assert scene.entry(BOT, 4).after == before
    return scene


def work_after_an_annulment(scene):
    """An edit in logging is annulled, and the policy is edited again."""
    scene.do("void", "pii", "--rationale", "not needed", by="erin")
    scene.do("approve", "pii", "--yes", by="sam")
    edit(scene, "pii", "# again\n")
    return scene


def a_policy_that_was_registered_by_mistake(scene):
    """The registration is annulled, and the policy registered again."""
    text = scene.read(PII).replace(b"id: pii", b"id: new")
    for _ in range(2):
        scene.write("policies/new.yaml", text)
        scene.do("record", "new", "--rationale", "because", by="erin")
        scene.do("void", "new", "--rationale", "too early", by="erin")
        scene.do("approve", "new", "--yes", by="sam")
    return scene


def a_reason_that_was_redacted(scene):
    """A steward takes a reason out, and work goes on."""
    scene.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")
    assert b"measured" not in scene.read(paths.entry_path(BOT, 2))
    return scene


def review(scene, policy=BOT, by="erin"):
    scene.do("record", policy, "--reviewed", "--rationale", "it may stay", by=by)


def reviews_that_change_nothing(scene):
    """The owners look at their policies again, twice, and work goes on between."""
    review(scene)
    scene.do("approve", BOT, "--yes", by="sam")
    review(scene, "pii")
    edit(scene, "pii", "# more\n")
    review(scene, "pii", by="olga")
    review(scene)
    scene.do("approve", BOT, "--yes", by="pia")
    return scene


def a_review_by_a_rule_of_its_own(scene):
    """Governance asks risk about reviews, where security approves edits."""
    rules = (
        *scene.root().approvals,
        ApprovalRule(need={"risk": 1}, actions=(ChangeAction.REVIEW,)),
    )
    scene.rotate(approvals=rules)
    scene.commit("risk looks at reviews")
    review(scene)
    scene.do("approve", BOT, "--yes", by="rita")
    edit(scene, BOT, "# more\n")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def a_change_annulled_behind_a_review(scene):
    """What was reviewed turns out to be wrong: the change before the review is annulled."""
    review(scene)
    scene.do("approve", BOT, "--yes", by="sam")
    scene.do("void", BOT, "--rationale", "wrong after all", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def a_review_whose_reason_was_redacted(scene):
    """The reason of a review named somebody."""
    review(scene)
    scene.do("approve", BOT, "--yes", by="sam")
    scene.do("redact", BOT, str(scene.last(BOT)), "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def a_redaction_by_two_stewards(scene):
    """Where the root asks for two stewards, the second signs what the first began."""
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=2)
    scene.commit("two stewards")
    scene.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    assert scene.verify().codes == {"TOMBSTONE_THRESHOLD"}
    scene.write(FILE, scene.read(FILE) + b"# more\n")
    refused = scene.policyctl("record", BOT, "--rationale", "x", by="erin")
    assert "has 1 of the 2 signatures that stewards owe" in refused.err
    scene.git("restore", FILE)
    scene.do("redact", BOT, "2", by="olga")
    return scene


def several_policies_in_one_change(scene):
    """One change edits two policies, and is approved as one."""
    for path in (FILE, PII):
        scene.write(path, scene.read(path) + b"# more\n")
    scene.do("record", BOT, "pii", "--rationale", "both", by="erin")
    scene.do("approve", "--change", scene.entry(BOT, 4).change, "--yes", by="sam")
    return scene


def an_approval_that_somebody_else_added(scene):
    """Sam prints what he signed, and Ada commits it."""
    edit(scene, BOT, "# more\n")
    printed = scene.do("approve", BOT, "--yes", "--print", by="sam").out
    file = scene.folder.parent / "approval"
    file.write_text(printed)
    scene.do("approve", BOT, "--add", str(file), by="ada")
    return scene


HISTORIES = (
    two_of_three,
    a_proposal_that_was_withdrawn,
    a_steward_replaced,
    several_keys,
    a_steward_who_rotates_alone,
    an_owner_who_is_gone,
    nothing_more,
    two_policies_in_parallel_branches,
    new_policies_in_parallel_branches,
    a_squash_merge,
    an_approval_on_another_branch,
    an_approval_by_cherry_pick,
    edits_in_logging,
    an_exception_in_logging,
    an_exception_in_limited_with_approval,
    a_rebase_of_an_unrelated_commit,
    a_rebase_of_a_change,
    an_amended_message,
    a_checkout_with_crlf_by_setting,
    a_checkout_with_crlf_by_attributes,
    a_policy_with_crlf,
    a_linked_worktree,
    a_full_clone,
    a_shallow_clone,
    a_sparse_checkout,
    a_detached_head,
    a_packed_repository,
    unfinished_work,
    files_that_are_no_policies,
    several_approvals,
    more_approvals_than_needed,
    two_authors,
    a_rotated_key,
    several_keys_of_one_person,
    an_approval_by_touch,
    a_person_who_left,
    another_owner,
    a_branch_that_was_given_up,
    a_repository_with_sha256,
    a_repository_below_a_link,
    reviews_that_change_nothing,
    a_review_by_a_rule_of_its_own,
    a_change_annulled_behind_a_review,
    a_review_whose_reason_was_redacted,
    a_folder_below_the_top,
    a_plain_copy_of_the_files,
    an_emergency_that_was_approved,
    work_on_an_emergency_before_it_is_approved,
    a_change_that_was_withdrawn,
    a_change_that_was_annulled,
    work_after_an_annulment,
    a_policy_that_was_registered_by_mistake,
    a_reason_that_was_redacted,
    a_redaction_by_two_stewards,
    several_policies_in_one_change,
    an_approval_that_somebody_else_added,
)


@pytest.mark.parametrize("history", HISTORIES)
def test_an_honest_history_has_no_findings(history, scene, pin):
    done = history(scene).verify("--pin", pin)

    assert (done.code, done.report["findings"]) == (0, [])
    assert done.report["status"] == "pass"
    assert done.report["result"]["entries"] >= 5
    assert history.__doc__.endswith(".")


TOLD = {
    # A signature beside a settled entry is told by whoever saw the entry settled.
    more_approvals_than_needed: {"SIG_LATE"},
    two_authors: {"SIG_LATE"},
    # The branch itself held what nobody approved; it should have been withdrawn before a merge.
    a_change_that_was_withdrawn: {"HISTORICAL_UNAPPROVED_STATE"},
}
"""What a history shows that one commit does not, and rightly."""


@pytest.mark.parametrize("history", HISTORIES)
def test_an_honest_history_went_through_nothing_but_waiting(history, scene, pin):
    done = history(scene).verify("--pin", pin, "--history")

    if history is a_shallow_clone:
        assert done.code == 3
        return
    errors = {item["code"] for item in done.report["findings"] if item["severity"] == "error"}
    assert errors == TOLD.get(history, set())
    assert done.codes - errors <= {"HISTORICAL_UNAPPROVED_STATE"}


APART = (
    a_linked_worktree,
    a_repository_with_sha256,
    a_plain_copy_of_the_files,
    a_folder_below_the_top,
)
"""No server could compare these with what it had, or they are not the top of a repository."""


@pytest.mark.parametrize("history", [item for item in HISTORIES if item not in APART])
def test_a_server_takes_an_honest_history(history, scene):
    before = scene.git("rev-parse", "HEAD")

    done = history(scene).receive(before, "HEAD")

    late = "SIG_LATE" in TOLD.get(history, set())
    assert (done.code, "SIG_LATE" in done.err) == (int(late), late)


def test_git_itself_refuses_two_branches_that_change_one_policy(scene):
    for branch in ("ours", "theirs"):
        scene.git("switch", "-q", "-c", branch, "main")
        edit(scene, "pii", f"# {branch}\n")

    with pytest.raises(subprocess.CalledProcessError) as caught:
        scene.git("merge", "-q", "-m", "both", "ours")

    assert "CONFLICT (add/add)" in caught.value.stdout
    assert (scene.folder / ".git/MERGE_HEAD").exists()


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_fork_that_is_resolved_to_one_side_is_sound_again(scene, side):
    for branch in ("this", "that"):
        scene.git("switch", "-q", "-c", branch, "main")
        edit(scene, "pii", f"# {branch}\n")

    scene.git("merge", "-q", "-m", "one of both", "-X", side, "this")

    assert scene.verify().codes == set()
