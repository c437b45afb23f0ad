"""Signatures for DSSE, by keys of every kind, judged by securesystemslib."""

import json
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from policyctl.adapters.bare_signer import BareSigner
from policyctl.adapters.ssh_signing import make_key, public_key
from policyctl.core.attestation import envelope, pre_authentication
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.ssh_wire import string
from policyctl.errors import SigningError

PAYLOAD = b'{\n "_type": "https://in-toto.io/Statement/v1"\n}\n'
KINDS = {
    "ed25519": (("-t", "ed25519"), "ed25519"),
    "ecdsa256": (("-t", "ecdsa", "-b", "256"), "ecdsa-sha2-nistp256"),
    "ecdsa384": (("-t", "ecdsa", "-b", "384"), "ecdsa-sha2-nistp384"),
    "ecdsa521": (("-t", "ecdsa", "-b", "521"), "ecdsa-sha2-nistp521"),
    "rsa": (("-t", "rsa", "-b", "2048"), "rsa-pkcs1v15-sha256"),
}


@pytest.fixture(autouse=True)
def no_agent(monkeypatch):
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def agent(tmp_path_factory, monkeypatch):
    """A running agent without keys; its socket."""
    place = tmp_path_factory.mktemp("a") / "s"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(place)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not place.exists():
        assert time.monotonic() < deadline, "ssh-agent did not start"
        time.sleep(0.01)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
    yield place
    process.terminate()
    process.wait(10)


def make(path, passphrase="", kind=("-t", "ed25519")):
    subprocess.run(["ssh-keygen", "-q", "-N", passphrase, *kind, "-f", str(path)], check=True)
    return path


def reader_of(key: PublicKey, scheme: str) -> SSlibKey:
    public = load_ssh_public_key(key.line.encode())
    return SSlibKey.from_crypto(public, keyid=key.fingerprint, scheme=scheme)


def is_good(signer: BareSigner, scheme: str = "ed25519", payload: bytes = PAYLOAD) -> bool:
    made = envelope(payload, signer.key.fingerprint, signer.sign(pre_authentication(payload)))
    read = Envelope.from_dict(json.loads(made))
    assert read.payload == payload
    return bool(read.verify([reader_of(signer.key, scheme)], 1))


@pytest.mark.parametrize("kind", KINDS)
def test_securesystemslib_verifies_the_signature_of_each_kind_of_key(tmp_path, kind):
    options, scheme = KINDS[kind]
    key = make(tmp_path / "key", kind=options)

    assert is_good(BareSigner(key), scheme)
    assert is_good(BareSigner(Path(f"{key}.pub")), scheme)


def test_the_encoding_is_the_one_that_securesystemslib_makes():
    read = Envelope(PAYLOAD, "application/vnd.in-toto+json", {})

    assert pre_authentication(PAYLOAD) == read.pae()


def test_an_altered_statement_is_refused(tmp_path):
    signer = BareSigner(make(tmp_path / "key"))
    made = envelope(PAYLOAD + b" ", "x", signer.sign(pre_authentication(PAYLOAD)))
    read = Envelope.from_dict(
        json.loads(made.replace(b'"x"', b'"%s"' % signer.key.fingerprint.encode()))
    )

    with pytest.raises(VerificationError):
        read.verify([reader_of(signer.key, "ed25519")], 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_users_agent_signs_with_the_one_of_its_keys_that_is_asked_for(tmp_path, agent, kind):
    options, scheme = KINDS[kind]
    for name in ("one", "key", "two"):
        subprocess.run(["ssh-add", "-q", make(tmp_path / name, kind=options)], check=True)
    (tmp_path / "key").unlink()

    assert is_good(BareSigner(tmp_path / "key.pub"), scheme)
    assert is_good(BareSigner(public_key(tmp_path / "key.pub")), scheme)


def test_a_passphrase_is_asked_for_and_the_agent_of_a_moment_is_gone(tmp_path, monkeypatch):
    key = make(tmp_path / "key", passphrase="a long one")
    program = tmp_path / "askpass"
    program.write_text("#!/bin/sh\necho 'a long one'\n")
    program.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(program))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    temporary = tmp_path / "t"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    assert is_good(BareSigner(key))
    assert list(temporary.iterdir()) == []


def refusal(signer):
    with pytest.raises(SigningError) as caught:
        signer.sign(b"x")
    return caught.value.message, caught.value.hint


def test_a_key_that_is_nowhere_is_a_clear_error(tmp_path, agent):
    key = make(tmp_path / "key")
    fingerprint = public_key(key).fingerprint
    key.unlink()
    expected = (
        f"no SSH agent holds {fingerprint}, and its private half is not here",
        "load the key into an SSH agent, or name the private key's file",
    )

    assert refusal(BareSigner(Path(f"{key}.pub"))) == expected
    assert refusal(BareSigner(public_key(Path(f"{key}.pub")))) == expected


def test_a_hardware_key_is_refused_before_anybody_touches_it(tmp_path):
    body = b"sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"
    key = PublicKey(type=body[0].decode(), blob=b"".join(map(string, body)))

    assert refusal(BareSigner(key)) == (
        f"{key.fingerprint} is a hardware key, which signs more than the bytes given",
        "sign the envelope with another key of yours (--key)",
    )


def test_a_machine_without_an_agent_program_is_a_clear_error(tmp_path, monkeypatch):
    key = make(tmp_path / "key")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "ssh-keygen").symlink_to(shutil.which("ssh-keygen"))
    monkeypatch.setenv("PATH", str(tools))

    assert refusal(BareSigner(key)) == ("ssh-agent was not found", "install the OpenSSH client")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"\x05", "the SSH agent refused to sign"),
        (b"\x0e", "the SSH agent cannot be understood: the answer of the SSH agent is cut short"),
        (
            b"\x0e" + string(string(b"ssh-ed25519") + string(bytes(64))),
            "the SSH agent made a signature that does not verify",
        ),
        (None, "the SSH agent ended in the middle of its answer"),
    ],
)
def test_an_agent_that_misbehaves_is_a_clear_error(tmp_path, monkeypatch, answer, message):
    make_key(tmp_path / "key", "x")
    key = public_key(tmp_path / "key")
    keys = b"\x0c" + (1).to_bytes(4, "big") + string(key.blob) + string(b"comment")
    place = tmp_path / "s"

    def serve(listener):
        for reply in (keys, answer):
            link, _ = listener.accept()
            with link:
                link.recv(4096)
                link.sendall(string(reply) if reply is not None else b"\0\0")

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        said, _ = refusal(BareSigner(tmp_path / "key"))
        server.join(10)

    assert said == message
