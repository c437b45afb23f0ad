"""A revoked key, or one whose person left the role, approves what waits under an older root."""

from dataclasses import replace

import pytest

from policyctl.core import paths

BOT = "team-assistant"
OUTDATED = {"APPROVAL_OUTDATED"}
LATE = paths.signature_path(BOT, 4, "sam", "security")


def with_another_key(scene):
    root = scene.root()
    sam = replace(root.people["sam"], keys=scene.member("new").keys)
    return {"people": {**root.people, "sam": sam}}


def in_another_role(scene):
    root = scene.root()
    left = tuple(who for who in root.roles["security"].members if who != "sam")
    return {"roles": {**root.roles, "security": replace(root.roles["security"], members=left)}}


def without_sam(scene):
    root = scene.root()
    people = {who: member for who, member in root.people.items() if who != "sam"}
    return {**in_another_role(scene), "people": people}


REVOCATIONS = [with_another_key, in_another_role, without_sam]


def edit(scene, words="# more\n"):
    path = paths.policy_path(BOT)
    scene.write(path, scene.read(path) + words.encode())
    scene.do("record", BOT, "--rationale", "because", by="erin")


def emergency(scene):
    """Pia steps back at once; for three days everything is in order without an approval."""
    words = ("--to", "logging", "--rationale", "it blocks orders", "--emergency")
    scene.do("demote", BOT, *words, by="pia")


def rotate(scene, revoke):
    scene.rotate(**revoke(scene))
    scene.commit("Sam lost his key")


def approve(scene, who="sam"):
    scene.sign(BOT, 4, who, "security")
    scene.commit(f"{who}: yes")


@pytest.fixture(params=REVOCATIONS, ids=lambda revoke: revoke.__name__)
def waiting(request, scene):
    """An emergency waits under root 1; root 2, which revokes, is on ``main``."""
    emergency(scene)
    rotate(scene, request.param)
    scene.git("branch", "before")
    return scene


def test_a_pull_request_cannot_bring_it(waiting):
    approve(waiting)

    done = waiting.verify("--base", "before")

    assert (done.code, done.codes) == (4, OUTDATED)
    [finding] = done.report["findings"]
    assert (finding["file"], finding["entry"]) == (LATE, 4)
    assert finding["message"] == (
        f"'sam' approved entry 4 of '{BOT}' as security after 'before', whose trust root 2 does "
        "not let this key do so"
    )
    assert finding["hint"].startswith("remove it, and let somebody approve who may")


def test_a_pull_request_cannot_bring_it_from_before_the_new_root(scene):
    edit(scene)
    scene.git("switch", "-q", "-c", "change")
    approve(scene)
    scene.git("switch", "-q", "main")
    rotate(scene, with_another_key)

    assert scene.verify("--base", "main", "--rev", "change").codes == OUTDATED


def test_a_server_does_not_take_it(waiting):
    approve(waiting)

    done = waiting.receive("before", "main")

    assert done.code == 1
    assert f"APPROVAL_OUTDATED  'sam' approved entry 4 of '{BOT}' as security after" in done.err


def test_the_history_tells_it(waiting):
    approve(waiting)
    waiting.write("README.md", "goes on\n")
    waiting.commit()

    done = waiting.verify("--history")

    assert done.code == 4
    assert {
        one["code"] for one in done.report["findings"] if one["severity"] == "error"
    } == OUTDATED


def test_the_memory_of_a_verifier_tells_it_each_time(waiting, place):
    state = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "state")}
    assert waiting.verify(**state).codes == {"EMERGENCY_PENDING"}
    approve(waiting)

    assert [waiting.verify(**state).codes for _ in range(2)] == [OUTDATED, OUTDATED]


def test_the_memory_tells_it_although_the_branch_was_judged_apart_before(waiting, place):
    """What was sound where nothing spoke against it is spared; the comparison is not."""
    state = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "state")}
    waiting.verify(**state)
    waiting.git("switch", "-q", "-c", "side", "before~1")
    waiting.git("checkout", "-q", "before", "--", ".policyctl/root")
    approve(waiting)
    assert waiting.verify(**state).code == 0
    waiting.git("switch", "-q", "main")
    waiting.git("merge", "-q", "-m", "merge side", "side")

    assert waiting.verify(**state).codes == OUTDATED


@pytest.mark.parametrize("revoke", REVOCATIONS)
@pytest.mark.parametrize("wait", [edit, emergency])
def test_what_was_approved_before_the_revocation_stays_approved(scene, place, wait, revoke):
    state = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "state")}
    before = scene.git("rev-parse", "HEAD")
    scene.verify(**state)
    wait(scene)
    approve(scene)
    rotate(scene, revoke)

    assert scene.verify(**state).codes == set()
    assert scene.verify("--base", before).codes == set()
    assert scene.verify("--history").code == 0
    assert scene.receive(before, "HEAD").code == 0


@pytest.mark.parametrize("revoke", REVOCATIONS)
def test_another_person_approves_what_waits_under_an_older_root(scene, revoke):
    edit(scene)
    rotate(scene, revoke)
    scene.git("branch", "before")
    approve(scene, "pia")

    assert scene.verify("--base", "before").codes == set()
    assert scene.receive("before", "main").code == 0


def test_a_checkpoint_that_saw_it_wait_says_nothing_of_who_approved(scene):
    """It holds the digest of what waits, and no signature: nobody honest must be accused."""
    emergency(scene)
    rotate(scene, lambda scene: {"teams": {**scene.root().teams, "shop": ("ada",)}})
    scene.do("checkpoint", by="erin")
    approve(scene)

    done = scene.verify()

    assert (done.code, done.codes) == (0, set())
