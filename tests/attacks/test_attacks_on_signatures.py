"""Attacks on the signatures of entries; each function does one to a repository."""

from dataclasses import replace

import pytest

from policyctl.core import paths
from policyctl.core.sshsig import armor, dearmor, encode

BOT = "team-assistant"
SAM = paths.signature_path(BOT, 3, "sam", "security")
ERIN = paths.signature_path(BOT, 3, "erin")


def strip_the_approval(scene):
    """The approval of a change is removed after the merge."""
    scene.remove(SAM)


def strip_an_old_approval(scene):
    """The approval of a change that another one followed is removed."""
    scene.remove(paths.signature_path(BOT, 2, "sam", "security"))


def strip_the_author(scene):
    """Nobody wrote this, says the log."""
    scene.remove(ERIN)


def copy_the_approval_of_another_entry(scene):
    """The approval of the promotion is to approve the exception."""
    scene.write(SAM, scene.read(paths.signature_path(BOT, 2, "sam", "security")))


def approve_a_new_change_with_an_old_approval(scene):
    """A new entry comes with the approval of the one before."""
    seq = scene.forge(BOT, scene.read(paths.policy_path(BOT)) + b"# more\n", approved={})
    scene.write(paths.signature_path(BOT, seq, "sam", "security"), scene.read(SAM))


def rename_an_approval_to_another_role(scene):
    """An approval for security is to be one for risk."""
    scene.move(SAM, paths.signature_path(BOT, 3, "sam", "risk"))


def rename_an_approval_to_another_person(scene):
    """Sam's approval is to be Pia's."""
    scene.move(SAM, paths.signature_path(BOT, 3, "pia", "security"))


def count_one_approval_twice(scene):
    """The same signature stands under two names."""
    scene.write(paths.signature_path(BOT, 3, "pia", "security"), scene.read(SAM))


def take_the_authors_signature_for_an_approval(scene):
    """The signature of the author is renamed into an approval."""
    scene.remove(SAM)
    scene.move(ERIN, paths.signature_path(BOT, 3, "erin", "security"))


def take_an_approval_for_the_authors_signature(scene):
    """Who approved is to have written it, too."""
    scene.write(paths.signature_path(BOT, 3, "sam"), scene.read(SAM))


def reuse_a_signature_made_for_git(scene):
    """Sam signed these very bytes, as a commit."""
    scene.sign(BOT, 3, "sam", "security", purpose="git")


def add_a_garbage_signature(scene):
    """A file that is no signature stands among them."""
    scene.write(paths.signature_path(BOT, 3, "ada"), b"trust me\n")


def empty_a_signature(scene):
    """A signature file is there, and empty."""
    scene.write(SAM, b"")


def convert_the_line_endings_of_a_signature(scene):
    """ssh-keygen would still accept it."""
    scene.edit(SAM, "\n", "\r\n")


def add_a_line_to_a_signature(scene):
    """ssh-keygen would still accept it."""
    scene.write(SAM, scene.read(SAM) + b"\n")


def add_a_space_to_a_signature(scene):
    """Trailing white space makes other bytes of the same signature."""
    scene.edit(SAM, "SIGNATURE-----\n", "SIGNATURE----- \n")


def write_something_before_a_signature(scene):
    """A comment stands above the armor."""
    scene.write(SAM, b"# fine\n" + scene.read(SAM))


def rewrap_a_signature(scene):
    """The same base64 in one long line."""
    first, *body, last = scene.read(SAM).splitlines()
    scene.write(SAM, b"\n".join((first, b"".join(body), last)) + b"\n")


def change_a_byte_of_a_signature(scene):
    """One letter of the base64 is another one."""
    lines = scene.read(SAM).splitlines()
    row = bytearray(lines[-2])
    row[4] = ord("A") if row[4] != ord("A") else ord("B")
    scene.write(SAM, b"\n".join((*lines[:-2], bytes(row), lines[-1])) + b"\n")


def approve_in_a_role_that_is_not_asked(scene):
    """A valid approval by risk stands beside a change that risk has no part in."""
    scene.sign(BOT, 3, "rita", "risk")


def approve_in_a_role_that_does_not_exist(scene):
    """An approval names a role that nobody made."""
    scene.sign(BOT, 3, "sam", "management")


def approve_ones_own_change(scene):
    """The author, who is in the role, approves in place of Sam."""
    scene.remove(SAM)
    scene.sign(BOT, 3, "erin", "security")


def approve_what_ones_team_owns(scene):
    """A member of the team that owns the policy approves in place of Sam."""
    scene.remove(SAM)
    scene.sign(BOT, 3, "olga", "security")


def sign_as_author_after_having_approved(scene):
    """The approver becomes an author too, so that nobody else looked."""
    scene.sign(BOT, 3, "sam")


def approve_with_an_unknown_key(scene):
    """Somebody whom the trust root does not know approves beside Sam."""
    scene.sign(BOT, 3, "mallory", "security")


def approve_with_an_unknown_key_under_a_known_name(scene):
    """Somebody else's key is to be Sam's."""
    scene.sign(BOT, 3, "sam", "security", key="mallory")


def approve_with_the_key_of_another_role(scene):
    """Rita, who is risk, approves as security in place of Sam."""
    scene.remove(SAM)
    scene.sign(BOT, 3, "rita", "security")


def approve_without_any_role(scene):
    """Ada, who fills no role, approves as security in place of Sam."""
    scene.remove(SAM)
    scene.sign(BOT, 3, "ada", "security")


def approve_with_a_revoked_key(scene):
    """Under the root that takes Sam's key away, it still signs."""
    root = scene.root()
    scene.rotate(people={**root.people, "sam": scene.member("new")})
    scene.forge(BOT, scene.read(paths.policy_path(BOT)) + b"# more\n", root=2)


def approve_without_touching_the_key(scene):
    """The role asks for a touch, and a thief's program signs with the key that is plugged in."""
    scene.ask_for_a_touch()
    policy = scene.read(paths.policy_path(BOT)) + b"# more\n"
    seq = scene.forge(BOT, policy, root=2, approved={})
    scene.sign_by_token(BOT, seq, "sam", "security", touched=False)


def approve_with_a_plain_key_where_a_touch_is_asked_for(scene):
    """The role asks for a touch, and the approver takes the key that needs none."""
    scene.ask_for_a_touch()
    scene.forge(BOT, scene.read(paths.policy_path(BOT)) + b"# more\n", root=2)


def claim_a_touch_afterwards(scene):
    """The flag of an untouched signature is set in the file."""
    approve_without_touching_the_key(scene)
    path = paths.signature_path(BOT, scene.last(BOT), "sam", "security")
    claimed = replace(dearmor(scene.read(path)), flags=1)
    scene.write(path, armor(encode(claimed)))


def sign_an_executable_file(scene):
    """The signature file can be run."""
    (scene.folder / SAM).chmod(0o755)


def link_to_a_signature(scene):
    """The signature file points to another one."""
    scene.remove(SAM)
    (scene.folder / SAM).symlink_to("000002.json.sam.security.sig")


def sign_under_a_name_with_capitals(scene):
    """A second file that is the same one where case does not count."""
    scene.write(SAM.replace("sam", "Sam"), scene.read(SAM))


def leave_a_signature_of_an_entry_that_is_not_there(scene):
    """Somebody signed what is to come."""
    scene.write(SAM.replace("000003", "000004"), scene.read(SAM))


LOST = "SIG_INVALID APPROVALS_MISSING"
ATTACKS = {
    strip_the_approval: "APPROVALS_MISSING",
    strip_an_old_approval: "APPROVALS_MISSING",
    strip_the_author: "AUTHOR_MISSING",
    copy_the_approval_of_another_entry: LOST,
    approve_a_new_change_with_an_old_approval: LOST,
    rename_an_approval_to_another_role: "SIG_WRONG_NAMESPACE APPROVALS_MISSING",
    rename_an_approval_to_another_person: "SIG_UNKNOWN_KEY APPROVALS_MISSING",
    count_one_approval_twice: "SIG_UNKNOWN_KEY",
    take_the_authors_signature_for_an_approval: (
        "SIG_WRONG_NAMESPACE AUTHOR_MISSING APPROVALS_MISSING"
    ),
    take_an_approval_for_the_authors_signature: "SIG_WRONG_NAMESPACE",
    reuse_a_signature_made_for_git: "SIG_WRONG_NAMESPACE APPROVALS_MISSING",
    add_a_garbage_signature: "SIG_INVALID",
    empty_a_signature: LOST,
    convert_the_line_endings_of_a_signature: LOST,
    add_a_line_to_a_signature: LOST,
    add_a_space_to_a_signature: LOST,
    write_something_before_a_signature: LOST,
    rewrap_a_signature: LOST,
    change_a_byte_of_a_signature: LOST,
    approve_in_a_role_that_is_not_asked: "SIG_SURPLUS",
    approve_in_a_role_that_does_not_exist: "SIG_NOT_IN_ROLE",
    approve_ones_own_change: "SELF_APPROVAL APPROVALS_MISSING",
    approve_what_ones_team_owns: "SELF_APPROVAL APPROVALS_MISSING",
    sign_as_author_after_having_approved: "SELF_APPROVAL APPROVALS_MISSING",
    approve_with_an_unknown_key: "SIG_UNKNOWN_KEY",
    approve_with_an_unknown_key_under_a_known_name: "SIG_UNKNOWN_KEY APPROVALS_MISSING",
    approve_with_the_key_of_another_role: "SIG_NOT_IN_ROLE APPROVALS_MISSING",
    approve_without_any_role: "SIG_NOT_IN_ROLE APPROVALS_MISSING",
    approve_with_a_revoked_key: "SIG_REVOKED_KEY APPROVALS_MISSING",
    approve_without_touching_the_key: "SIG_NOT_TOUCHED APPROVALS_MISSING",
    approve_with_a_plain_key_where_a_touch_is_asked_for: "SIG_NOT_TOUCHED APPROVALS_MISSING",
    claim_a_touch_afterwards: LOST,
    sign_an_executable_file: "BAD_FILE_MODE SIG_INVALID APPROVALS_MISSING",
    link_to_a_signature: "BAD_FILE_MODE SIG_INVALID APPROVALS_MISSING",
    sign_under_a_name_with_capitals: "PATH_COLLISION PATH_UNEXPECTED",
    leave_a_signature_of_an_entry_that_is_not_there: "LOG_GAP",
}


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
