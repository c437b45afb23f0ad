"""Attacks on the trust root; each function does one to a repository."""

from dataclasses import replace

import pytest

from policyctl.adapters.ssh_signing import sign
from policyctl.core import paths
from policyctl.core.trust_root import ROOT_NAMESPACE, ApprovalRule, root_bytes

BOT = "team-assistant"
ROOT_1, ROOT_2 = paths.root_path(1), paths.root_path(2)
SIGNATURE_1 = paths.root_signature_path(1, "erin")


def remove_the_trust_root(scene):
    """Nobody is trusted, so nobody can be missed."""
    scene.git("rm", "-rq", ".policyctl/root")


def remove_the_first_of_two_roots(scene):
    """The root that is pinned is gone, its successor stands."""
    scene.rotate()
    scene.remove(ROOT_1, SIGNATURE_1)


def remove_the_signature_of_the_trust_root(scene):
    """The trust root is nobody's."""
    scene.remove(SIGNATURE_1)


def soften_the_trust_root(scene):
    """The rules ask for nobody any more."""
    root = replace(scene.root(), approvals=(ApprovalRule(need={}),))
    scene.write(ROOT_1, root_bytes(root))


def replace_the_trust_root(scene):
    """A new first root, sound and signed by its own steward, opens the gates."""
    root = replace(scene.root(), gates={})
    scene.write(ROOT_1, root_bytes(root))
    made = sign(root_bytes(root), namespace=ROOT_NAMESPACE, key=scene.keys / "erin")
    scene.write(SIGNATURE_1, made)


def make_a_new_root_without_signatures(scene):
    """A second root that no steward signed."""
    scene.rotate(by=())


def make_a_new_root_with_too_few_signatures(scene):
    """A third root signed by one of the two stewards whom the second one asks for."""
    scene.rotate(by=("erin", "sam"), stewards=("erin", "sam"), threshold=2)
    scene.rotate(by=("erin",), stewards=("erin",), threshold=1)


def make_a_new_root_signed_by_its_own_stewards(scene):
    """Mallory makes a root in which Mallory is the steward."""
    people = {**scene.root().people, "mallory": scene.member("mallory")}
    scene.rotate(by=("mallory",), people=people, stewards=("mallory",))


def give_a_steward_another_key(scene):
    """Mallory makes a root in which the steward has Mallory's key, and signs it with that."""
    people = {**scene.root().people, "erin": scene.member("mallory")}
    scene.rotate(by=("erin",), key="mallory", people=people)


def give_a_steward_one_more_key(scene):
    """As before, and the steward keeps the honest key beside Mallory's."""
    people = {**scene.root().people, "erin": scene.member("erin", "mallory")}
    scene.rotate(by=("erin",), key="mallory", people=people)


def sign_a_root_with_a_signature_for_entries(scene):
    """Whoever makes the steward sign an entry gets a trust root signed."""
    scene.rotate()
    made = sign(scene.read(ROOT_2), namespace="policyctl/author", key=scene.keys / "erin")
    scene.write(paths.root_signature_path(2, "erin"), made)


def name_a_look_alike(scene):
    """A person whose name looks like Sam's, with a Cyrillic letter."""
    people = {**scene.root().people, "s\u0430m": scene.member("mallory")}
    scene.rotate(people=people)


def give_one_key_to_two_people(scene):
    """One key is to fill two slots."""
    scene.rotate(people={**scene.root().people, "zoe": scene.member("sam")})


def ask_for_no_signature(scene):
    """A threshold of nobody."""
    scene.rotate(threshold=0)


def ask_for_more_signatures_than_there_can_be(scene):
    """A threshold that locks everybody out."""
    scene.rotate(threshold=2)


def ask_a_role_for_more_than_it_has(scene):
    """Three approvals of a role with one member."""
    scene.rotate(approvals=(ApprovalRule(need={"risk": 3}),))


def govern_only_a_part(scene):
    """Promotions need approval, and nothing says what anything else needs."""
    rules = tuple(rule for rule in scene.root().approvals if rule.to)
    scene.rotate(approvals=rules)


def call_it_solo(scene):
    """Separation of duties is switched off among six people."""
    scene.rotate(solo=True)


def skip_a_version(scene):
    """The third root follows the first."""
    scene.rotate()
    scene.rotate()
    scene.remove(ROOT_2, paths.root_signature_path(2, "erin"))


def forget_what_came_before(scene):
    """A second root that does not name the first."""
    scene.rotate(prev=None)


def move_to_another_ledger(scene):
    """A second root with another ledger's id."""
    scene.rotate(log="0" * 64)


def remove_a_root_that_an_entry_names(scene):
    """The root under which an entry was made is gone."""
    scene.rotate()
    policy = scene.read(paths.policy_path("pii")) + b"# x\n"
    scene.forge("pii", policy, root=2, approved={})
    scene.remove(ROOT_2, paths.root_signature_path(2, "erin"))


def link_to_a_root(scene):
    """The trust root is wherever the link leads on each machine."""
    scene.move(ROOT_1, "root.json")
    (scene.folder / ROOT_1).symlink_to("../../root.json")


def add_a_root_signature_by_nobody(scene):
    """Garbage stands among the signatures of the root."""
    scene.write(paths.root_signature_path(1, "sam"), b"trust me\n")


def sign_a_root_as_a_bystander(scene):
    """Somebody who is no steward signs the trust root too."""
    made = sign(scene.read(ROOT_1), namespace=ROOT_NAMESPACE, key=scene.keys / "sam")
    scene.write(paths.root_signature_path(1, "sam"), made)


def leave_a_signature_of_a_root_that_is_not_there(scene):
    """A signature stands beside no root."""
    scene.write(paths.root_signature_path(2, "erin"), scene.read(SIGNATURE_1))


def share_the_root(scene):
    """Erin, Pia and Rita are stewards from the second root on, and two of them sign."""
    scene.rotate(by=("erin", "pia"), stewards=("erin", "pia", "rita"), threshold=2)


def propose_alone(scene):
    """One of three stewards proposes a root and leaves it as it is."""
    share_the_root(scene)
    scene.commit("shared")
    scene.do("root", "propose", "--threshold", "1", "--rationale", "x", by="erin")


def replay_a_signature_on_another_proposal(scene):
    """A steward signed a proposal; it is withdrawn, and the signature put beside another one."""
    share_the_root(scene)
    scene.commit("shared")
    scene.do("root", "propose", "--add-member", "risk=ada", "--rationale", "x", by="pia")
    taken = scene.read(paths.root_signature_path(3, "pia"))
    scene.do("root", "withdraw", by="erin")
    scene.do("root", "propose", "--add-member", "security=ada", "--rationale", "x", by="erin")
    scene.write(paths.root_signature_path(3, "pia"), taken)


def bring_a_second_key_as_another_person(scene):
    """A steward adds a person who holds the steward's second key, and signs as both."""
    share_the_root(scene)
    people = {**scene.root().people, "zoe": scene.member("new")}
    scene.rotate(by=("erin",), people=people, stewards=("erin", "zoe"))
    made = sign(scene.read(paths.root_path(3)), namespace=ROOT_NAMESPACE, key=scene.keys / "new")
    scene.write(paths.root_signature_path(3, "zoe"), made)


def lower_the_threshold_with_the_members_that_it_brings(scene):
    """Threshold one and a steward more in one version, signed by those two."""
    share_the_root(scene)
    people = {**scene.root().people, "mallory": scene.member("mallory")}
    scene.rotate(by=("erin", "mallory"), people=people, stewards=("erin", "mallory"), threshold=1)


def sign_a_root_with_the_key_that_it_revokes(scene):
    """A thief of Pia's old key signs the version after the one that revoked it."""
    share_the_root(scene)
    people = {**scene.root().people, "pia": scene.member("new")}
    scene.rotate(by=("erin", "rita"), people=people)
    scene.rotate(by=("erin", "pia"), threshold=1)


def work_under_a_root_that_only_is_proposed(scene):
    """The rules of a proposal ask for nobody, and an entry names it before it holds."""
    share_the_root(scene)
    rules = (ApprovalRule(need={}),)
    scene.rotate(by=("erin",), approvals=rules)
    policy = scene.read(paths.policy_path(BOT)) + b"# x\n"
    scene.forge(BOT, policy, root=3, approved={})


def smuggle_a_baseline_in_with_a_proposal(scene):
    """A baseline that no version names comes along with a proposal."""
    share_the_root(scene)
    scene.rotate(by=("erin",), threshold=1)
    text = scene.read(paths.baseline_path("default@1"))
    scene.write(paths.baseline_path("default@2"), text)


def own_a_policy_as_nobody(scene):
    """Erin names an owner whom nobody knows, so that nobody of hers is barred."""
    scene.forge(BOT, renamed(scene, "assistnats"), owner="assistnats", approved={})
    scene.sign(BOT, scene.last(BOT), "sam", "security")


def renamed(scene, owner):
    """The policy with another owner."""
    text = scene.read(paths.policy_path(BOT))
    return text.replace(b"owner: assistants\napplies", f"owner: {owner}\napplies".encode())


ATTACKS = {
    propose_alone: "ROOT_THRESHOLD",
    replay_a_signature_on_another_proposal: "SIG_INVALID ROOT_THRESHOLD",
    bring_a_second_key_as_another_person: "ROOT_THRESHOLD",
    lower_the_threshold_with_the_members_that_it_brings: "ROOT_THRESHOLD",
    sign_a_root_with_the_key_that_it_revokes: "SIG_UNKNOWN_KEY ROOT_THRESHOLD",
    work_under_a_root_that_only_is_proposed: "ROOT_THRESHOLD ROOT_UNKNOWN_VERSION",
    smuggle_a_baseline_in_with_a_proposal: "ROOT_THRESHOLD BASELINE_UNKNOWN",
    own_a_policy_as_nobody: "OWNER_UNKNOWN",
    remove_the_trust_root: "ROOT_MISSING",
    remove_the_first_of_two_roots: "ROOT_MISSING",
    remove_the_signature_of_the_trust_root: "ROOT_THRESHOLD ROOT_UNKNOWN_VERSION",
    soften_the_trust_root: "SIG_INVALID ROOT_THRESHOLD",
    replace_the_trust_root: "ROOT_PIN_MISMATCH",
    make_a_new_root_without_signatures: "ROOT_THRESHOLD",
    make_a_new_root_with_too_few_signatures: "ROOT_THRESHOLD",
    make_a_new_root_signed_by_its_own_stewards: "ROOT_THRESHOLD",
    give_a_steward_another_key: "ROOT_THRESHOLD",
    give_a_steward_one_more_key: "ROOT_THRESHOLD",
    sign_a_root_with_a_signature_for_entries: "SIG_WRONG_NAMESPACE ROOT_THRESHOLD",
    name_a_look_alike: "ROOT_BAD_IDENTITY",
    give_one_key_to_two_people: "ROOT_SHARED_KEY",
    ask_for_no_signature: "ROOT_BAD_THRESHOLD",
    ask_for_more_signatures_than_there_can_be: "ROOT_BAD_THRESHOLD",
    ask_a_role_for_more_than_it_has: "ROOT_BAD_THRESHOLD",
    govern_only_a_part: "ROOT_INCOMPLETE",
    call_it_solo: "ROOT_BAD_THRESHOLD",
    skip_a_version: "ROOT_GAP",
    forget_what_came_before: "ROOT_CHAIN_BROKEN",
    move_to_another_ledger: "WRONG_LOG",
    remove_a_root_that_an_entry_names: "ROOT_UNKNOWN_VERSION",
    link_to_a_root: "BAD_FILE_MODE ROOT_MALFORMED",
    add_a_root_signature_by_nobody: "SIG_INVALID",
    sign_a_root_as_a_bystander: "SIG_NOT_IN_ROLE",
    leave_a_signature_of_a_root_that_is_not_there: "PATH_UNEXPECTED",
}
PINNED = frozenset({replace_the_trust_root})


def test_the_attack_is_seen_for_what_it_is(verified, codes):
    assert (verified.code, verified.codes) == (4, codes)
    assert verified.report["status"] == "fail"


def test_the_attack_is_seen_in_a_pull_request_and_refused_by_a_server(
    proposed, gated, pushed, codes
):
    assert proposed.code == (1 if proposed.codes <= {"APPROVALS_MISSING", "ROOT_THRESHOLD"} else 4)
    assert proposed.codes >= codes
    assert gated.code in (1, proposed.code)
    assert gated.codes >= codes
    assert pushed >= codes


@pytest.mark.parametrize("make", ATTACKS)
def test_an_attack_says_what_it_does(make):
    assert make.__doc__.endswith(".")
