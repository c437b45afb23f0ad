"""What one commit cannot show: attacks that need a checkpoint (C), history (H) or a pin (P).

Each is asserted not to be seen where there is no witness: no checkpoint, no pin, and no memory of
an earlier verification. ``test_checkpoints.py`` has those of (C) with a checkpoint, and
``test_memory.py`` with a memory.
"""

import pytest

from policyctl.core import paths
from policyctl.core.entry import ChangeAction

BOT = "team-assistant"
FILE = paths.policy_path(BOT)


def revert_the_last_change_with_its_entry(scene):
    """C: the exception and its record are both gone, as if they had never been."""
    scene.remove(*scene.files_of(BOT, 3))
    scene.write(FILE, scene.git("show", f"{approval_of_the_promotion(scene)}:{FILE}") + "\n")


def approval_of_the_promotion(scene):
    log = scene.git("log", "--format=%H", "--", paths.signature_path(BOT, 2, "sam", "security"))
    return log.split()[0]


def go_back_to_an_older_history(scene):
    """C: the branch is pushed back to a commit that was once sound."""
    scene.git("read-tree", "-u", "--reset", approval_of_the_promotion(scene))


def forget_a_policy_altogether(scene):
    """C: a policy, its log and its evidence vanish together."""
    scene.git("rm", "-rqf", "policies/pii.yaml", ".policyctl/log/pii")


def strip_an_approval_above_the_threshold(scene):
    """C: of two approvals, where one is owed, the second is removed."""
    scene.sign(BOT, 3, "pia", "security")
    scene.commit("a second approval")
    assert scene.verify().codes == set()
    scene.remove(paths.signature_path(BOT, 3, "pia", "security"))


def sign_with_a_revoked_key_under_the_old_root(scene):
    """C: a key that root 2 revokes signs a new entry that names root 1."""
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.forge(BOT, scene.read(FILE) + b"# more\n", action=ChangeAction.EDIT)


def remove_the_newest_root(scene):
    """C: a root that no entry names yet is removed, and what it revoked counts again."""
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit("revoke a key")
    scene.remove(paths.root_path(2), paths.root_signature_path(2, "erin"))


def show_another_side_of_a_fork(scene):
    """C: two readers are shown two different third entries, each of them sound."""
    scene.forge("pii", scene.read("policies/pii.yaml") + b"# for you\n", approved={})


def go_live_and_revert_before_the_audit(scene):
    """H: an unrecorded state was on the branch for a while."""
    before = scene.read(FILE)
    scene.edit(FILE, "stage: limited", "stage: enforce")
    scene.commit("go live")
    assert scene.verify().codes == {"UNRECORDED_CHANGE"}
    scene.write(FILE, before)


def call_an_edit_an_exception(scene):
    """H: an entry says that only exceptions changed; the bytes before are not in the tree."""
    policy = scene.read(FILE).replace(b"apps: [redteam-lab]", b"apps: [assistant]")
    scene.forge(BOT, policy, action=ChangeAction.EXCEPTION)


def found_the_ledger_anew(scene, elsewhere):
    """P: another root and another log, sound in themselves, take the place of these."""
    scene.git("rm", "-rqf", "policies", ".policyctl")
    scene.git("fetch", "-q", str(elsewhere.folder), "main")
    scene.git("checkout", "-q", "FETCH_HEAD", "--", "policies", ".policyctl")


LIMITS = (
    revert_the_last_change_with_its_entry,
    go_back_to_an_older_history,
    forget_a_policy_altogether,
    strip_an_approval_above_the_threshold,
    sign_with_a_revoked_key_under_the_old_root,
    remove_the_newest_root,
    show_another_side_of_a_fork,
    go_live_and_revert_before_the_audit,
    call_an_edit_an_exception,
    found_the_ledger_anew,
)
ATTACKS = dict.fromkeys(LIMITS, "")


def test_the_tree_of_one_commit_does_not_show_it(verified, codes):
    assert (verified.code, verified.codes) == (0, codes)
    assert verified.report["result"]["level"] == "tree"


@pytest.mark.parametrize("make", ATTACKS)
def test_a_limit_says_what_would_show_it(make):
    assert make.__doc__[:2] in ("C:", "H:", "P:")


def test_a_pin_shows_a_ledger_that_was_founded_anew(scene, elsewhere, pin):
    found_the_ledger_anew(scene, elsewhere)
    scene.commit()

    assert scene.verify("--pin", pin).codes == {"ROOT_PIN_MISMATCH"}
