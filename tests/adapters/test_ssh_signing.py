import fcntl
import os
import shutil
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from policyctl.adapters.ssh_signing import find_key, make_key, public_key, sign
from policyctl.adapters.ssh_verification import verify
from policyctl.core.ssh_keys import parse_public_key
from policyctl.core.sshsig import dearmor
from policyctl.errors import SigningError

NAMESPACE = "policyctl/author"
MESSAGE = b"not a passphrase\nand a second line\n"
NOT_ONE_LINE = "the public key is not one line of type and base64"
MAKE_ONE = "make one with 'ssh-keygen -t ed25519', or name another with '--key'"


@pytest.fixture(autouse=True)
def world(tmp_path, monkeypatch):
    """No personal keys, agent or askpass program; temporary files where a test can count them."""
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return temporary


@pytest.fixture
def agent(tmp_path_factory, monkeypatch):
    """A running agent without keys; ``agent(path)`` adds one."""
    socket = tmp_path_factory.mktemp("a") / "s"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    deadline = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < deadline, "ssh-agent did not start"
        time.sleep(0.01)

    def add(key, *options):
        subprocess.run(["ssh-add", "-q", *options, str(key)], check=True, capture_output=True)

    yield add
    process.terminate()
    process.wait(10)


def make(path, passphrase="", kind=("-t", "ed25519")):
    subprocess.run(["ssh-keygen", "-q", "-N", passphrase, *kind, "-f", str(path)], check=True)
    return path


@pytest.fixture
def key(tmp_path):
    return make(tmp_path / "key")


def askpass(tmp_path, monkeypatch, answer):
    program = tmp_path / "askpass"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(program))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")


def refusal(function, *arguments, **options):
    with pytest.raises(SigningError) as caught:
        function(*arguments, **options)
    assert "\n" not in caught.value.message
    return caught.value.message, caught.value.hint


def is_good(text, key):
    signature = dearmor(text)
    assert signature.namespace == NAMESPACE
    return verify(signature, MESSAGE) and signature.key == public_key(key)


@pytest.mark.parametrize(
    "kind",
    [
        ("-t", "ed25519"),
        ("-t", "ecdsa", "-b", "256"),
        ("-t", "ecdsa", "-b", "384"),
        ("-t", "ecdsa", "-b", "521"),
        ("-t", "rsa", "-b", "2048"),
    ],
)
def test_a_message_is_signed_in_a_namespace_and_verifies(tmp_path, world, kind):
    key = make(tmp_path / "key", kind=kind)

    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=key), key)
    assert list(world.iterdir()) == []


def test_any_bytes_can_be_signed(key):
    for message in (b"", b"\0\xff\r\n" * 1000):
        assert verify(dearmor(sign(message, namespace=NAMESPACE, key=key)), message)


def test_a_private_key_without_its_public_file_signs(key):
    expected = public_key(key)
    Path(f"{key}.pub").unlink()

    assert public_key(key) == expected
    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=key), key)


def test_an_agent_signs_when_only_the_public_file_is_there(key, agent):
    agent(key)
    key.unlink()

    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=Path(f"{key}.pub")), key)
    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=key), key)


def test_an_agent_that_lacks_the_key_is_a_clear_error(key, agent, world):
    key.unlink()
    public = Path(f"{key}.pub")

    assert refusal(sign, MESSAGE, namespace=NAMESPACE, key=public) == (
        f'ssh-keygen refused: No private key found for public key "{public}"',
        "load the key into an SSH agent, or name the private key's file",
    )
    assert list(world.iterdir()) == []


def test_an_agent_that_refuses_is_a_clear_error(tmp_path, monkeypatch, key, agent):
    agent(key, "-c")  # asks before each use
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    key.unlink()

    message, hint = refusal(sign, MESSAGE, namespace=NAMESPACE, key=Path(f"{key}.pub"))
    assert "agent refused operation" in message
    assert hint == "unlock the SSH agent or confirm its question, then run it again"


def test_an_agent_unlocks_a_key_with_a_passphrase(tmp_path, monkeypatch, agent):
    key = make(tmp_path / "key", passphrase="secret")
    askpass(tmp_path, monkeypatch, "secret")
    agent(key)
    monkeypatch.delenv("SSH_ASKPASS")
    monkeypatch.delenv("SSH_ASKPASS_REQUIRE")

    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=key), key)


def test_an_askpass_program_unlocks_a_key_with_a_passphrase(tmp_path, monkeypatch):
    key = make(tmp_path / "key", passphrase="secret")
    askpass(tmp_path, monkeypatch, "secret")

    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=key), key)


def test_a_wrong_passphrase_is_a_clear_error(tmp_path, monkeypatch, world):
    key = make(tmp_path / "key", passphrase="secret")
    askpass(tmp_path, monkeypatch, "wrong")

    message, hint = refusal(sign, MESSAGE, namespace=NAMESPACE, key=key)
    assert message.startswith("ssh-keygen refused: ")
    assert "incorrect passphrase supplied to decrypt private key" in message
    assert hint == f"run it again, or unlock the key once with 'ssh-add {key}'"
    assert list(world.iterdir()) == []


@pytest.mark.parametrize("typed", ["secret", "wrong"])
def test_a_passphrase_is_read_from_the_terminal_though_standard_input_is_a_pipe(tmp_path, typed):
    key = make(tmp_path / "key", passphrase="secret")
    code = (
        "import sys; from pathlib import Path; from policyctl.adapters.ssh_signing import sign\n"
        f"made = sign({MESSAGE!r}, namespace={NAMESPACE!r}, key=Path({str(key)!r}))\n"
        "sys.stdout.buffer.write(made + sys.stdin.buffer.read())"
    )
    terminal, inside = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(inside,),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(inside, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads
    )
    os.close(inside)
    shown = b""
    while b"passphrase" not in shown:
        shown += os.read(terminal, 1024)
    os.write(terminal, f"{typed}\n".encode())
    out, err = process.communicate(b"the pipe", timeout=30)
    os.close(terminal)

    if typed == "secret":
        assert out.endswith(b"the pipe")
        assert is_good(out.removesuffix(b"the pipe"), key)
    else:
        assert b"incorrect passphrase" in err
        assert process.returncode != 0


def test_a_key_that_others_may_read_is_a_clear_error(key):
    key.chmod(0o644)

    message, hint = refusal(sign, MESSAGE, namespace=NAMESPACE, key=key)
    assert f"Permissions 0644 for '{key}' are too open." in message
    assert hint == f"make the key yours alone: chmod 600 {key}"


def test_an_absent_key_is_a_clear_error(tmp_path):
    absent = tmp_path / "absent"

    expected = (f"the signing key {absent} was not found", MAKE_ONE)
    assert refusal(sign, MESSAGE, namespace=NAMESPACE, key=absent) == expected
    assert refusal(public_key, absent) == expected


def test_a_machine_without_ssh_keygen_is_a_clear_error(tmp_path, monkeypatch, key):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert refusal(sign, MESSAGE, namespace=NAMESPACE, key=key) == (
        "ssh-keygen was not found",
        "install the OpenSSH client",
    )


def test_a_public_file_of_another_key_is_a_clear_error(tmp_path, key):
    other = make(tmp_path / "other")
    shutil.copy(f"{other}.pub", f"{key}.pub")

    message, _ = refusal(sign, MESSAGE, namespace=NAMESPACE, key=key)
    assert message.startswith(("the signature was made by SHA256:", "ssh-keygen refused: "))


def test_a_weak_key_is_refused_before_it_signs(tmp_path):
    key = make(tmp_path / "key", kind=("-t", "rsa", "-b", "1024"))

    assert refusal(sign, MESSAGE, namespace=NAMESPACE, key=key) == (
        f"the key {key} cannot be used: the RSA key has 1024 bits, fewer than 2048",
        "make one with 'ssh-keygen -t ed25519'",
    )


def test_a_file_that_holds_no_key_is_a_clear_error(tmp_path):
    (tmp_path / "notes").write_bytes(b"\xff\xfenot a key")

    assert refusal(public_key, tmp_path / "notes") == (
        f"the key {tmp_path / 'notes'} cannot be used: {NOT_ONE_LINE}",
        "make one with 'ssh-keygen -t ed25519'",
    )


def test_the_public_half_is_found_from_either_file(key):
    expected = parse_public_key(Path(f"{key}.pub").read_text())

    assert public_key(key) == expected
    assert public_key(Path(f"{key}.pub")) == expected


def test_keys_are_looked_for_in_a_fixed_order(tmp_path):
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    option, variable, configured = (make(tmp_path / name) for name in ("o", "v", "g"))
    standard = make(home / ".ssh" / "id_ed25519")
    environ = {"POLICYCTL_KEY": str(variable)}

    assert find_key(str(option), environ, str(configured), home) == option
    assert find_key(None, environ, str(configured), home) == variable
    assert find_key(None, {}, str(configured), home) == configured
    assert find_key(None, {}, f"{configured}.pub", home) == Path(f"{configured}.pub")
    assert find_key(None, {}, "3AA5C34371567BD2", home) == standard
    assert find_key(None, {}, None, home) == standard
    assert find_key("~/.ssh/id_ed25519", {}, None, home) == standard


def test_standard_keys_are_tried_from_the_best_to_the_oldest(tmp_path):
    names = ["id_ed25519", "id_ecdsa", "id_ed25519_sk", "id_ecdsa_sk", "id_rsa"]
    ssh = tmp_path / ".ssh"
    ssh.mkdir()
    for name in names:
        (ssh / f"{name}.pub").write_text("")

    for name in names:
        assert find_key(None, {}, None, tmp_path) == ssh / name
        (ssh / f"{name}.pub").unlink()


def test_no_key_at_all_is_a_clear_error(tmp_path):
    assert refusal(find_key, None, {}, "3AA5C34371567BD2", tmp_path) == (
        "no SSH signing key was found",
        "make one with 'ssh-keygen -t ed25519', or name one with '--key'",
    )


def test_a_key_that_was_asked_for_and_is_absent_is_no_reason_to_take_another(tmp_path):
    (tmp_path / ".ssh").mkdir()
    make(tmp_path / ".ssh" / "id_ed25519")

    assert refusal(find_key, "nope", {}, None, tmp_path) == (
        "the signing key nope was not found",
        MAKE_ONE,
    )
    assert refusal(find_key, None, {"POLICYCTL_KEY": "~/nope"}, None, tmp_path) == (
        f"the signing key {tmp_path / 'nope'} was not found",
        MAKE_ONE,
    )


@pytest.mark.parametrize("prefix", ["key::", ""])
def test_a_key_written_into_the_git_settings_signs_by_the_agent(tmp_path, key, agent, prefix):
    agent(key)
    line = Path(f"{key}.pub").read_text().strip()
    key.rename(tmp_path / "elsewhere")

    found = find_key(None, {}, prefix + line, tmp_path)

    assert found == public_key(Path(f"{key}.pub"))
    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=found), key)


def test_a_literal_key_that_no_agent_holds_or_that_is_none_is_a_clear_error(tmp_path, key, agent):
    line = Path(f"{key}.pub").read_text().strip()

    message, hint = refusal(
        sign, MESSAGE, namespace=NAMESPACE, key=find_key(None, {}, line, tmp_path)
    )
    assert message.startswith("ssh-keygen refused: ")
    assert hint == "load the key into an SSH agent, or name the private key's file"
    assert refusal(find_key, None, {}, "ssh-ed25519 nonsense", tmp_path) == (
        "the key in git's user.signingkey cannot be used: the public key is cut short",
        "name another with '--key'",
    )


def test_an_agent_with_many_keys_signs_with_the_one_that_is_asked_for(tmp_path, agent):
    keys = [make(tmp_path / f"key{number}") for number in range(12)]
    for path in keys:
        agent(path)
    for path in (keys[0], keys[7], keys[11]):
        line = Path(f"{path}.pub").read_text().strip()
        assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=parse_public_key(line)), path)
        path.unlink()
        made = sign(MESSAGE, namespace=NAMESPACE, key=Path(f"{path}.pub"))
        assert dearmor(made).key == parse_public_key(line)


def test_a_new_key_is_ready_to_sign_and_never_replaces_one(tmp_path):
    path = tmp_path / "new key"
    make_key(path, "alice@example.com")

    assert Path(f"{path}.pub").read_text().endswith(" alice@example.com\n")
    assert path.stat().st_mode & 0o077 == 0
    assert is_good(sign(MESSAGE, namespace=NAMESPACE, key=path), path)
    assert refusal(make_key, path, "x") == (
        f"the key {path} exists already",
        "choose another path",
    )


def test_a_key_cannot_be_made_in_an_absent_folder(tmp_path):
    message, _ = refusal(make_key, tmp_path / "absent" / "key", "x")

    assert message.startswith("ssh-keygen refused: ")
    assert "No such file or directory" in message
