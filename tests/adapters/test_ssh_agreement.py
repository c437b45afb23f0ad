"""Over two thousand signatures, sound and broken: whatever we accept, ``ssh-keygen`` accepts.

The other way round we may be stricter, on purpose and only in the ways of `STRICTER`.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from policyctl.adapters.ssh_verification import verify
from policyctl.core.signature_files import check_signature
from policyctl.core.ssh_keys import PublicKey
from policyctl.core.ssh_wire import mpint, string
from policyctl.core.sshsig import armor, signed_data

PURPOSE = "policyctl/approve/security"
MESSAGE = b'{\n "type": "policyctl/entry/v1"\n}\n'
TOKENS = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")
CURVES = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
RSA_HASHES = {
    "rsa-sha2-256": hashes.SHA256(),
    "rsa-sha2-512": hashes.SHA512(),
    "ssh-rsa": hashes.SHA1(),
}
STRICTER = {
    "text around the armor": "a signature file holds one signature and nothing else",
    "another spelling of the armor": "line lengths, line ends, spaces: one signature, one file",
    "a number spelt with zeros before it": "RFC 4251 has one spelling, OpenSSH strips the zeros",
    "wrong version": "OpenSSH takes version 0 for 1, and there is no version 0",
    "wrong reserved": "OpenSSH skips the reserved field; what is in it, the key did not sign",
    "a short RSA key": "fewer than 2,048 bits are too few",
}
"""What ssh-keygen may accept and we refuse, and why."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A private key, and how it signs."""

    name: str
    private: object
    type: str
    algorithms: tuple[str, ...]
    fields: tuple[bytes, ...]

    @property
    def blob(self) -> bytes:
        return b"".join(map(string, (self.type.encode(), *self.fields)))

    def body(self, data: bytes, algorithm: str) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), RSA_HASHES[algorithm])
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(data)
        digest = CURVES[f"nistp{self.private.key_size}"][1]
        numbers = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
        return b"".join(string(mpint(number)) for number in numbers)


@dataclass(frozen=True, kw_only=True)
class Made:
    """The fields of a signature, any of which may be wrong."""

    signer: Signer
    algorithm: str
    digest: str = "sha512"
    namespace: bytes = PURPOSE.encode()
    message: bytes = MESSAGE
    flags: int = 1
    counter: int = 7
    magic: bytes = b"SSHSIG"
    version: int = 1
    reserved: bytes = b""
    key: bytes = b""
    label: str = ""
    named_digest: str = ""
    body: bytes = b""
    inner_end: bytes = b""
    end: bytes = b""

    def signature(self) -> bytes:
        data = signed_data(self.namespace.decode("latin-1"), self.digest, self.message)
        if self.signer.type in TOKENS:
            application = hashlib.sha256(self.signer.fields[-1]).digest()
            device = bytes([self.flags]) + self.counter.to_bytes(4, "big")
            data = application + device + hashlib.sha256(data).digest()
        return self.signer.body(data, self.algorithm)

    @property
    def blob(self) -> bytes:
        inner = string((self.label or self.algorithm).encode())
        inner += string(self.body or self.signature())
        if self.signer.type in TOKENS:
            inner += bytes([self.flags]) + self.counter.to_bytes(4, "big")
        return b"".join(
            (
                self.magic + self.version.to_bytes(4, "big"),
                string(self.key or self.signer.blob),
                string(self.namespace),
                string(self.reserved),
                string((self.named_digest or self.digest).encode()),
                string(inner + self.inner_end),
                self.end,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A signature file, and what it is presented for."""

    kind: str
    text: bytes
    key: PublicKey
    message: bytes = MESSAGE
    who: str = "sam"
    purpose: str = PURPOSE
    note: str = field(default="", compare=False)


def signers() -> tuple[Signer, ...]:
    found = [
        ed_signer("ed25519", "ssh-ed25519", ()),
        ed_signer("sk-ed25519", TOKENS[0], (b"ssh:",)),
        ec_signer("sk-ecdsa", TOKENS[1], "nistp256", (b"ssh:policyctl",)),
        *(ec_signer(curve, f"ecdsa-sha2-{curve}", curve, ()) for curve in CURVES),
    ]
    for bits in (1024, 2048, 3072):
        private = rsa.generate_private_key(65537, bits)
        numbers = private.public_key().public_numbers()
        fields = (mpint(numbers.e), mpint(numbers.n))
        algorithms = ("rsa-sha2-512", "rsa-sha2-256")
        found.append(
            Signer(
                name=f"rsa{bits}",
                private=private,
                type="ssh-rsa",
                algorithms=algorithms,
                fields=fields,
            )
        )
    return tuple(found)


def ed_signer(name: str, kind: str, more: tuple[bytes, ...]) -> Signer:
    private = ed25519.Ed25519PrivateKey.generate()
    fields = (private.public_key().public_bytes_raw(), *more)
    return Signer(name=name, private=private, type=kind, algorithms=(kind,), fields=fields)


def ec_signer(name: str, kind: str, curve: str, more: tuple[bytes, ...]) -> Signer:
    private = ec.generate_private_key(CURVES[curve][0])
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    fields = (curve.encode(), point, *more)
    return Signer(name=name, private=private, type=kind, algorithms=(kind,), fields=fields)


def presented(made: Made, kind: str, **more: object) -> Case:
    key = PublicKey(type=made.signer.type, blob=made.signer.blob)
    kind = "a short RSA key" if made.signer.name == "rsa1024" else kind
    return Case(**{"kind": kind, "text": armor(made.blob), "key": key, **more})


def sound(signer: Signer) -> Iterator[Made]:
    for algorithm in signer.algorithms:
        for digest in ("sha256", "sha512"):
            yield Made(signer=signer, algorithm=algorithm, digest=digest)


def cases(rng: random.Random) -> Iterator[Case]:
    all_signers = signers()
    for signer in all_signers:
        others = [other for other in all_signers if other is not signer]
        for made in sound(signer):
            yield from fair(made)
            yield from misused(made)
            yield from wrong_fields(made, rng.choice(others))
            yield from respelt_numbers(made)
            yield from other_armor(made, rng)
            yield from damaged(made, rng, 40 if len(signer.algorithms) == 1 else 20)


def fair(made: Made) -> Iterator[Case]:
    for message in (b"", b"x", MESSAGE, bytes(range(256)), b"a" * 100_000):
        yield presented(replace(made, message=message), "sound", message=message)
    for name in ("git", "file", "a b", "policyctl/root", "x" * 200):
        again = replace(made, namespace=name.encode())
        yield presented(again, "sound", purpose=name)
    if made.signer.type in TOKENS:
        for flags in (0, 1, 4, 5, 0x41, 0xFF):
            for counter in (0, 1, 2**32 - 1):
                yield presented(replace(made, flags=flags, counter=counter), "sound")


def misused(made: Made) -> Iterator[Case]:
    yield presented(made, "for another message", message=MESSAGE + b"\n")
    yield presented(made, "for another message", message=b"")
    yield presented(made, "for another purpose", purpose="git")
    yield presented(made, "for another purpose", purpose="policyctl/approve/risk")
    yield presented(made, "by somebody else", who="mallory")


def wrong_fields(made: Made, other: Signer) -> Iterator[Case]:
    right = made.signature()
    sha1 = made.signer.body(MESSAGE, "ssh-rsa")
    hybrid = bytes([made.flags ^ 1])
    for changes in (
        {"magic": b"SSHSIg"},
        {"version": 0},
        {"version": 2},
        {"reserved": b"x"},
        {"namespace": b""},
        {"key": other.blob},
        {"key": made.signer.blob + b"\0"},
        {"key": made.signer.blob[:-1]},
        {"key": string(b"ssh-dss") + string(b"x")},
        {"named_digest": "sha256" if made.digest == "sha512" else "sha512", "body": right},
        {"named_digest": "sha1"},
        {"named_digest": "SHA512"},
        {"named_digest": "md5"},
        {"label": "ssh-rsa", "body": sha1},
        {"label": "ssh-ed25519" if made.algorithm != "ssh-ed25519" else "ecdsa-sha2-nistp256"},
        {"label": "rsa-sha2-256" if made.algorithm != "rsa-sha2-256" else "rsa-sha2-512"},
        {"label": f"{made.algorithm}-cert-v01@openssh.com"},
        {"label": "x"},
        {"body": bytes(len(right))},
        {"body": b"\xff" * len(right)},
        {"body": right + b"\0"},
        {"body": right[:-1]},
        {"body": b"\0" + right},
        {"body": b"\0"},
        {"inner_end": b"\0"},
        {"inner_end": hybrid + bytes(4)},
        {"end": b"\0"},
        {"end": b"-----END SSH SIGNATURE-----"},
        {"signer": replace(made.signer, private=other_private(made.signer))},
    ):
        yield presented(replace(made, **changes), f"wrong {', '.join(changes)}")
    if made.signer.type in TOKENS:
        for name, value in (("flags", 0), ("flags", 5), ("counter", 8)):
            yield presented(replace(made, **{name: value}, body=right), f"claimed {name}")


def other_private(signer: Signer) -> object:
    private = signer.private
    if isinstance(private, rsa.RSAPrivateKey):
        return rsa.generate_private_key(65537, private.key_size)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(private.curve)


def respelt_numbers(made: Made) -> Iterator[Case]:
    kind = "a number spelt with zeros before it"
    if made.signer.type == "ssh-rsa":
        exponent, modulus = made.signer.fields
        for fields in ((b"\0" + exponent, modulus), (exponent, b"\0" + modulus)):
            key = b"".join(map(string, (b"ssh-rsa", *fields)))
            yield presented(replace(made, key=key), kind)
        negative = b"".join(map(string, (b"ssh-rsa", exponent, modulus[1:])))
        yield presented(replace(made, key=negative), "a negative number")
    elif "ecdsa" in made.signer.type:
        body = made.signature()
        length = int.from_bytes(body[:4], "big")
        r, s = body[4 : 4 + length], body[8 + length :]
        for numbers in ((b"\0" + r, s), (r, b"\0" + s), (bytes(9) + r, s)):
            yield presented(replace(made, body=b"".join(map(string, numbers))), kind)
        for numbers in ((b"", s), (r, b""), (s, r), (b"\xff" + r, s), (r + r, s)):
            again = replace(made, body=b"".join(map(string, numbers)))
            yield presented(again, "other numbers")


def other_armor(made: Made, rng: random.Random) -> Iterator[Case]:
    text = armor(made.blob)
    first, *rows, last = text.splitlines()
    body = b"".join(rows)
    for other in (
        text.replace(b"\n", b"\r\n"),
        text.replace(b"\n", b"\r"),
        text.rstrip(b"\n"),
        text + b"\n",
        text.replace(b"\n", b" \n"),
        *(
            b"\n".join((first, *(body[at : at + width] for at in range(0, len(body), width)), last))
            + b"\n"
            for width in (1, 64, 69, 71, 76, len(body))
        ),
        b"\n".join((first, b"", *rows, b"", last, b"")),
        text.replace(b"=", b""),
        text.replace(b"-----BEGIN", b"----BEGIN"),
        text.replace(b"SSH SIGNATURE", b"ssh signature"),
        text.replace(rows[0], rows[0][:9] + rng.choice((b"!", b" ", b"\t", b"\0")) + rows[0][9:]),
        text.replace(b"+", b"-").replace(b"/", b"_") if b"+" in body or b"/" in body else text[1:],
    ):
        yield presented(made, "another spelling of the armor", text=other)
    for other in (
        b"\n" + text,
        b"# a comment\n" + text,
        text + b"trailing words\n",
        text + text,
        b"\xef\xbb\xbf" + text,
        b" " + text,
        text + b"\0" * 9,
    ):
        yield presented(made, "text around the armor", text=other)


def damaged(made: Made, rng: random.Random, count: int) -> Iterator[Case]:
    blob = made.blob
    for _ in range(count):
        at = rng.randrange(len(blob))
        match rng.randrange(5):
            case 0:
                other = blob[:at] + bytes([blob[at] ^ (1 << rng.randrange(8))]) + blob[at + 1 :]
            case 1:
                other = blob[:at]
            case 2:
                other = blob[:at] + blob[at + 1 :]
            case 3:
                other = blob[:at] + bytes([rng.randrange(256)]) + blob[at:]
            case _:
                length = rng.choice((0, 1, 2**31, 2**32 - 1, len(blob)))
                other = blob[:at] + length.to_bytes(4, "big") + blob[at + 4 :]
        kind = "sound" if other == blob else "damaged"
        yield presented(made, kind, text=armor(other), note=f"at {at}")


def ours(case: Case) -> bool:
    """Whether we take the file for Sam's signature, by the check that the ledger uses."""
    keys = (case.key,) if case.who == "sam" else ()
    check = check_signature(
        signature=case.text,
        message=case.message,
        namespace=case.purpose,
        who=case.who,
        keys=keys,
        file="f",
        verify=verify,
    )
    assert check.valid is not bool(check.findings)
    return check.valid


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> list[tuple[Case, bool, bool]]:
    """Each case with our judgement and that of ssh-keygen."""
    folder = tmp_path_factory.mktemp("cases")
    found = list(cases(random.Random("policyctl")))

    def theirs(number: int) -> bool:
        case = found[number]
        allowed, signature = folder / f"{number}.allowed", folder / f"{number}.sig"
        allowed.write_text(f"sam {case.key.line}\n")
        signature.write_bytes(case.text)
        command = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", case.who, "-n", case.purpose]
        done = subprocess.run(
            [*command, "-s", signature], input=case.message, capture_output=True, check=False
        )
        allowed.unlink()
        signature.unlink()
        return done.returncode == 0

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(theirs, range(len(found))))
    return [(case, ours(case), answer) for case, answer in zip(found, answers, strict=True)]


def test_there_are_two_thousand_cases_and_both_answers_are_common(compared):
    answers = Counter(answer for _, _, answer in compared)

    assert len(compared) >= 2000
    assert min(answers.values()) > 300


def test_whatever_we_accept_is_accepted_by_ssh_keygen(compared):
    assert [(case.kind, case.note) for case, our, their in compared if our and not their] == []


def test_we_are_stricter_on_purpose_only(compared):
    stricter = Counter(case.kind for case, our, their in compared if their and not our)

    assert set(stricter) == set(STRICTER), stricter


def test_every_sound_signature_is_accepted_by_both(compared):
    sound_cases = [pair for pair in compared if pair[0].kind == "sound"]

    assert len(sound_cases) > 100
    assert all(our and their for _, our, their in sound_cases)
