"""A verifier that remembers sees what was taken back since, and does not cry wolf."""

import json

import pytest

from policyctl.adapters.ssh_signing import sign
from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.trust_root import REDACT_NAMESPACE

BOT = "team-assistant"
LOST = {"ROLLBACK_OR_TRUNCATION"}


@pytest.fixture
def watch(place):
    """Verify with a memory of the test's own."""

    def verify(scene, *more):
        state = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "state")}
        return scene.verify(*more, **state)

    return verify


def edit(scene, policy="pii"):
    path = paths.policy_path(policy)
    scene.write(path, scene.read(path) + b"# more\n")
    scene.do("record", policy, "--rationale", "because", by="erin")


@pytest.fixture
def followed(scene, place, watch):
    """A clone of main that was verified once; main goes on at its origin."""
    edit(scene)
    clone = scene.clone(place / "clone")
    assert watch(clone).code == 0
    return clone


def pull(clone, *more):
    clone.git("fetch", "-q", *more)
    clone.git("reset", "-q", "--hard", "origin/main")


def test_the_first_verification_says_that_it_trusts_what_it_sees_and_the_next_compares(
    scene, watch
):
    first, second = watch(scene), watch(scene)

    assert first.report["result"]["level"] == "tree"
    assert first.report["result"]["notices"] == [
        "first verification here: trust root 1 is remembered, and was not compared"
    ]
    assert second.report["result"]["level"] == "tree+checkpoint"
    assert second.report["result"]["notices"] == []


def test_the_memory_is_private_and_off_where_it_is_not_wanted(scene, watch, place):
    assert not (place / "state").exists()
    watch(scene, "--no-memory")
    assert not (place / "state").exists()

    watch(scene)

    kept = [*(place / "state/policyctl").iterdir()]
    assert {path.stat().st_mode & 0o077 for path in (*kept, kept[0].parent)} == {0}


def test_a_home_that_cannot_be_written_is_no_reason_to_fail(scene, place):
    (place / "file").write_text("")
    variables = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "file")}

    done = scene.verify(**variables)

    assert (done.code, done.report["result"]["level"]) == (0, "tree")
    assert scene.verify("--forget", **variables).code == 2


def test_a_branch_that_was_pushed_back_is_seen_without_any_checkpoint(scene, followed, watch):
    scene.git("reset", "-q", "--hard", "HEAD~1")
    pull(followed)

    done = watch(followed)

    assert (done.code, done.codes) == (4, LOST)
    [finding] = done.report["findings"]
    assert finding["message"].startswith("entry 3 of 'pii' was there at the verification of 20")
    assert "policyctl verify --forget" in finding["hint"]


def test_entries_that_a_later_commit_removes_are_seen(scene, followed, watch):
    scene.remove(*scene.files_of("pii", 3))
    scene.git("checkout", "-q", "HEAD~1", "--", "policies/pii.yaml")
    scene.commit("tidy up")
    pull(followed)

    assert watch(followed).codes == LOST


def test_a_rollback_stays_one_until_it_is_forgotten_on_purpose(scene, followed, watch):
    scene.git("reset", "-q", "--hard", "HEAD~1")
    pull(followed)

    assert [watch(followed).codes for _ in range(2)] == [LOST, LOST]
    forgotten = watch(followed, "--forget")
    assert forgotten.codes == set()
    assert "what was remembered of this repository is forgotten" in str(forgotten.report)
    assert watch(followed).report["result"]["level"] == "tree+checkpoint"


def test_the_newest_root_that_vanishes_is_seen(scene, watch, place):
    scene.rotate()
    scene.commit("rotate")
    clone = scene.clone(place / "clone")
    watch(clone)
    scene.git("reset", "-q", "--hard", "HEAD~1")
    pull(clone)

    assert watch(clone).codes == {"ROOT_ROLLBACK"}


def test_a_ledger_that_was_founded_anew_in_its_place_is_seen(scene, elsewhere, watch):
    watch(scene)
    scene.git("rm", "-rqf", "policies", ".policyctl")
    scene.git("fetch", "-q", str(elsewhere.folder), "main")
    scene.git("checkout", "-q", "FETCH_HEAD", "--", "policies", ".policyctl")
    scene.commit("a fresh start")
    pin = sha256(scene.read(paths.root_path(1)))

    assert watch(scene).codes == {"ROOT_PIN_MISMATCH"}
    assert watch(scene, "--pin", pin).codes == set()
    assert watch(scene, "--forget").codes == set()


def test_another_clone_with_another_root_of_the_same_ledger_is_seen(scene, watch, place):
    from dataclasses import replace

    from policyctl.adapters.ssh_signing import sign
    from policyctl.core.trust_root import ROOT_NAMESPACE, root_bytes

    watch(scene)
    clone = scene.clone(place / "clone")
    root = root_bytes(replace(clone.root(), gates={}))
    clone.write(paths.root_path(1), root)
    made = sign(root, namespace=ROOT_NAMESPACE, key=clone.keys / "erin")
    clone.write(paths.root_signature_path(1, "erin"), made)
    clone.commit("open the gates")

    assert "ROOT_PIN_MISMATCH" in watch(clone).codes


def test_pins_of_the_users_own_configuration_win(scene, place, pin):
    config = place / "config/policyctl/config.toml"
    config.parent.mkdir(parents=True)
    variables = {"XDG_CONFIG_HOME": str(place / "config")}
    for said, codes in ((pin, set()), ("0" * 64, {"ROOT_PIN_MISMATCH"})):
        config.write_text(f'[pins]\n{scene.root().log} = "{said}"\n')
        assert scene.verify(**variables).codes == codes

    config.write_text("[pins]\nx = 1\n")
    assert scene.policyctl("verify", **variables).code == 2
    assert scene.verify(POLICYCTL_PIN="0" * 64).codes == {"ROOT_PIN_MISMATCH"}


def test_a_checkpoint_tag_that_is_gone_or_moved_is_seen(scene, watch, place):
    scene.do("checkpoint", by="erin")
    other = scene.copy(place / "other")
    edit(scene)
    scene.do("checkpoint", by="erin")
    assert watch(scene).codes == set()
    edit(other)
    path = paths.entry_path("pii", 3)
    assert other.read(path) != scene.read(path)
    other.do("checkpoint", by="erin")

    scene.git("tag", "-d", "policyctl/checkpoint/2")
    gone = watch(scene)
    scene.git("fetch", "-q", str(other.folder), "refs/tags/*:refs/tags/*")
    moved = watch(scene)

    assert gone.codes == {"CHECKPOINT_MISSING"}
    assert "CHECKPOINT_FORK" in moved.codes


def older_commit(clone):
    clone.git("checkout", "-q", "--detach", "HEAD~1")


def older_branch(clone):
    clone.git("switch", "-q", "-c", "mine", "HEAD~1")
    edit(clone)


def a_branch_with_more(clone):
    clone.git("switch", "-q", "-c", "mine")
    edit(clone)
    clone.git("commit", "-q", "--amend", "-m", "again")


def local_work_that_is_given_up(clone):
    edit(clone)
    clone.git("reset", "-q", "--hard", "HEAD~1")


@pytest.mark.parametrize(
    "honest", [older_commit, older_branch, a_branch_with_more, local_work_that_is_given_up]
)
def test_honest_moves_are_no_rollback(honest, followed, watch):
    honest(followed)

    assert (watch(followed).code, watch(followed).codes) == (0, set())


def test_work_that_was_verified_before_it_was_given_up_is_no_rollback(followed, watch):
    edit(followed)
    watch(followed)
    followed.git("reset", "-q", "--hard", "HEAD~1")

    assert watch(followed).codes == set()


def test_a_ledger_that_grows_by_squashes_and_rotation_is_followed(scene, followed, watch):
    scene.git("switch", "-q", "-c", "change")
    edit(scene, BOT)
    scene.do("approve", BOT, "--yes", by="sam")
    scene.git("switch", "-q", "main")
    scene.git("merge", "-q", "--squash", "change")
    scene.git("commit", "-q", "-m", "a change")
    scene.rotate()
    scene.commit("rotate")
    pull(followed)

    done = watch(followed)

    assert (done.code, done.report["result"]["level"]) == (0, "tree+checkpoint")
    scene.git("reset", "-q", "--hard", "HEAD~1")
    pull(followed)
    assert watch(followed).codes == {"ROOT_ROLLBACK"}


def test_a_memory_that_is_damaged_is_told_and_not_passed_over(scene, watch, place):
    watch(scene)
    [file] = (place / "state/policyctl").glob("*.json")
    data = json.loads(file.read_text())
    for content in ("{", "[]", json.dumps({**data, "chains": 1})):
        file.write_text(content)
        done = scene.policyctl("verify", POLICYCTL_MEMORY="on", XDG_STATE_HOME=str(place / "state"))
        assert done.code == 2
        assert "is damaged" in done.err
        assert "policyctl verify --forget" in done.err

    assert watch(scene, "--forget").code == 0


def test_verifiers_at_the_same_time_leave_one_sound_memory(scene, place):
    import subprocess
    import sys

    state = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "state")}
    runs = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "policyctl", "verify"],
            cwd=scene.folder,
            env={**scene.world, **state},
            stdout=subprocess.DEVNULL,
        )
        for _ in range(4)
    ]

    assert [run.wait() for run in runs] == [0] * 4
    assert scene.verify(**state).report["result"]["level"] == "tree+checkpoint"
    assert len([*(place / "state/policyctl").iterdir()]) == 3


def judged(done):
    return done.report["result"]["judged"]


def entries(scene):
    return scene.last(BOT) + scene.last("pii")


def test_what_was_judged_before_is_spared_and_said_to_be(scene, watch, place):
    first, second = watch(scene), watch(scene)
    count = entries(scene)
    edit(scene)
    third = watch(scene)
    state = {"POLICYCTL_MEMORY": "on", "XDG_STATE_HOME": str(place / "state")}

    assert judged(first) == {"now": count, "before": 0}
    assert judged(second) == {"now": 0, "before": count}
    assert judged(third) == {"now": 1, "before": count}
    assert {first.code, second.code, third.code} == {0}
    for count_of in ("policies", "entries", "signatures", "redacted"):
        assert second.report["result"][count_of] == first.report["result"][count_of]
    said = scene.policyctl("verify", **state).out
    assert f"judged: 0 now, {count + 1} entries before on this machine" in said
    assert judged(watch(scene, "--no-memory")) == {"now": count + 1, "before": 0}
    assert judged(watch(scene, "--forget")) == {"now": count + 1, "before": 0}


def without_memory(scene):
    return scene.verify("--no-memory").codes


def another_signature(scene):
    """An author's signature gives way to a valid one of the same person over other bytes."""
    other = scene.read(paths.signature_path("pii", 1, "erin"))
    scene.write(paths.signature_path(BOT, 1, "erin"), other)


def other_bytes(scene):
    path = paths.entry_path(BOT, 1)
    scene.write(path, scene.read(path).replace(b'"rationale": "', b'"rationale": "not '))


def other_report(scene):
    path = paths.HOME + paths.evidence_name(BOT, 2)
    scene.write(path, scene.read(path).replace(b'"met"', b'"not met"', 1))


def executable(scene):
    (scene.folder / paths.policy_path(BOT)).chmod(0o755)


def by_hand(scene):
    scene.write(paths.policy_path(BOT), scene.read(paths.policy_path(BOT)) + b"# more\n")


def one_more_signature(scene):
    text = scene.read(paths.signature_path(BOT, 1, "erin"))
    scene.write(paths.signature_path(BOT, 1, "sam", "security"), text)


@pytest.mark.parametrize(
    "tamper",
    [another_signature, other_bytes, other_report, executable, by_hand, one_more_signature],
)
def test_nothing_in_the_repository_passes_for_what_was_judged_before(scene, watch, tamper):
    watch(scene)
    tamper(scene)
    scene.commit()

    done = watch(scene)

    assert done.code == 4
    assert done.codes >= without_memory(scene) != set()


def test_an_object_that_holds_other_bytes_than_its_id_says_is_not_spared(scene, watch, place):
    scene.write(paths.policy_path("pii"), scene.read(paths.policy_path("pii")) + b"# more\n")
    scene.do("record", "pii", "--rationale", "because", by="erin")
    watch(scene)
    loose = []
    for path in ("policies/pii.yaml", f".policyctl/log/pii/{scene.last('pii'):06}.json"):
        oid = scene.git("rev-parse", f"HEAD:{path}")
        loose.append(scene.folder / ".git/objects" / oid[:2] / oid[2:])
    loose[0].chmod(0o644)
    loose[0].write_bytes(loose[1].read_bytes())

    def said(*more):
        done = scene.policyctl("verify", *more, POLICYCTL_MEMORY="on", XDG_STATE_HOME=state)
        return done.code, done.err

    state = str(place / "state")
    assert said() == said("--no-memory")
    assert said()[0] == 2
    assert "does not hold what its id says" in said()[1]


def older(text):
    data = json.loads(text.splitlines()[0])
    document = json.dumps({**data, "tool": "0.0.1"}, sort_keys=True, separators=(",", ":"))
    return f"{document}\n{sha256(document.encode())}\n".encode()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[:-10], "is damaged"),
        (lambda text: text.replace(b"a", b"b", 1), "is damaged"),
        (lambda text: b"", "is damaged"),
        (older, "policyctl 0.0.1 judged here before"),
    ],
    ids=["cut", "altered", "empty", "older"],
)
def test_a_list_of_verdicts_that_does_not_count_means_that_everything_is_judged(
    scene, watch, place, damage, said
):
    watch(scene)
    [file] = (place / "state/policyctl").glob("*.judged")
    file.write_bytes(damage(file.read_bytes()))

    done = watch(scene)

    assert done.code == 0
    assert judged(done)["before"] == 0
    [notice] = done.report["result"]["notices"]
    assert said in notice
    assert notice.endswith(": everything is judged")
    assert judged(watch(scene))["now"] == 0


def test_verdicts_do_not_count_for_an_earlier_day(scene, watch):
    watch(scene)

    done = watch(scene, "--now", "2026-01-01T00:00:00Z")

    assert judged(done)["before"] == 0
    assert done.codes >= {"ENTRY_FROM_FUTURE"}


def test_a_new_trust_root_has_every_policy_judged_by_it_but_no_signature_twice(scene, watch):
    watch(scene)
    scene.rotate(by=("erin",))
    scene.commit("rotation")

    done = watch(scene)

    assert (done.code, judged(done)["now"]) == (0, 0)
    assert judged(watch(scene))["now"] == 0


def test_what_waits_for_a_day_is_judged_every_day(scene, watch):
    scene.do(*("demote", BOT, "--to", "logging", "--rationale", "because", "--emergency"), by="sam")
    first, second = watch(scene), watch(scene)
    later = watch(scene, "--now", "2099-01-01T00:00:00Z")

    assert first.codes == second.codes == {"EMERGENCY_PENDING"}
    assert judged(second)["now"] == scene.last(BOT)
    assert "EMERGENCY_OVERDUE" in later.codes


def test_a_page_for_people_is_compared_with_every_entry(scene, watch):
    scene.do("changelog", "--write", by="erin")
    watch(scene)
    assert watch(scene).code == 0
    page = scene.read(paths.CHANGELOG)
    scene.write(paths.CHANGELOG, page + b"and all is well\n")
    scene.commit()

    done = watch(scene)

    assert done.codes == {"CHANGELOG_MISMATCH"}
    assert judged(done)["now"] == 0


@pytest.mark.parametrize("way", ["memory", "base", "history"])
def test_a_stewards_signature_above_the_threshold_does_not_vanish(scene, watch, way):
    scene.rotate(by=("erin", "olga"), stewards=("erin", "olga"), threshold=1)
    scene.commit("two stewards, one of whom is enough")
    scene.do("redact", BOT, "2", "--rationale", "a name", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    content = scene.read(paths.entry_path(BOT, 2))
    file = paths.tombstone_signature_path(BOT, 2, "olga")
    scene.write(file, sign(content, namespace=REDACT_NAMESPACE, key=scene.keys / "olga"))
    scene.commit("the other steward agrees")
    assert watch(scene).code == 0
    scene.git("switch", "-q", "-c", "stripped")
    scene.remove(file)
    scene.commit()
    scene.git("switch", "-q", "-C", "main") if way == "memory" else None
    more = {"memory": (), "base": ("--base", "main"), "history": ("--history",)}[way]

    assert watch(scene, *more).codes - {"HISTORICAL_UNAPPROVED_STATE"} == LOST


def test_a_decoy_beside_the_main_line_does_not_excuse_a_rollback(scene, followed, watch):
    """The remote says no default branch; an attacker pushes ``master`` and takes ``main`` back."""
    followed.git("remote", "set-head", "origin", "--delete")
    scene.git("branch", "master")
    scene.git("reset", "-q", "--hard", "HEAD~1")
    pull(followed, "--prune")

    done = watch(followed)

    assert (done.code, done.codes) == (4, LOST)


@pytest.fixture
def trunk(scene, place, watch):
    """A clone of ``trunk``, the main line, that was verified once; no remote says which it is."""
    edit(scene)
    scene.git("branch", "-m", "main", "trunk")
    clone = scene.clone(place / "clone")
    clone.git("remote", "set-head", "origin", "--delete")
    assert watch(clone).code == 0
    assert watch(clone).report["result"]["level"] == "tree+checkpoint"
    return clone


def pull_trunk(clone):
    clone.git("fetch", "-q", "--prune")
    clone.git("reset", "-q", "--hard", "origin/trunk")


@pytest.mark.parametrize("name", ["main", "master"])
@pytest.mark.parametrize("at", ["HEAD", "HEAD~1", "HEAD~2", "meanwhile"])
def test_a_lone_decoy_does_not_take_the_place_of_the_line_that_was_followed(
    scene, trunk, watch, name, at
):
    """The old tip stays on the decoy or on another branch, so it looks like work aside."""
    scene.git("branch", name, at)
    scene.git("branch", "aside", "HEAD")
    pull_trunk(trunk)
    assert watch(trunk).code == 0  # nothing is taken back so far
    scene.git("reset", "-q", "--hard", "HEAD~1")
    pull_trunk(trunk)

    done = watch(trunk)

    assert (done.code, done.codes) == (4, LOST)


@pytest.mark.parametrize("kept", [True, False])
def test_a_main_line_that_gets_another_name_is_followed_on(scene, trunk, watch, kept):
    scene.git("branch", "main", "trunk") if kept else scene.git("branch", "-m", "trunk", "main")
    scene.git("switch", "-q", "main")
    edit(scene)
    trunk.git("fetch", "-q", "--prune")
    trunk.git("switch", "-q", "--track", "origin/main")

    assert [watch(trunk).code for _ in range(2)] == [0, 0]
