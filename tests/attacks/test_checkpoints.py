"""What takes back, rewrites or forks a ledger, seen by a checkpoint in a tag or kept elsewhere."""

import base64
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from policyctl.core import paths
from policyctl.core.entry import ChangeAction

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
TAG = "refs/tags/policyctl/checkpoint/"
FETCH = ("fetch", "-q", "--force", "origin", f"{TAG}*:{TAG}*")


def approval_of_the_promotion(scene):
    log = scene.git("log", "--format=%H", "--", paths.signature_path(BOT, 2, "sam", "security"))
    return log.split()[0]


def revert_the_last_change_with_its_entry(scene):
    """The exception and its record are both gone, as if they had never been."""
    scene.remove(*scene.files_of(BOT, 3))
    scene.write(FILE, scene.git("show", f"{approval_of_the_promotion(scene)}:{FILE}") + "\n")


def go_back_to_an_older_history(scene):
    """The files are those of a commit that was once sound."""
    scene.git("read-tree", "-u", "--reset", approval_of_the_promotion(scene))


def forget_a_policy_altogether(scene):
    """A policy, its log and its evidence vanish together."""
    scene.git("rm", "-rqf", "policies/pii.yaml", ".policyctl/log/pii")


def strip_an_approval_above_the_threshold(scene):
    """Of two approvals, where one is owed, the second is removed."""
    scene.remove(paths.signature_path(BOT, 3, "pia", "security"))


def add_an_approval_later(scene):
    """Somebody approves what was settled long ago."""
    scene.sign(BOT, 2, "pia", "security")


def tell_the_last_entry_otherwise(scene):
    """The last entry of a policy is written anew, by those who may."""
    for path in scene.files_of("pii", 2):
        scene.remove(path)
    policy = scene.read("policies/pii.yaml") + b"# for you\n"
    scene.forge("pii", policy, approved={}, action=ChangeAction.EDIT)


def sign_with_a_revoked_key_under_the_old_root(scene):
    """A key that root 2 revokes signs a new entry that names root 1."""
    scene.forge(BOT, scene.read(FILE) + b"# more\n", action=ChangeAction.EDIT)


def remove_the_newest_root(scene):
    """A root that no entry names yet is removed, and what it revoked counts again."""
    scene.remove(paths.root_path(3), paths.root_signature_path(3, "erin"))


LOST = "ROLLBACK_OR_TRUNCATION"
SEEN: dict[Callable[..., None], str] = {
    revert_the_last_change_with_its_entry: LOST,
    go_back_to_an_older_history: f"{LOST} ROOT_ROLLBACK",
    forget_a_policy_altogether: LOST,
    strip_an_approval_above_the_threshold: LOST,
    add_an_approval_later: LOST,
    tell_the_last_entry_otherwise: LOST,
    sign_with_a_revoked_key_under_the_old_root: "NEW_ENTRY_UNDER_OLD_ROOT",
    remove_the_newest_root: "ROOT_ROLLBACK",
}


@pytest.fixture(scope="module")
def witnessed(base, workshop):
    """The repository with a second approval, two more roots, and four checkpoints."""
    scene = base.copy(workshop / "witnessed")
    scene.sign(BOT, 3, "pia", "security")
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit("a second approval, and a new key")
    scene.do("checkpoint", by="erin")
    for number in range(2):
        text = scene.read("policies/pii.yaml").replace(b"id: pii", b"id: new-%d" % number)
        scene.write(f"policies/new-{number}.yaml", text)
        scene.do("record", f"new-{number}", "--rationale", "because", by="erin")
        scene.do("checkpoint", by="erin")
    scene.rotate()
    scene.commit("a third root")
    scene.do("checkpoint", by="erin")
    assert scene.verify().report["result"]["level"] == "tree+checkpoint"
    scene.write("../witnessed.notes", scene.do("checkpoint", "--show").out)
    return scene


@pytest.fixture
def notes(witnessed):
    return str(witnessed.folder.parent / "witnessed.notes")


@pytest.fixture
def copy(witnessed, place):
    return witnessed.copy(place / "repository")


@pytest.mark.parametrize("make", SEEN)
@pytest.mark.parametrize("way", ["merge", "squash"])
@pytest.mark.parametrize("depth", ["full", "depth-1"])
def test_it_is_seen_by_tags_and_by_notes_that_were_kept(make, way, depth, copy, notes, place):
    copy.git("switch", "-q", "-c", "attack")
    make(copy)
    copy.commit("an improvement")
    copy.git("switch", "-q", "main")
    copy.git("merge", "-q", *(["--squash"] if way == "squash" else ["--no-ff"]), "attack")
    if way == "squash":
        copy.git("commit", "-q", "-m", "merged")
    clone = copy.clone(place / "clone", *(["--depth", "1"] if depth == "depth-1" else []))
    clone.git(*FETCH)

    by_tags, by_notes = clone.verify(), clone.verify("--checkpoint", notes)

    assert by_tags.codes == by_notes.codes == set(SEEN[make].split())
    assert by_tags.code == by_notes.code == 4


@pytest.mark.parametrize("depth", ["full", "depth-1"])
def test_a_branch_that_was_pushed_back_is_seen_by_whoever_clones_it(copy, notes, place, depth):
    copy.git("reset", "-q", "--hard", "HEAD~2")
    clone = copy.clone(place / "clone", *(["--depth", "1"] if depth == "depth-1" else []))
    clone.git(*FETCH)

    assert clone.verify().codes == {LOST}
    assert clone.verify("--checkpoint", notes).codes == {LOST}


def test_a_branch_that_was_pushed_back_is_seen_though_another_branch_holds_the_commit(copy, place):
    copy.git("branch", "backup")
    copy.git("reset", "-q", "--hard", "HEAD~2")
    clone = copy.clone(place / "clone")

    assert clone.verify().codes == {LOST}


def test_a_checkpoint_that_moved_to_another_number_or_is_no_tag_object_is_invalid(copy):
    copy.git("tag", "policyctl/checkpoint/5")
    copy.git("tag", "-a", "-m", "x", "policyctl/checkpoint/latest")
    note = copy.git("cat-file", "tag", "policyctl/checkpoint/2")
    other = copy.git("mktag", stdin=note.replace("checkpoint/2", "checkpoint/6", 1) + "\n")
    copy.git("update-ref", f"{TAG}6", other)

    done = copy.verify()

    assert (done.code, done.codes) == (4, {"CHECKPOINT_INVALID"})
    assert len(done.report["findings"]) == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\ngrew pii 2\n", "\ngrew pii 1\n"),
        ("\n— policyctl", "\n— policyctl/x"),
        ("checkpoint 3\n", "checkpoint 03\n"),
        ("\nroot 2 ", "\nroot 1 "),
        ("AAAA", "AAAB"),
    ],
)
def test_an_edited_note_is_invalid_or_claims_a_root_that_is_not_there(copy, place, notes, old, new):
    text = Path(notes).read_text(encoding="utf-8")
    assert old in text
    (place / "edited").write_text(text.replace(old, new), encoding="utf-8")

    done = copy.verify("--checkpoint", str(place / "edited"))

    assert done.code == 4
    assert done.codes <= {"CHECKPOINT_INVALID", "ROOT_ROLLBACK", "CHECKPOINT_FORK"}


def test_a_note_of_somebody_who_may_not_sign_counts_for_nothing(copy):
    refused = copy.policyctl("checkpoint", by="sam")
    text = copy.read("policies/pii.yaml").replace(b"id: pii", b"id: one-more")
    copy.write("policies/one-more.yaml", text)
    copy.do("record", "one-more", "--rationale", "because", by="erin")
    denied = copy.policyctl("checkpoint", by="ada")

    assert "nothing grew" in refused.out
    assert (denied.code, denied.err) == (
        1,
        "policyctl: 'ada' may not sign checkpoints under trust root 3\n"
        "  = one of these may: erin\n",
    )


def test_two_readers_who_were_shown_two_histories_find_out_when_they_compare_notes(base, place):
    ours, theirs = base.copy(place / "ours"), base.copy(place / "theirs")
    for scene, words in ((ours, b"# ours\n"), (theirs, b"# theirs\n")):
        scene.do("checkpoint", by="erin")
        scene.write("policies/pii.yaml", scene.read("policies/pii.yaml") + words)
        scene.do("record", "pii", "--rationale", "because", by="erin")
        scene.do("checkpoint", by="erin")
        scene.write("../kept", scene.do("checkpoint", "--show").out)
        (place / "kept").rename(place / scene.folder.name / "kept")

    done = ours.verify("--checkpoint", str(theirs.folder / "kept"))

    assert "CHECKPOINT_FORK" in done.codes
    assert done.code == 4


def test_checkpoints_that_are_missing_in_between_are_not_passed_over(copy):
    copy.git("tag", "-d", "policyctl/checkpoint/2")

    done = copy.verify()

    assert (done.code, done.codes) == (3, {"CHECKPOINT_MISSING"})
    assert done.report["status"] == "not_judged"


def test_a_shallow_clone_that_got_the_last_checkpoint_alone_says_so_and_is_judged_for_itself(
    copy, place
):
    clone = copy.clone(place / "clone", "--depth", "1")
    if not clone.git("tag"):
        clone.git("fetch", "-q", "origin", f"{TAG}4:{TAG}4")

    done = clone.verify()

    assert (done.code, done.report["result"]["level"]) == (0, "tree")
    assert "checkpoint 4 was not compared" in done.report["result"]["notices"][0]


def honest_older_commit(scene):
    scene.git("checkout", "-q", "--detach", "HEAD~3")


def honest_branch_from_before(scene):
    scene.git("switch", "-q", "-c", "mine", "HEAD~3")
    scene.write("policies/pii.yaml", scene.read("policies/pii.yaml") + b"# mine\n")
    scene.do("record", "pii", "--rationale", "because", by="erin")


@pytest.mark.parametrize("honest", [honest_older_commit, honest_branch_from_before])
def test_an_older_commit_or_branch_is_judged_for_itself_and_called_so(copy, place, honest):
    clone = copy.clone(place / "clone")
    honest(clone)

    done = clone.verify()

    assert (done.code, done.codes) == (0, set())
    assert "it is older or on another line, and judged for itself" in str(done.report["result"])


def test_a_main_branch_that_is_behind_its_remote_is_only_older(copy, place):
    clone = copy.clone(place / "clone")
    clone.git("reset", "-q", "--hard", "HEAD~1")

    assert clone.verify().codes == set()


def test_honest_work_between_checkpoints_is_covered_by_the_next_one(copy):
    for name in ("first", "second"):
        copy.git("switch", "-q", "-c", name, "main")
        text = copy.read("policies/pii.yaml").replace(b"id: pii", b"id: " + name.encode())
        copy.write(f"policies/{name}.yaml", text)
        copy.do("record", name, "--rationale", "because", by="erin")
    copy.git("switch", "-q", "main")
    copy.git("merge", "-q", "--no-ff", "-m", "first", "first")
    copy.git("merge", "-q", "--squash", "second")
    copy.git("commit", "-q", "-m", "second")
    assert copy.verify().codes == set()
    made = copy.do("checkpoint", "--format", "json", by="erin").report["result"]
    copy.rotate()
    copy.commit("rotate")
    rotated = copy.do("checkpoint", "--format", "json", by="erin").report["result"]
    copy.git("gc", "-q")

    done = copy.verify()

    assert made["grew"] == {"first": 1, "second": 1}
    assert (rotated["grew"], rotated["root"], rotated["size"]) == ({}, 4, made["size"])
    assert (done.code, done.report["result"]["level"]) == (0, "tree+checkpoint")
    assert [item["compared"] for item in done.report["result"]["checkpoints"]] == [True] * 6


def test_a_pending_change_is_not_covered(copy):
    copy.write(FILE, copy.read(FILE) + b"# more\n")
    copy.do("record", BOT, "--rationale", "because", by="erin")

    done = copy.policyctl("checkpoint", by="erin")

    assert done.code == 1
    assert "lacks 1 x security" in done.err


def test_a_rationale_that_is_redacted_later_leaves_every_checkpoint_as_it_was(copy, notes):
    copy.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    copy.do("approve", BOT, "--yes", by="pia")

    done = copy.verify("--checkpoint", notes)
    again = copy.do("checkpoint", "--format", "json", by="erin").report["result"]

    assert (done.codes, done.report["result"]["level"]) == (set(), "tree+checkpoint")
    assert again["grew"] == {BOT: 4}
    assert "**why**: *redacted*" in copy.do("changelog").out


def test_an_emergency_is_owed_until_it_is_settled_and_must_not_vanish(base, place):
    scene = base.copy(place / "repository")
    words = ("--to", "logging", "--rationale", "it blocks orders", "--emergency")
    scene.do("demote", BOT, *words, by="sam")
    first = scene.do("checkpoint", "--format", "json", by="erin").report["result"]
    gone = scene.copy(place / "gone")
    scene.rotate()
    scene.commit("rotate")
    scene.do("checkpoint", by="erin")
    scene.do("approve", BOT, "--yes", by="pia")
    later = scene.do("checkpoint", "--format", "json", by="erin").report["result"]

    assert (first["grew"][BOT], [item["entry"] for item in first["owed"]]) == (3, [4])
    assert (later["grew"], later["owed"]) == ({BOT: 4}, [])
    assert scene.verify().codes == set()
    gone.git("revert", "--no-edit", "HEAD")
    assert gone.verify().codes == {LOST}


def test_a_note_under_a_root_that_is_not_there_is_no_witness(base, place):
    scene = base.copy(place / "repository")
    aside = scene.git("commit-tree", "-p", "HEAD", "-m", "aside", "HEAD^{tree}")
    scene.git("update-ref", "refs/heads/aside", aside)
    text = (
        f"policyctl/ledger/{scene.root().log}\n0\n{base64.b64encode(sha256(b'').digest()).decode()}"
        f"\ncheckpoint 1\nroot 9 {'0' * 64}\n"
    )
    line = base64.b64encode(b"anybody's").decode()
    note = f"{text}\n— policyctl/ledger/{scene.root().log} {line}\n"
    name = "policyctl/checkpoint/1"
    head = f"object {aside}\ntype commit\ntag {name}\ntagger M <m@example.org> 1 +0000\n\n"
    scene.git("update-ref", f"{TAG}1", scene.git("mktag", stdin=head + note))
    scene.git("checkout", "-q", "--detach", "HEAD~1")

    done = scene.verify()

    assert (done.codes, done.report["result"]["level"]) == (set(), "tree")
    assert "judged for itself" in str(done.report["result"]["notices"])


TAKEN_BACK = [make for make in SEEN if make is not sign_with_a_revoked_key_under_the_old_root]


@pytest.mark.parametrize("make", TAKEN_BACK)
@pytest.mark.parametrize(
    "asked", [("--prove", "1"), ("--prove", f"{BOT}/1"), ("--show",), ()], ids=" ".join
)
def test_nothing_is_proved_or_stated_of_a_ledger_that_lost_something(copy, make, asked):
    make(copy)
    copy.commit()

    done = copy.policyctl("checkpoint", *asked, by="erin")

    assert (done.code, done.out) == (4, "")
    assert "the commit does not verify" in done.err
