"""Stock ssh-keygen, with the signers that ``root export`` prints, comes to the same judgement."""

import subprocess

import pytest

from policyctl.core import paths
from policyctl.core.trust_root import AUTHOR_NAMESPACE, ROOT_NAMESPACE, approval_namespace


@pytest.fixture
def accepts(base, place):
    """Whether ssh-keygen takes a signature for one of a person, for a purpose, over a message."""
    signers = place / "allowed_signers"
    signers.write_text(base.do("root", "export").out)

    def verify(signature, message, who, namespace):
        file = place / "signature"
        file.write_bytes(signature)
        command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", who, "-n", namespace]
        done = subprocess.run(
            [*command, "-s", file],
            input=message,
            capture_output=True,
            check=False,
            env=dict(base.world),
        )
        return done.returncode == 0

    return verify


def signatures(scene):
    """Every signature of the repository: the signed file, who, in which namespace."""
    for file in sorted(scene.folder.glob(paths.HOME + "**/*.sig")):
        path = file.relative_to(scene.folder).as_posix()
        place = paths.place_of(path)
        if isinstance(place, paths.RootSignature):
            yield path, paths.root_path(place.version), place.who, ROOT_NAMESPACE
        else:
            namespace = approval_namespace(place.role) if place.role else AUTHOR_NAMESPACE
            yield path, paths.entry_path(place.policy, place.seq), place.who, namespace


def test_ssh_keygen_accepts_every_signature_and_none_over_another_byte(base, accepts):
    found = list(signatures(base))
    assert len(found) == 1 + 5 + 2

    for path, signed, who, namespace in found:
        signature, message = base.read(path), base.read(signed)
        assert accepts(signature, message, who, namespace), path
        for at in (0, len(message) // 2, len(message) - 1):
            changed = message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]
            assert not accepts(signature, changed, who, namespace), path


def test_ssh_keygen_enforces_person_role_and_purpose(base, accepts):
    path = paths.signature_path("team-assistant", 3, "sam", "security")
    message = base.read(paths.entry_path("team-assistant", 3))
    security = approval_namespace("security")

    for who, namespace, expected in (
        ("sam", security, True),
        ("pia", security, False),
        ("rita", security, False),
        ("mallory", security, False),
        ("sam", approval_namespace("risk"), False),
        ("sam", AUTHOR_NAMESPACE, False),
        ("sam", "git", False),
    ):
        assert accepts(base.read(path), message, who, namespace) is expected, (who, namespace)


def test_ssh_keygen_refuses_a_real_signature_of_somebody_outside_the_role(scene, accepts):
    for who, role in (("rita", "security"), ("ada", "risk"), ("mallory", "security")):
        scene.sign("pii", 2, who, role)
        signature = scene.read(paths.signature_path("pii", 2, who, role))
        message = scene.read(paths.entry_path("pii", 2))

        assert not accepts(signature, message, who, approval_namespace(role))


def test_ssh_keygen_still_verifies_what_a_replaced_key_signed(scene, place):
    scene.rotate(people={**scene.root().people, "sam": scene.member("new")})
    scene.commit("a new key")
    assert scene.verify().codes == set()
    done = scene.policyctl("root", "export", "--version", "1")
    signers = place / "signers-of-1"
    signers.write_text(done.out)
    path = scene.folder / paths.signature_path("team-assistant", 3, "sam", "security")
    command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "sam"]

    subprocess.run(
        [*command, "-n", approval_namespace("security"), "-s", path],
        input=scene.read(paths.entry_path("team-assistant", 3)),
        check=True,
        capture_output=True,
    )
