import base64
import string
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.core.ssh_keys import parse_public_key
from policyctl.core.ssh_wire import mpint
from policyctl.core.sshsig import Signature, armor, dearmor, encode, signed_data
from policyctl.errors import SignatureError

KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
    "rsa": ("-t", "rsa", "-b", "2048"),
}
BEGIN, END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"


def keygen(*arguments, **options):
    return subprocess.run(["ssh-keygen", *arguments], check=True, capture_output=True, **options)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name, arguments in KINDS.items():
        keygen("-q", "-N", "", "-C", "a comment", *arguments, "-f", str(folder / name))
    return folder


@pytest.fixture(scope="module")
def armored(keys):
    """One signature of ssh-keygen by each kind of key."""
    return {
        name: keygen(
            "-Y", "sign", "-n", "policyctl/author", "-f", str(keys / name), input=b"message\n"
        ).stdout
        for name in KINDS
    }


def string_(content):
    return len(content).to_bytes(4, "big") + content


BODY = string_(b"ssh-ed25519") + string_(bytes(64))
ED25519 = string_(b"ssh-ed25519") + string_(bytes(range(32)))


def blob(
    magic=b"SSHSIG",
    version=1,
    key=ED25519,
    namespace=b"policyctl/author",
    reserved=b"",
    hash_algorithm=b"sha512",
    inner=BODY,
    tail=b"",
):
    parts = (key, namespace, reserved, hash_algorithm, inner)
    return magic + version.to_bytes(4, "big") + b"".join(map(string_, parts)) + tail


def refusal(function, *arguments):
    with pytest.raises(SignatureError) as caught:
        function(*arguments)
    return caught.value.message


@pytest.mark.parametrize("name", KINDS)
def test_a_signature_of_ssh_keygen_is_read_and_written_back_byte_for_byte(keys, armored, name):
    signature = dearmor(armored[name])

    assert armor(encode(signature)) == armored[name]
    assert signature.namespace == "policyctl/author"
    assert signature.hash_algorithm == "sha512"
    assert signature.key == parse_public_key((keys / f"{name}.pub").read_text())
    assert not signature.touched


def test_the_hand_made_signature_of_these_tests_is_fine():
    assert dearmor(armor(blob())).namespace == "policyctl/author"


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"magic": b"SSHSIX"}, "the signature is not an SSH signature of version 1"),
        ({"version": 2}, "the signature is not an SSH signature of version 1"),
        ({"namespace": b""}, "the signature names no namespace"),
        ({"namespace": b"git\0"}, "the signature holds a name that is not printable"),
        ({"namespace": b"gi\xd1\x82"}, "the signature holds a name that is not ASCII"),
        ({"reserved": b"x"}, "the signature fills a field that is reserved"),
        ({"hash_algorithm": b"md5"}, "the hash algorithm 'md5' is not sha256 or sha512"),
        ({"tail": b"\0"}, "the signature has bytes after its end"),
        ({"key": ED25519 + b"\0"}, "the public key has bytes after its end"),
        ({"key": ED25519[:-1]}, "the public key is cut short"),
        ({"key": b""}, "the public key is cut short"),
        ({"inner": b""}, "the signature is cut short"),
        (
            {"inner": string_(b"ssh-ed25519") + string_(bytes(63))},
            "the signature has the wrong length",
        ),
        (
            {"inner": string_(b"ssh-ed25519") + string_(bytes(64)) + b"\0"},
            "the signature has bytes after its end",
        ),
        (
            {"inner": string_(b"ssh-rsa") + string_(bytes(64))},
            "a key of type 'ssh-ed25519' cannot sign with 'ssh-rsa'",
        ),
    ],
)
def test_each_malformed_field_is_one_clear_error(part, message):
    assert refusal(dearmor, armor(blob(**part))) == message


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"",
        lambda text: text[:-1],
        lambda text: text + b"\n",
        lambda text: b"\n" + text,
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b" \n", 2),
        lambda text: BEGIN + text[len(BEGIN) : -len(END)].replace(b"\n", b"") + b"\n" + END,
        lambda text: text.replace(END, b"\n" + END),
        lambda text: text.replace(END, b"=\n" + END),
        lambda text: text.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
        lambda text: text + text,
        lambda text: text.replace(b"\n", b"\0", 2),
        lambda text: BEGIN + END,
        lambda text: BEGIN[:-4] + END,
    ],
)
def test_armor_has_one_spelling(change):
    changed = change(armor(blob()))

    assert refusal(dearmor, changed).startswith("the signature ")


def test_bits_that_base64_ignores_are_not_ignored():
    text = armor(blob(namespace=b"policyctl/autho"))
    at = text.index(b"=") - 1
    alphabet = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
    other = alphabet[alphabet.index(text[at]) ^ 1]

    changed = text[:at] + bytes([other]) + text[at + 1 :]

    assert base64.b64decode(changed[len(BEGIN) : -len(END)]) == blob(namespace=b"policyctl/autho")
    assert refusal(dearmor, changed) == (
        "the signature is spelt differently than ssh-keygen writes it"
    )


def test_armor_is_bounded_before_it_is_read():
    assert refusal(dearmor, BEGIN + b"A" * 20_000 + END) == (
        "the signature is larger than 16384 bytes"
    )


def test_lines_that_end_exactly_at_the_last_column_are_read_back():
    lengths = {len(armor(blob(namespace=b"n" * size))) for size in range(1, 120)}
    for size in range(1, 120):
        assert dearmor(armor(blob(namespace=b"n" * size))).namespace == "n" * size
    assert len(lengths) > 30


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_altered_armor_is_refused_or_is_another_signature(armored, data):
    text = armored[data.draw(st.sampled_from(sorted(KINDS)))]
    at = data.draw(st.integers(0, len(text) - 1))
    insert = data.draw(st.binary(max_size=2))
    cut = data.draw(st.integers(0, 2))
    changed = text[:at] + insert + text[at + cut :]

    try:
        signature = dearmor(changed)
    except SignatureError:
        return
    assert armor(encode(signature)) == changed
    assert changed == text or signature != dearmor(text)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_an_altered_wire_form_is_refused_or_is_another_signature(armored, data):
    name = data.draw(st.sampled_from(sorted(KINDS)))
    original = encode(dearmor(armored[name]))
    at = data.draw(st.integers(0, len(original) - 1))
    changed = original[:at] + data.draw(st.binary(max_size=5)) + original[at + 1 :]

    try:
        signature = dearmor(armor(changed))
    except SignatureError:
        return
    assert encode(signature) == changed


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_signature_or_a_signature_error(content):
    for text in (content, armor(content)):
        with pytest.raises(SignatureError):
            dearmor(text)


def test_what_is_signed_binds_the_namespace_and_the_hash():
    assert signed_data("git", "sha256", b"") == (
        b"SSHSIG\0\0\0\3git\0\0\0\0\0\0\0\6sha256\0\0\0\x20"
        + bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )
    assert refusal(signed_data, "git", "sha1", b"") == (
        "the hash algorithm 'sha1' is not sha256 or sha512"
    )


def test_only_a_security_key_that_says_so_was_touched():
    def signature(algorithm, flags):
        return Signature(
            public_key=b"",
            namespace="n",
            hash_algorithm="sha512",
            algorithm=algorithm,
            signature=b"",
            flags=flags,
        )

    assert signature("sk-ssh-ed25519@openssh.com", 1).touched
    assert signature("sk-ssh-ed25519@openssh.com", 5).touched
    assert not signature("sk-ssh-ed25519@openssh.com", 4).touched
    assert not signature("ssh-ed25519", 1).touched


@pytest.mark.parametrize("name", KINDS)
def test_a_fingerprint_is_the_one_that_ssh_keygen_prints(keys, name):
    public = keys / f"{name}.pub"
    key = parse_public_key(public.read_text())

    assert key.fingerprint == keygen("-l", "-f", str(public), text=True).stdout.split()[1]
    assert key.line == " ".join(public.read_text().split()[:2])


def test_comments_tabs_and_line_ends_around_a_public_key_do_not_matter(keys):
    line = (keys / "ed25519.pub").read_text()
    bare = " ".join(line.split()[:2])
    key = parse_public_key(line)

    for spelling in (bare, f"{bare}\n", f"{bare}\r\n", f" {bare} zoë, two words"):
        assert parse_public_key(spelling) == key
    assert parse_public_key(bare.replace(" ", "\t")) == key
    assert parse_public_key(key.line) == key


def line(name, content):
    return f"{name} {base64.b64encode(content).decode()}"


def rsa_blob(bits, exponent=65537):
    modulus = (1 << bits) - 1
    return string_(b"ssh-rsa") + string_(mpint(exponent)) + string_(mpint(modulus))


def point(name, curve, size, first=b"\4"):
    return string_(name) + string_(curve) + string_(first + bytes(size - 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the public key is not one line of type and base64"),
        ("ssh-ed25519", "the public key is not one line of type and base64"),
        (
            line("ssh-ed25519", ED25519) + "\n" + line("ssh-ed25519", ED25519),
            "the public key is not one line of type and base64",
        ),
        ("ssh-ed25519 ???", "the public key is not base64"),
        ("ssh-ed25519 AAAA", "the public key is cut short"),
        (line("ssh-ed25519", ED25519[:-1]), "the public key is cut short"),
        (line("ssh-ed25519", ED25519 + b"\0"), "the public key has bytes after its end"),
        (
            line("ssh-rsa", ED25519),
            "the public key says 'ssh-rsa' but holds 'ssh-ed25519'",
        ),
        (
            line("ssh-dss", string_(b"ssh-dss")),
            "the public key has the type 'ssh-dss', which is not supported",
        ),
        (
            line("ssh-ed25519-cert-v01@openssh.com", b"any"),
            "the public key is a certificate ('ssh-ed25519-cert-v01@openssh.com')",
        ),
        (
            line("ssh-ed25519", string_(b"ssh-rsa-cert-v01@openssh.com")),
            "the public key is a certificate ('ssh-rsa-cert-v01@openssh.com')",
        ),
        (
            'namespaces="git" ' + line("ssh-ed25519", ED25519),
            "the public key has the type 'namespaces=\"git\"', which is not supported",
        ),
        (line("ssh-rsa", rsa_blob(1024)), "the RSA key has 1024 bits, fewer than 2048"),
        (line("ssh-rsa", rsa_blob(2047)), "the RSA key has 2047 bits, fewer than 2048"),
        (line("ssh-rsa", rsa_blob(20000)), "the RSA key has 20000 bits, more than 16384"),
        (
            line("ssh-rsa", rsa_blob(2048, 65536)),
            "the RSA key has an even number where only odd ones work",
        ),
        (
            line("ssh-rsa", string_(b"ssh-rsa") + string_(b"\0\0\3") + string_(b"\x7f")),
            "the public key holds a number that is not canonical",
        ),
        (
            line("ssh-rsa", string_(b"ssh-rsa") + string_(b"\x83") + string_(b"\x7f")),
            "the public key holds a number that is not canonical",
        ),
        (
            line("ecdsa-sha2-nistp256", point(b"ecdsa-sha2-nistp256", b"nistp384", 97)),
            "the public key names another curve than its type",
        ),
        (
            line("ecdsa-sha2-nistp256", point(b"ecdsa-sha2-nistp256", b"nistp256", 33, b"\2")),
            "the public key does not hold an uncompressed point",
        ),
        (
            line(
                "sk-ssh-ed25519@openssh.com",
                string_(b"sk-ssh-ed25519@openssh.com") + string_(bytes(32)) + string_(b""),
            ),
            "the public key names no application",
        ),
    ],
)
def test_a_public_key_that_is_not_one_is_a_clear_error(text, message):
    assert refusal(parse_public_key, text) == message


def test_padding_bits_of_a_public_key_are_not_ignored():
    name = "sk-ssh-ed25519@openssh.com"
    text = line(name, string_(name.encode()) + string_(bytes(32)) + string_(b"ssh:"))
    assert text.endswith("zaDo=")

    assert parse_public_key(text).type == name
    assert refusal(parse_public_key, text.removesuffix("o=") + "p=") == (
        "the public key is not canonical base64"
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_a_public_key_or_a_signature_error(text):
    for spelling in (text, f"ssh-ed25519 {text}"):
        with pytest.raises(SignatureError):
            parse_public_key(spelling)
