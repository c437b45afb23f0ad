"""Files made to be costly: a clear answer within limits that the system enforces."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MEBIBYTE = 2**20
MEMORY = 512 * MEBIBYTE
SECONDS = 20
"""Of processor time; a slow and busy machine needs a third of it."""

SAMPLE = (Path(__file__).parents[1] / "data/every-key.yaml").read_text(encoding="utf-8")


def limited(folder, *arguments):
    """Run policyctl where too much time or memory ends the process."""

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, "-P", "-m", "policyctl", *arguments],
        cwd=folder,
        env={**os.environ, "POLICYCTL_CACHE": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=10 * SECONDS,
        check=False,
        preexec_fn=limit,
    )
    assert done.returncode in (1, 2), (done.returncode, done.stderr[-500:])
    assert b"Traceback" not in done.stderr
    assert b"this is a bug" not in done.stderr
    assert len(done.stdout) + len(done.stderr) < 2 * MEBIBYTE
    return done.returncode, (done.stdout + done.stderr).decode()


def bomb(levels):
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    return first + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, levels)
    )


POLICIES = {
    "alias bomb": (bomb(9), "too-many-aliases"),
    "cycle": ("a: &a [*a]", "alias-cycle"),
    "nested lists": ("[" * 5_000, "too-deep"),
    "nested lists, closed": ("[" * 400_000 + "]" * 400_000, "too-deep"),
    "nested mappings": ("{a: " * 200_000, "too-deep"),
    "a million keys": ("".join(f"k{n}: 1\n" for n in range(1_000_000)), "larger than 1 MiB"),
    "all keys that fit": (SAMPLE + "".join(f"k{n}:\n" for n in range(60_000)), "unknown-key"),
    "the same key": ("a: 1\n" * 180_000, "duplicate-key"),
    "one long line": ('a: "' + "x" * 1_000_000 + '"', "missing-key"),
    "problems on one line": ("[" + ", ".join(["no"] * 200_000) + "]", "ambiguous-scalar"),
    "broken line ends": ("a\r" * 400_000, "control-character"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_costly_policy_is_a_finding(tmp_path, name):
    text, said = POLICIES[name]
    (tmp_path / "p.yaml").write_text(text, newline="")

    assert said in limited(tmp_path, "validate", "p.yaml")[1]


@pytest.mark.parametrize("name", ["all keys that fit", "problems on one line"])
@pytest.mark.parametrize("form", ["sarif", "markdown"])
def test_a_thousand_findings_are_reported_in_every_format(tmp_path, name, form):
    text, said = POLICIES[name]
    (tmp_path / "p.yaml").write_text(text)

    assert said in limited(tmp_path, "validate", "p.yaml", "--format", form)[1]


@pytest.mark.parametrize("start", [b"a: x", b"", b"[[[[", b"a\n" * 1000], ids=repr)
@pytest.mark.parametrize("command", ["validate", "lint"])
def test_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path, start, command):
    path = tmp_path / "p.yaml"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(100 * MEBIBYTE)

    code, said = limited(tmp_path, command, "p.yaml")

    assert (code, said) == (2, "policyctl: cannot read p.yaml: it is larger than 1 MiB\n")


def test_a_file_without_an_end_is_refused(tmp_path):
    code, said = limited(tmp_path, "validate", "/dev/zero")

    assert (code, said) == (2, "policyctl: cannot read /dev/zero: it is larger than 1 MiB\n")


SETTINGS = {
    "a key with many parts": ("a." * 500_000 + "a = 1", "characters"),
    "a key with some parts": ("a." * 20_000 + "a = 1", "more than 1000 dots"),
    "nested lists": ("a = " + "[" * 30_000, "not TOML"),
    "a long number": ("[lint]\nmax_exceptions = 1" + "0" * 9_000, "not TOML"),
    "a long number in hexadecimal": (
        "[lint]\nmax_exceptions = 0x" + "f" * 30_000,
        "'max_exceptions' is a very large number",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_costly_settings_are_an_error(tmp_path, name):
    text, said = SETTINGS[name]
    (tmp_path / "p.yaml").write_text(SAMPLE)
    (tmp_path / "policyctl.toml").write_text(text)

    code, printed = limited(tmp_path, "lint", "p.yaml")

    assert code == 2
    assert said in printed


def distinct_then_twice(count):
    return "{" + ",".join(f'"k{n}":1' for n in range(count)) + ',"z":1,"z":1}'


KEPT = [
    ".policyctl/root/0001.json",
    ".policyctl/baselines/public-facing@1.yaml",
    "catalogues/a.json",
]


@pytest.mark.parametrize("path", KEPT)
@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "huge", "nested", "twice"])
def test_costly_governance_is_an_error(tmp_path, path, target):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    (tmp_path / ".policyctl").mkdir(exist_ok=True)
    (tmp_path / "p.yaml").write_text(SAMPLE)
    if target == "huge":
        with file.open("wb") as stream:
            stream.truncate(100 * MEBIBYTE)
    elif target == "nested":
        file.write_text("[" * 300_000)
    elif target == "twice":
        file.write_text(distinct_then_twice(70_000))
    else:
        file.symlink_to(target)

    code, said = limited(tmp_path, "validate", "p.yaml")

    assert code == 2
    assert file.stem in said


def test_costly_records_are_an_error(tmp_path):
    (tmp_path / "p.yaml").write_text(SAMPLE)
    lines = {
        "twice": (distinct_then_twice(70_000), "stands twice"),
        "long": ("x" * 3 * MEBIBYTE, "longer than 1 MiB"),
        "nested": ("[" * 500_000, "nested too deeply"),
    }
    for name, (line, said) in lines.items():
        (tmp_path / name).write_text(line + "\n")

        assert said in limited(tmp_path, "evidence", "p.yaml", "--events", name)[1]


@pytest.mark.skipif(not shutil.which("git"), reason="no git")
def test_a_costly_baseline_of_findings_is_an_error(tmp_path):
    (tmp_path / "p.yaml").write_text(SAMPLE)
    for content in ("[" * 500_000, "9" * 500_000, distinct_then_twice(70_000)):
        (tmp_path / "known.json").write_text(content)

        code, said = limited(tmp_path, "lint", "p.yaml", "--baseline", "known.json")

        assert code == 2
        assert "known.json is no baseline of findings" in said


def test_many_costly_expressions_are_not_all_judged(tmp_path):
    # Of each, the tree alone takes a sixth of a second.
    policy = SAMPLE.partition("guardrails:")[0] + "guardrails:\n"
    for guardrail in range(9):
        policy += f"  - detector: custom/names-{guardrail}\n    regex:\n"
        for number in range(guardrail * 100, guardrail * 100 + 100):
            first = 0x4E00 + 7 * number
            policy += f"      - '{'?'.join(map(chr, range(first, first + 249)))}'\n"
    (tmp_path / "p.yaml").write_text(policy, encoding="utf-8")

    code, said = limited(tmp_path, "lint", "p.yaml")

    assert code == 1
    assert "regular expressions from here on are not judged" in said
