"""Revisions that mean something else than they seem to, and merges of more than two."""

import pytest

from policyctl.core import paths

BOT = "team-assistant"
FILE, PII = paths.policy_path(BOT), paths.policy_path("pii")


def edit(scene, policy, words="# more\n"):
    path = paths.policy_path(policy)
    scene.write(path, scene.read(path) + words.encode())
    scene.do("record", policy, "--rationale", "because", by="erin")


def gate(scene, base="main", head="HEAD"):
    return scene.policyctl("promote", "--check", "--base", base, "--head", head, "--format", "json")


def octopus(scene, *others, tree="HEAD"):
    """A merge of the branch that is checked out with several others, with the files of one."""
    parents = [word for rev in ("HEAD", *others) for word in ("-p", rev)]
    made = scene.git("commit-tree", f"{tree}^{{tree}}", *parents, "-m", "all of them")
    scene.git("reset", "-q", "--hard", made)


@pytest.fixture
def three(scene):
    """Two branches beside ``main``: one edits ``pii``, the other has a file for people."""
    scene.git("branch", "before")
    scene.git("switch", "-q", "-c", "notes")
    scene.write("NOTES.md", "for people\n")
    scene.commit("notes")
    scene.git("switch", "-q", "-c", "work", "main")
    edit(scene, "pii")
    scene.git("switch", "-q", "main")
    return scene


# Octopus merges


def test_an_honest_octopus_passes_everywhere(three):
    three.git("merge", "-q", "--no-ff", "-m", "all of them", "notes", "work", "meanwhile")
    assert len(three.git("rev-list", "--parents", "-1", "HEAD").split()) == 5

    assert three.verify().codes == set()
    assert three.verify("--base", "before").codes == set()
    assert three.verify("--history").code == 0
    assert three.receive("before", "main").code == 0
    assert gate(three, "before").code == 0


def test_an_octopus_that_leaves_out_an_entry_of_a_later_parent_is_told(three):
    octopus(three, "notes", "meanwhile", "work")

    assert three.verify().codes == set()
    assert "ROLLBACK_OR_TRUNCATION" in three.verify("--history").codes
    assert three.verify("--base", "work").codes == {"ROLLBACK_OR_TRUNCATION"}
    assert three.receive("work", "main").code == 1
    assert gate(three, "work").code == 4


def test_an_octopus_that_brings_what_none_of_its_parents_has_is_told(three):
    three.git("merge", "-q", "-m", "all of them", "notes", "work", "meanwhile")
    three.edit(FILE, "stage: limited", "stage: enforce")
    three.git("commit", "-q", "-a", "--amend", "-m", "all of them")

    for done in (three.verify(), three.verify("--base", "before"), three.verify("--history")):
        assert (done.code, "UNRECORDED_CHANGE" in done.codes) == (4, True)
    assert three.receive("before", "main").code == 1
    assert gate(three, "before").code == 1


def test_a_parent_that_is_named_among_many_hides_no_loss(three):
    """The branch claims to have merged its base, and has none of what came to it."""
    three.git("switch", "-q", "-c", "attack", "notes")
    octopus(three, "meanwhile", "work", "main")
    three.git("switch", "-q", "main")
    three.git("merge", "-q", "--ff-only", "work")

    done = three.verify("--base", "main", "--rev", "attack")

    assert (done.code, done.codes) == (4, {"ROLLBACK_OR_TRUNCATION"})
    assert gate(three, "main", "attack").code == 4


# Names like ids


@pytest.mark.parametrize("kind", ["branch", "tag"])
@pytest.mark.parametrize("shape", ["{}", "x-1-g{}"])
def test_a_ref_that_is_called_like_the_beginning_of_an_id_takes_no_ones_place(scene, kind, shape):
    edit(scene, "pii")
    short = shape.format(scene.git("rev-parse", "HEAD")[:10])
    scene.git("switch", "-q", "-c", "attack", "HEAD~1")
    scene.write("NOTES.md", "without what came to main\n")
    scene.commit()
    assert scene.verify("--base", short).code == 0  # behind, and nothing lost
    scene.git(kind, short, "HEAD")

    for done in (scene.verify("--base", short), scene.verify("--rev", short), gate(scene, short)):
        ref = f"refs/{kind.replace('branch', 'head')}s/{short}"
        assert (done.code, done.report["status"]) == (2, "not_judged")
        assert done.report["error"]["message"].startswith(f"'{short}' means {ref} and the commit ")
    assert scene.verify("--base", "main").code == 0


def test_a_ref_that_is_called_like_an_id_means_itself_where_there_is_no_such_object(scene):
    for name in ("cafe", "deadbeef", "x-1-gdeadbeef", "abad1dea" * 4):
        scene.git("branch", name)
        assert scene.verify("--base", name).code == 0


def test_a_short_id_without_a_ref_means_its_commit(scene):
    assert scene.verify("--base", scene.git("rev-parse", "HEAD~1")[:9]).code == 0


def test_a_whole_id_is_never_a_ref(scene):
    oid = scene.git("rev-parse", "HEAD")
    scene.git("update-ref", f"refs/heads/{oid}", "HEAD~1")
    scene.git("update-ref", f"refs/tags/{oid}", "HEAD~1")

    assert scene.verify("--rev", oid).report["result"]["commit"] == oid
