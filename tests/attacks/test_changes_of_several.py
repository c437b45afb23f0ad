"""One change of two policies, approved as one, of which one is not what was approved."""

import pytest

from policyctl.core import paths

BOT, PII = "team-assistant", "pii"


@pytest.fixture
def both(scene):
    """A branch with one change of two policies, recorded together and approved."""
    scene.git("switch", "-q", "-c", "change")
    for policy in (BOT, PII):
        path = paths.policy_path(policy)
        scene.write(path, scene.read(path) + b"# more\n")
    scene.do("record", BOT, PII, "--rationale", "because", by="erin")
    scene.do("approve", BOT, "--yes", by="sam")
    return scene


def entry(scene, policy):
    return paths.entry_path(policy, scene.last(policy))


def signature(scene, policy, who="erin", role=""):
    return paths.signature_path(policy, scene.last(policy), who, role)


def change_the_bytes_of_one(scene):
    """One of the two files has another line than its entry recorded."""
    path = paths.policy_path(PII)
    scene.write(path, scene.read(path) + b"# and more\n")


def swap_the_bytes(scene):
    """Each file stands in the place of the other."""
    one, other = paths.policy_path(BOT), paths.policy_path(PII)
    content = scene.read(one)
    scene.write(one, scene.read(other))
    scene.write(other, content)


def lend_an_approval(scene):
    """The approval of one entry is filed as one of the other, in place of its own."""
    scene.write(signature(scene, BOT, "sam", "security"), scene.read(signature(scene, PII)))


def swap_the_entries(scene):
    """The entries of the one change trade places, with all their signatures."""
    for name in (".json", ".json.erin.sig"):
        one, other = (
            f"{entry(scene, policy).removesuffix('.json')}{name}" for policy in (BOT, PII)
        )
        content = scene.read(one)
        scene.write(one, scene.read(other))
        scene.write(other, content)


def leave_one_out(scene):
    """Of the two entries one is dropped, and its file stays."""
    scene.remove(*scene.files_of(PII, scene.last(PII)))


def rename_the_change_of_one(scene):
    """One entry says that it belongs to another change."""
    path = entry(scene, PII)
    scene.write(path, scene.read(path).replace(b'"change": "', b'"change": "x'))


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (change_the_bytes_of_one, {"UNRECORDED_CHANGE"}),
        (swap_the_bytes, {"UNRECORDED_CHANGE"}),
        (lend_an_approval, {"SIG_WRONG_NAMESPACE", "APPROVALS_MISSING"}),
        (swap_the_entries, {"ENTRY_MISPLACED", "CHAIN_BROKEN"}),
        (leave_one_out, {"UNRECORDED_CHANGE"}),
        (rename_the_change_of_one, {"SIG_INVALID", "AUTHOR_MISSING"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("way", [(), ("--base", "main"), ("--history",)], ids=str)
@pytest.mark.parametrize("merged", [False, True], ids=["branch", "squash"])
def test_the_one_that_is_not_what_was_approved_is_seen(both, tamper, expected, way, merged):
    tamper(both)
    both.commit("tampered")
    if merged:
        tree = both.git("rev-parse", "HEAD^{tree}")
        squashed = both.git("commit-tree", "-p", "main", "-m", "squash", tree)
        both.git("reset", "-q", "--hard", squashed)

    done = both.verify(*way)

    assert done.code == 4
    assert done.codes >= expected


@pytest.mark.parametrize("way", [(), ("--base", "main")], ids=str)
def test_the_change_as_it_was_approved_is_sound(both, way):
    assert (both.verify(*way).code, both.verify(*way).codes) == (0, set())
