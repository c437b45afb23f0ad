"""What a branch went through before it was as it is, which a fast-forward would bring along."""

import json

import pytest

from policyctl.core import paths

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
NOTE = "merge with a merge commit or a squash"


def branch(scene, name):
    scene.git("switch", "-q", "-c", name, "main")


def edit(scene, policy, words):
    path = paths.policy_path(policy)
    scene.write(path, scene.read(path) + words.encode())


def record(scene, policy, words="# more\n"):
    edit(scene, policy, words)
    scene.do("record", policy, "--rationale", "because", by="erin")


def approve(scene, policy):
    scene.do("approve", policy, "--yes", by="sam")


def take_main(scene):
    """Merge main, and keep what it has of everything."""
    scene.git("merge", "-q", "-s", "ours", "--no-commit", "main")
    scene.git("read-tree", "-um", "main")
    scene.git("commit", "-q", "-m", "take theirs")


def one_change(scene):
    record(scene, BOT)
    approve(scene, BOT)


def several_changes(scene):
    one_change(scene)
    record(scene, "pii")
    scene.write("README.md", "more\n")
    scene.commit()


def main_taken_in(scene):
    one_change(scene)
    scene.git("switch", "-q", "main")
    record(scene, "pii")
    scene.git("switch", "-q", "change")
    scene.git("merge", "-q", "-m", "take main in", "main")


def a_new_root(scene):
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit()
    record(scene, "pii")


def begun_again(scene):
    """Both changed one policy; the branch gave its own entry up."""
    one_change(scene)
    scene.git("switch", "-q", "main")
    record(scene, BOT, "# theirs\n")
    approve(scene, BOT)
    scene.git("switch", "-q", "change")
    take_main(scene)


def begun_again_and_recorded(scene):
    begun_again(scene)
    record(scene, BOT, "# once more\n")
    approve(scene, BOT)


def committed_before_it_was_recorded(scene):
    edit(scene, BOT, "# more\n")
    scene.commit()
    scene.do("record", BOT, "--rationale", "because", by="erin")
    approve(scene, BOT)


def withdrawn(scene):
    record(scene, BOT)
    scene.do("withdraw", BOT, "--pushed", by="erin")
    scene.git("checkout", "-q", "--", ".")


def withdrawn_beside_another(scene):
    withdrawn(scene)
    record(scene, "pii")


SOUND = (one_change, several_changes, main_taken_in, a_new_root)
BROKEN = (
    begun_again,
    begun_again_and_recorded,
    committed_before_it_was_recorded,
    withdrawn,
    withdrawn_beside_another,
)


def gate(scene, *more):
    return scene.policyctl("promote", "--check", "--base", "main", *more)


def notes(scene):
    done = gate(scene, "--format", "json")
    assert done.code == 0, done.out
    return json.loads(done.out)["result"]["notes"]


@pytest.mark.parametrize("made", [*SOUND, *BROKEN], ids=lambda made: made.__name__)
def test_the_gate_says_how_to_merge_where_a_fast_forward_would_break_the_history(scene, made):
    branch(scene, "change")
    made(scene)

    said = [note for note in notes(scene) if note.startswith(NOTE)]

    assert bool(said) is (made in BROKEN)
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--ff-only", "change")
    assert scene.verify("--history").code == (4 if said else 0)


@pytest.mark.parametrize("made", BROKEN, ids=lambda made: made.__name__)
@pytest.mark.parametrize("how", [("--no-ff",), ("--squash",)], ids=lambda how: how[0][2:])
def test_what_it_advises_keeps_the_history_whole(scene, made, how):
    branch(scene, "change")
    made(scene)
    scene.git("switch", "-q", "main")

    scene.git("merge", "-q", *how, "change")
    scene.commit()

    assert scene.verify("--history").code == 0


def test_the_note_names_the_first_state_and_counts_the_others(scene):
    branch(scene, "change")
    committed_before_it_was_recorded(scene)
    first = scene.git("rev-parse", "--short=12", "change~2")
    second = scene.git("rev-parse", "--short=12", "change~1")

    assert notes(scene)[0] == (
        "merge with a merge commit or a squash: fast-forwarded or rebased, 'verify --history' would"
        f" find earlier states of the branch for good (from commit {first} until {second}:"
        f" {FILE} is not what entry 3 recorded: it was changed without an entry"
        " (UNRECORDED_CHANGE))"
    )


def test_a_branch_that_changes_nothing_any_more_is_told_as_well(scene):
    branch(scene, "change")
    begun_again(scene)

    first, *more = gate(scene).out.splitlines()

    assert first == "pass: no policy changed since 'main'"
    assert NOTE in " ".join(more)
    assert NOTE in gate(scene, "--format", "markdown").out
