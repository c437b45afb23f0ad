"""Repositories that are made to be costly: every judgement comes in bounded time and memory."""

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import ChangeAction, EvidenceReference, entry_bytes
from policyctl.core.stages import Stage

BOT = "team-assistant"
FILE = paths.policy_path(BOT)
LAVISH = {
    "records": 10_000,
    "reviewed": 1000,
    "false_positives": "0.010000",
    "confidence": "0.990000",
    "inference": "anytime",
}
MEBIBYTE = 1024 * 1024
BOUND = 10  # seconds


def add_files(scene, content, names):
    """Commit many files of one content, without writing any of them."""
    stream = [f"blob\nmark :1\ndata {len(content)}\n{content}\n"]
    stream.append("commit refs/heads/main\ncommitter x <x@example.org> 0 +0000\ndata 1\nx\n")
    stream.append("from refs/heads/main^0\n")
    stream += [f"M 100644 :1 {name}\n" for name in names]
    scene.git("fast-import", "--quiet", stdin="".join(stream))


def timed(scene):
    start = time.monotonic()
    done = scene.verify()
    return done, time.monotonic() - start


def verified_apart(scene, *, seconds, memory=None):
    """What verify reports in a process of its own, which is ended when it takes too much."""

    def limit():
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    done = subprocess.run(
        [sys.executable, "-P", "-m", "policyctl", "verify", "--format", "json"],
        cwd=scene.folder,
        env=dict(scene.world),
        capture_output=True,
        timeout=seconds,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, {finding["code"] for finding in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x{}.security", "SIG_UNKNOWN_KEY"),
        ("sam.role-{}", "SIG_WRONG_NAMESPACE"),
    ],
)
def test_ten_thousand_signatures_on_one_entry(scene, name, code):
    entry = paths.entry_path(BOT, 3)
    names = [f"{entry}.{name.format(number)}.sig" for number in range(10_000)]
    signature = scene.read(paths.signature_path(BOT, 3, "sam", "security")).decode()
    add_files(scene, signature, names)

    done, seconds = timed(scene)

    assert (done.code, done.codes) == (4, {code})
    assert len(done.report["findings"]) == 10_000
    assert seconds < BOUND


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("policies/p{}.yaml", "UNREGISTERED_POLICY"),
        ("policies/deep/p{}.yaml", "PATH_UNEXPECTED"),
        (".policyctl/log/p{}/000001.json", "ENTRY_NONCANONICAL"),
        (".policyctl/log/p{}/000001.json.sam.sig", "LOG_GAP"),
        (".policyctl/log/p/{:06}.json", "ENTRY_NONCANONICAL"),
        (".policyctl/evidence/p{}/000001.json", "PATH_UNEXPECTED"),
        (".policyctl/baselines/p{}@1.yaml", "BASELINE_UNKNOWN"),
    ],
)
def test_two_thousand_files_of_every_kind(scene, name, code):
    add_files(scene, "x", [name.format(number) for number in range(1, 2_001)])

    done, seconds = timed(scene)

    assert done.code == 4
    assert code in done.codes
    assert seconds < BOUND


HUGE = ["policies/huge.yaml", FILE, paths.entry_path(BOT, 3), ".policyctl/notes"]


@pytest.mark.parametrize("path", HUGE)
def test_a_huge_file_never_passes_and_costs_little(scene, path):
    add_files(scene, "x" * (8 * MEBIBYTE), [path])

    start = time.monotonic()
    done = scene.policyctl("verify")

    assert done.code != 0
    assert time.monotonic() - start < BOUND / 5


@pytest.mark.parametrize("path", HUGE[:3])
def test_a_huge_file_is_a_finding(scene, path):
    add_files(scene, "x" * (8 * MEBIBYTE), [path])

    done = scene.verify()

    assert done.code == 4
    assert "FILE_TOO_LARGE" in done.codes


def test_many_large_files_do_not_fill_the_memory(scene):
    names = [f"policies/p{number}.yaml" for number in range(130)]
    add_files(scene, "x" * (4 * MEBIBYTE - 10), names)

    code, _ = verified_apart(scene, seconds=BOUND, memory=512 * MEBIBYTE)

    assert code == 4


@pytest.mark.parametrize("large", [b"x" * MEBIBYTE, b"\\u0007" * 100_000])
def test_an_entry_of_megabytes_is_judged_at_once(scene, large):
    seconds, done = with_large_rationale(scene, large)

    assert (done.code, done.codes) == (4, {"ENTRY_MALFORMED", "UNRECORDED_CHANGE"})
    assert seconds < BOUND / 3


def test_an_entry_of_megabytes_makes_no_report_of_megabytes(scene):
    _, done = with_large_rationale(scene, b"x" * MEBIBYTE)

    assert len(done.out) < MEBIBYTE / 10


def with_large_rationale(scene, large):
    path = paths.entry_path(BOT, 3)
    scene.write(path, scene.read(path).replace(b"because", large))
    scene.commit()
    done, seconds = timed(scene)
    return seconds, done


def forge_promotion(scene, references, evidence):
    """Put a promotion into the log that anybody could put there: nobody signed it."""
    before = scene.entry("pii", 2)
    entry = replace(
        before,
        seq=3,
        prev=sha256(entry_bytes(before)),
        before=before.after,
        action=ChangeAction.PROMOTE,
        target=Stage.LIMITED,
        evidence=references,
    )
    scene.write(paths.entry_path("pii", 3), entry_bytes(entry))
    scene.write(paths.HOME + paths.evidence_name("pii", 3), evidence)
    scene.commit()


def report_for(scene, **changes):
    digest = scene.entry("pii", 2).after
    return scene.evidence(BOT, 2, policy="pii", policy_digest=digest, **changes)


def test_a_number_with_a_huge_exponent_costs_nothing(scene):
    evidence = report_for(scene, gate={**LAVISH, "window_hours": "1e99999999"})
    name = paths.evidence_name("pii", 3)
    forge_promotion(scene, (EvidenceReference(name=name, sha256=sha256(evidence)),), evidence)

    code, codes = verified_apart(scene, seconds=BOUND / 4)

    assert code == 4
    assert "AUTHOR_MISSING" in codes


def test_evidence_that_is_named_a_thousand_times_is_read_once(scene):
    evidence = report_for(scene, notes=["x" * 70] * 10_000)
    name = paths.evidence_name("pii", 3)
    reference = EvidenceReference(name=name, sha256=sha256(evidence))
    forge_promotion(scene, (reference,) * 5_000, evidence)

    code, codes = verified_apart(scene, seconds=BOUND / 4)

    assert code == 4
    assert "AUTHOR_MISSING" in codes


@pytest.mark.parametrize(
    "content",
    [
        "a: &a [x, x]\n" + "\n".join(f"b{n}: [*a, *a, *a]" for n in range(20_000)),
        "? " * 50_000,
        "- " * 50_000,
        "{" * 50_000,
        "a: " * 50_000,
        "&a " * 50_000,
        "!!python/object/apply:os.system [touch /nowhere]\n",
        "--- a\n" * 20_000,
        "a: |\n" + " x\n" * 200_000,
        '"' + "\\U0001f600" * 50_000 + '"',
        "0" * 100_000,
        "1_" * 100_000 + "0:0:0",
        "\ufeff" * 1000,
        "%YAML 9.9\n---\na: b\n",
    ],
)
def test_a_policy_that_is_costly_to_parse_is_no_more_than_unrecorded(scene, content):
    scene.write(FILE, content)
    scene.commit()

    done, seconds = timed(scene)

    assert (done.code, done.codes) == (4, {"UNRECORDED_CHANGE"})
    assert seconds < BOUND / 3


HUGE_COMMENTS = {
    "one line": b"# " + b"x" * 900_000 + b"\n",
    "hashes": b"# " * 450_000 + b"\n",
    "tabs before a word": b"#" + b"\t" * 900_000 + b"policyctl\n",
    "lines": b"#\n" * 400_000,
    "no suppressions": b"# policyctl: x\n" * 60_000,
    "suppressions": b"# policyctl: ignore[purpose-thin]: because\n" * 20_000,
    "one with many rules": b"# policyctl: ignore[" + b"a," * 400_000 + b"]: because\n",
    "spaces behind until": b"# policyctl: ignore[purpose-thin] until" + b" " * 800_000 + b"x\n",
}


@pytest.mark.parametrize("comment", HUGE_COMMENTS.values(), ids=HUGE_COMMENTS)
def test_huge_comments_in_a_policy_cost_little_and_fill_no_report(scene, comment):
    before = scene.git("rev-parse", "HEAD")
    file = paths.policy_path("pii")
    scene.write(file, scene.read(file) + comment)
    scene.do("record", "pii", "--rationale", "because", by="erin")
    begin = time.process_time()

    asked = ("promote", "--check", "--base", before, "--format", "json")
    ran = [
        scene.verify(),
        scene.verify("--base", before),
        scene.policyctl(*asked),
        scene.policyctl("diff", before, "HEAD", "--format", "json"),
        scene.policyctl("lint", file),
        scene.policyctl("show", "pii"),
    ]

    assert time.process_time() - begin < 6
    assert [done.code for done in (*ran[:2], ran[3], ran[5])] == [0, 0, 0, 0]
    # What is shown of a file at its places is a part of it.
    assert max(len(done.out) + len(done.err) for done in ran) < 2_000_000
