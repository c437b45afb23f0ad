import hashlib
import subprocess
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)

from policyctl.adapters.ssh_verification import verify
from policyctl.core.ssh_keys import PublicKey, parse_public_key, read_public_key
from policyctl.core.ssh_wire import mpint
from policyctl.core.sshsig import Signature, armor, dearmor, ecdsa_numbers, encode, signed_data
from policyctl.errors import SignatureError

NAMESPACE = "policyctl/approve/security"
MESSAGE = b'{\n "type": "policyctl/entry/v1"\n}\n'
KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
    "rsa2048": ("-t", "rsa", "-b", "2048"),
    "rsa3072": ("-t", "rsa", "-b", "3072"),
}
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
PRESENT, VERIFIED = 1, 4
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name, arguments in KINDS.items():
        subprocess.run(
            ["ssh-keygen", "-q", "-N", "", *arguments, "-f", str(folder / name)], check=True
        )
    return folder


@pytest.fixture(scope="module")
def signatures(keys):
    """What ssh-keygen makes of MESSAGE, by kind of key and hash."""
    return {
        (name, digest): ssh_sign(keys / name, MESSAGE, digest)
        for name in KINDS
        for digest in ("sha256", "sha512")
    }


@pytest.fixture
def agrees(tmp_path):
    """Whether ssh-keygen accepts a signature for a key, a namespace and a message."""

    def accepts(text: bytes, message: bytes, key: PublicKey, namespace: str = NAMESPACE) -> bool:
        (tmp_path / "allowed").write_text(f"someone {key.line}\n")
        (tmp_path / "signature").write_bytes(text)
        command = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "allowed")]
        command += ["-I", "someone", "-n", namespace, "-s", str(tmp_path / "signature")]
        done = subprocess.run(command, input=message, capture_output=True, check=False)
        return done.returncode == 0

    return accepts


def ssh_sign(key, message, digest):
    command = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-O", f"hashalg={digest}"]
    done = subprocess.run(
        [*command, "-f", str(key)], input=message, capture_output=True, check=True
    )
    return done.stdout


def accepted(text: bytes, message: bytes) -> bool:
    """True if the whole path accepts: malformed and wrong are both a no."""
    try:
        return verify(dearmor(text), message)
    except SignatureError:
        return False


def string_(content):
    return len(content).to_bytes(4, "big") + content


class SecurityKey:
    """Signs as a FIDO token does."""

    def __init__(self, kind, application=b"ssh:"):
        self.kind = kind
        self.application = application
        if kind == SK_ED25519:
            self.private = Ed25519PrivateKey.generate()
            body = string_(self.private.public_key().public_bytes_raw())
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())
            point = self.private.public_key().public_bytes(
                Encoding.X962, PublicFormat.UncompressedPoint
            )
            body = string_(b"nistp256") + string_(point)
        self.blob = string_(kind.encode()) + body + string_(application)

    def sign(self, message, *, flags=PRESENT, counter=7, digest="sha512"):
        data = hashlib.sha256(self.application).digest() + bytes([flags])
        data += counter.to_bytes(4, "big")
        data += hashlib.sha256(signed_data(NAMESPACE, digest, message)).digest()
        if self.kind == SK_ED25519:
            body = self.private.sign(data)
        else:
            made = self.private.sign(data, ec.ECDSA(hashes.SHA256()))
            body = b"".join(string_(mpint(number)) for number in decode_dss_signature(made))
        return Signature(
            public_key=self.blob,
            namespace=NAMESPACE,
            hash_algorithm=digest,
            algorithm=self.kind,
            signature=body,
            flags=flags,
            counter=counter,
        )


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("name", KINDS)
def test_a_signature_of_ssh_keygen_verifies(keys, signatures, name, digest):
    signature = dearmor(signatures[name, digest])

    assert verify(signature, MESSAGE)
    assert signature.hash_algorithm == digest
    assert signature.key == parse_public_key((keys / f"{name}.pub").read_text())


@pytest.mark.parametrize("name", KINDS)
def test_the_signature_covers_message_namespace_hash_and_key(signatures, name):
    signature = dearmor(signatures[name, "sha512"])
    stranger = dearmor(signatures["ed25519" if name != "ed25519" else "rsa2048", "sha512"])

    assert not verify(signature, MESSAGE + b"\n")
    assert not verify(signature, b"")
    assert not verify(replace(signature, namespace="git"), MESSAGE)
    assert not verify(replace(signature, hash_algorithm="sha256"), MESSAGE)
    assert not verify(replace(signature, public_key=stranger.public_key), MESSAGE)


def test_an_rsa_key_takes_no_other_algorithm(signatures):
    signature = dearmor(signatures["rsa2048", "sha512"])

    assert signature.algorithm == "rsa-sha2-512"
    for algorithm in ("rsa-sha2-256", "ssh-rsa", "ssh-ed25519", ""):
        assert not verify(replace(signature, algorithm=algorithm), MESSAGE)


def test_an_rsa_signature_without_its_leading_zeros_verifies_as_it_does_for_ssh_keygen(
    keys, signatures, agrees
):
    private = load_ssh_private_key((keys / "rsa2048").read_bytes(), None)
    messages = (b"%d" % number for number in range(10_000))
    for message in messages:
        data = signed_data(NAMESPACE, "sha512", message)
        body = private.sign(data, padding.PKCS1v15(), hashes.SHA512())
        if body[0] == 0:
            break
    assert body[0] == 0
    short = replace(dearmor(signatures["rsa2048", "sha512"]), signature=body.lstrip(b"\0"))

    assert verify(short, message)
    assert agrees(armor(encode(short)), message, short.key)


def test_in_process_and_ssh_keygen_agree_on_altered_signatures(keys, signatures, agrees):
    disagreements = []
    outcomes = set()
    for (name, digest), text in signatures.items():
        key = parse_public_key((keys / f"{name}.pub").read_text())
        original = dearmor(text)
        body = original.signature
        altered = [
            (original, MESSAGE),
            (original, MESSAGE + b" "),
            (original, b""),
            (replace(original, namespace="git"), MESSAGE),
            (replace(original, signature=body[:-1] + bytes([body[-1] ^ 1])), MESSAGE),
            (replace(original, signature=body[:9] + bytes([body[9] ^ 128]) + body[10:]), MESSAGE),
            (replace(original, signature=bytes(len(body))), MESSAGE),
            (replace(original, algorithm="ssh-rsa"), MESSAGE),
        ]
        for signature, message in altered:
            changed = armor(encode(signature))
            ours = accepted(changed, message)
            outcomes.add(ours)
            if ours != agrees(changed, message, key, signature.namespace):
                disagreements.append((name, digest, signature, message))

    assert disagreements == []
    assert outcomes == {True, False}


def test_an_ed25519_signature_cannot_be_respelt(signatures):
    signature = dearmor(signatures["ed25519", "sha512"])
    scalar = int.from_bytes(signature.signature[32:], "little") + ED25519_ORDER
    other = signature.signature[:32] + scalar.to_bytes(32, "little")

    assert not verify(replace(signature, signature=other), MESSAGE)


def test_a_number_of_an_ecdsa_signature_has_one_spelling(signatures):
    signature = dearmor(signatures["ecdsa256", "sha512"])
    r, s = ecdsa_numbers(signature.signature)

    for body in (
        string_(b"\0" + mpint(r)) + string_(mpint(s)),
        string_(mpint(r)) + string_(mpint(s)) + b"\0",
        string_(b"") + string_(mpint(s)),
        string_(mpint(r)),
    ):
        with pytest.raises(SignatureError):
            verify(replace(signature, signature=body), MESSAGE)


def test_ecdsa_numbers_beyond_the_order_of_the_curve_are_wrong(signatures):
    signature = dearmor(signatures["ecdsa256", "sha512"])
    r, s = ecdsa_numbers(signature.signature)

    for numbers in ((r + P256_ORDER, s), (r, s + P256_ORDER), (1 << 4000, s)):
        body = b"".join(string_(mpint(number)) for number in numbers)
        assert not verify(replace(signature, signature=body), MESSAGE)


def test_a_point_that_is_not_on_the_curve_is_a_signature_error(signatures):
    signature = dearmor(signatures["ecdsa256", "sha512"])
    blob = signature.public_key[:-1] + bytes([signature.public_key[-1] ^ 1])

    with pytest.raises(SignatureError) as caught:
        verify(replace(signature, public_key=blob), MESSAGE)
    assert caught.value.message == (
        f"the public key {read_public_key(blob).fingerprint} is not a valid key"
    )


@pytest.mark.parametrize("exponent", [1, (1 << 2100) | 1])
def test_an_rsa_key_with_an_absurd_exponent_is_a_signature_error(signatures, exponent):
    signature = dearmor(signatures["rsa2048", "sha512"])
    modulus = signature.key.fields[1]
    blob = string_(b"ssh-rsa") + string_(mpint(exponent)) + string_(modulus)

    with pytest.raises(SignatureError):
        verify(replace(signature, public_key=blob), MESSAGE)


@pytest.mark.parametrize("flags", [0, PRESENT, VERIFIED, PRESENT | VERIFIED])
@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_a_security_key_verifies_and_says_whether_it_was_touched(kind, flags, agrees):
    token = SecurityKey(kind)
    made = token.sign(MESSAGE, flags=flags, counter=2**32 - 1)
    text = armor(encode(made))

    signature = dearmor(text)

    assert signature == made
    assert verify(signature, MESSAGE)
    assert signature.touched is bool(flags & PRESENT)
    # ssh-keygen accepts a signature without touch: whoever needs one asks `touched`.
    assert agrees(text, MESSAGE, signature.key)


@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_touch_counter_and_application_cannot_be_claimed_afterwards(kind, agrees):
    token = SecurityKey(kind)
    untouched = token.sign(MESSAGE, flags=0)
    elsewhere = token.blob.replace(string_(b"ssh:"), string_(b"ssh!"))

    for forged in (
        replace(untouched, flags=PRESENT),
        replace(untouched, counter=8),
        replace(untouched, public_key=elsewhere),
        replace(untouched, namespace="git"),
        replace(untouched, signature=token.sign(b"other").signature),
    ):
        assert not verify(forged, MESSAGE)
        assert not agrees(armor(encode(forged)), MESSAGE, forged.key, forged.namespace)


@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_a_security_key_may_belong_to_any_application(kind, agrees):
    token = SecurityKey(kind, application=b"ssh:policyctl")
    signature = token.sign(MESSAGE, digest="sha256")

    assert verify(signature, MESSAGE)
    assert agrees(armor(encode(signature)), MESSAGE, signature.key)


def test_a_key_is_not_taken_for_a_security_key_or_the_other_way_round(signatures):
    plain = dearmor(signatures["ed25519", "sha512"])
    token = SecurityKey(SK_ED25519)

    assert not verify(replace(plain, algorithm=SK_ED25519, flags=PRESENT), MESSAGE)
    assert not verify(replace(token.sign(MESSAGE), algorithm="ssh-ed25519"), MESSAGE)
