"""Time stamps of a real authority: OpenSSL's, as a command and behind a local web server."""

from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from policyctl.adapters.timestamping import authority, response_in, verifier
from policyctl.core.timestamp import timestamp_response
from policyctl.errors import InputError, NotJudgedError, SignatureError, UsageError

SETTINGS = """\
[tsa]
default_tsa = usual
[usual]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Authority:
    """A time stamp authority of one's own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificates = folder / "ca.pem"
        self.settings = folder / "tsa.cnf"
        folder.mkdir()
        self.settings.write_text(SETTINGS.format(folder=folder))
        (folder / "serial").write_text("01\n")
        name = folder.name
        self._ca(name)
        request = ("-subj", f"/CN={name} stamps", "-keyout", "tsa.key", "-out", "tsa.csr")
        self._run("req", "-config", "tsa.cnf", *self._key(), *request)
        extra = ("-extfile", "tsa.cnf", "-extensions", "stamping", "-days", "30")
        signer = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
        self._run("x509", "-req", "-in", "tsa.csr", *signer, *extra, "-out", "tsa.pem")

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        options = ("-config", "tsa.cnf", "-queryfile", "query", "-out", "answer")
        self._run("ts", "-reply", *options)
        return (self.folder / "answer").read_bytes()

    def stamp(self, message: bytes) -> Path:
        """The file of a response about a message, as a person makes it by hand."""
        (self.folder / "message").write_bytes(message)
        asked = ("-data", "message", "-sha256", "-cert", "-out", "asked")
        self._run("ts", "-query", *asked)
        file = self.folder / "response.tsr"
        file.write_bytes(self.reply((self.folder / "asked").read_bytes()))
        return file

    def _ca(self, name: str) -> None:
        made = ("-subj", f"/CN={name}", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30")
        self._run("req", "-x509", "-config", "tsa.cnf", "-extensions", "ca", *self._key(), *made)

    def _key(self) -> tuple[str, ...]:
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa") / "theirs")


@pytest.fixture
def served(tsa):
    """The address of a server that answers with the authority, or with what a test puts there."""
    answers: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"]))
            content = answers[0] if answers else tsa.reply(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stamp_from_the_authority_says_when_it_saw_these_bytes_and_no_others(
    served, tsa, stranger
):
    address, _ = served
    response = timestamp_response(authority(address)(b"a note\n"))

    assert verifier(tsa.certificates)(response, b"a note\n").tzinfo is not None
    with pytest.raises(SignatureError):
        verifier(tsa.certificates)(response, b"another note\n")
    with pytest.raises(SignatureError):
        verifier(stranger.certificates)(response, b"a note\n")


def test_several_root_certificates_may_be_trusted(tsa, stranger, tmp_path):
    both = tmp_path / "both.pem"
    both.write_bytes(stranger.certificates.read_bytes() + tsa.certificates.read_bytes())
    response = timestamp_response(response_in(tsa.stamp(b"x")))

    assert verifier(both)(response, b"x")


def test_an_answer_to_another_question_is_refused(served, tsa):
    address, answers = served
    answers.append(tsa.stamp(b"a note\n").read_bytes())

    with pytest.raises(SignatureError, match="answered another question"):
        authority(address)(b"a note\n")


REFUSED = bytes.fromhex("30053003020102")
"""A response of status 2 (rejection), RFC 3161 section 2.4.2."""


@pytest.mark.parametrize("answer", [b"", b"no", b"0" * 70_000, REFUSED])
def test_an_answer_that_grants_nothing_is_refused(served, answer):
    address, answers = served
    answers.append(answer)

    with pytest.raises(SignatureError):
        authority(address)(b"a note\n")


def test_an_authority_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NotJudgedError, match="attested nothing"):
        authority("http://127.0.0.1:9/")(b"x")
    with pytest.raises(UsageError):
        authority("file:///etc/passwd")
    with pytest.raises(InputError):
        response_in(tmp_path / "nope")
    (tmp_path / "none.pem").write_text("x")
    with pytest.raises(InputError):
        verifier(tmp_path / "none.pem")


def report(world, *more):
    return json.loads(world.run("verify", "--format", "json", *more).out)


def test_a_checkpoint_with_a_time_stamp_is_verified_with_the_authoritys_certificates(
    recorded, served, tsa, stranger
):
    address, _ = served
    made = recorded.run("checkpoint", "--timestamp", address, by="erin")
    assert made.code == 0, made.err
    assert "policyctl/timestamp/1" in made.out

    unproven = recorded.run("verify")
    proven = report(recorded, "--tsa-certificates", str(tsa.certificates))
    wrong = report(recorded, "--tsa-certificates", str(stranger.certificates))

    assert "time stamp: not verified, of checkpoint 1 (--tsa-certificates)" in unproven.out
    assert proven["result"]["checkpoints"][0]["timestamp"].startswith("20")
    assert [finding["code"] for finding in wrong["findings"]] == ["TIMESTAMP_INVALID"]


def test_a_response_that_a_person_fetched_is_kept_beside_the_newest_checkpoint(recorded, tsa):
    assert recorded.run("checkpoint", by="erin").code == 0
    note = recorded.run("checkpoint", "--show").out.encode()
    file = str(tsa.stamp(note))

    first = recorded.run("checkpoint", "--timestamp-token", file)
    second = recorded.run("checkpoint", "--timestamp-token", file)

    assert first.code == 0, first.err
    assert (second.code, second.err) == (
        1,
        "policyctl: checkpoint 1 has a time stamp already\n",
    )
    done = recorded.run("verify", "--tsa-certificates", str(tsa.certificates))
    assert done.code == 0
    assert "time stamp: checkpoint 1 was there at 20" in done.out


def test_an_authority_that_does_not_answer_leaves_no_checkpoint_behind(recorded):
    done = recorded.run("checkpoint", "--timestamp", "http://127.0.0.1:9/", by="erin")

    assert done.code == 3
    assert recorded.git("tag") == ""


def test_a_tag_that_holds_no_time_stamp_is_told(recorded, tsa):
    assert recorded.run("checkpoint", by="erin").code == 0
    recorded.git("tag", "-a", "-m", "x", "policyctl/timestamp/1", "policyctl/checkpoint/1")

    found = report(recorded, "--tsa-certificates", str(tsa.certificates))

    assert [finding["code"] for finding in found["findings"]] == ["TIMESTAMP_INVALID"]


@pytest.fixture
def two(recorded, tsa):
    """Two checkpoints, each with a time stamp."""
    shown = ""
    for _ in range(2):
        path = "policies/team-assistant.yaml"
        recorded.write(path, recorded.read(path) + b"# more\n")
        asked = ("record", "team-assistant", "--rationale", "because")
        assert recorded.run(*asked, by="erin").code == 0
        assert recorded.run("checkpoint", by="erin").code == 0
        before, shown = shown, recorded.run("checkpoint", "--show").out
        file = str(tsa.stamp(shown.removeprefix(before).encode()))
        done = recorded.run("checkpoint", "--timestamp-token", file)
        assert done.code == 0, done.err
    return recorded


def test_an_older_time_stamp_does_not_speak_for_a_newer_checkpoint(two, tsa):
    certificates = ("--tsa-certificates", str(tsa.certificates))
    assert report(two, *certificates)["findings"] == []
    first = two.git("cat-file", "tag", "policyctl/timestamp/1")
    target = two.git("rev-parse", "policyctl/checkpoint/2").strip()
    head = f"object {target}\ntype tag\ntag policyctl/timestamp/2\n"
    moved = head + first.partition("\n")[2].partition("\n")[2].partition("\n")[2]
    file = two.folder.parent / "moved"
    file.write_text(moved)
    oid = two.git("hash-object", "-t", "tag", "-w", str(file)).strip()
    two.git("update-ref", "refs/tags/policyctl/timestamp/2", oid)

    [finding] = report(two, *certificates)["findings"]

    assert finding["code"] == "TIMESTAMP_INVALID"
    assert finding["message"].startswith("the time stamp of checkpoint 2 does not hold")


def test_a_time_stamp_tells_of_the_checkpoint_that_was_taken_from_beside_it(two):
    two.git("tag", "-d", "policyctl/checkpoint/2")

    [finding] = report(two, "--no-memory")["findings"]

    assert finding["code"] == "CHECKPOINT_MISSING"
    assert finding["message"] == "a time stamp stands beside checkpoint 2, which is not there"
