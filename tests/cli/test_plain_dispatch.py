"""`validate` without Typer and through it: the same bytes, the same exit code."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policyctl.cli
from policyctl.adapters import side_by_side
from policyctl.cli import checking, main, validating
from policyctl.cli.formats import FindingsFormat

BROKEN_NAME = os.fsdecode(b"caf\xe9.yaml")
THROUGH_TYPER = "import policyctl.cli as c; c.plain_validation = lambda *_: None; c.run()"


@pytest.fixture
def both(here, said, monkeypatch):
    """Run a command line both ways; what came of it, which is the same."""
    monkeypatch.setenv("POLICYCTL_CACHE", "0")

    def run(*words):
        plain = said("validate", *words)
        with monkeypatch.context() as patch:
            patch.setattr(policyctl.cli, "plain_validation", lambda *_: None)
            through_typer = said("validate", *words)
        assert plain == through_typer
        return plain

    return run


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 1),
        (["policies/good.yaml"], 0),
        (["policies/bad.yaml"], 1),
        (["policies"], 1),
        (["policies/", "./policies/good.yaml", "policies//good.yaml"], 1),
        (["policies/good.yaml", "policies/bad.yaml", "policies/größe.yaml"], 1),
        (["nowhere.yaml"], 2),
        (["policies/good.yaml", "nowhere.yaml"], 2),
        (["dangling.yaml"], 2),
        (["loop.yaml"], 2),
        (["policies/good.yaml/x.yaml"], 2),
        (["empty"], 3),
        (["empty", "policies/good.yaml"], 0),
        (["."], 1),
        ([""], 1),
        (["x" * 5000], 2),
        (["ü.yaml"], 0),
        ([BROKEN_NAME], 1),
        (["nowhere-" + BROKEN_NAME], 2),
        (["line\nbreak\x1b[31m.yaml"], 1),
        (["./-x.yaml"], 0),
        (["--", "-x.yaml"], 0),
        (["-x.yaml"], 2),
        (["-"], 2),
        (["--format"], 2),
        (["--format", "xml", "policies"], 2),
        (["--format=", "policies"], 2),
        (["--format", "--", "policies"], 2),
        (["--format=json", "policies", "--format=text"], 1),
        (["policies", "--format", "json"], 1),
        (["--format=json", "nowhere.yaml"], 2),
        (["--format=json", "empty"], 3),
        (["--debug"], 2),
        (["--help"], 0),
    ],
)
def test_both_ways_say_the_same(both, here, words, code):
    good = (here / "policies/good.yaml").read_bytes()
    (here / "empty").mkdir()
    (here / "dangling.yaml").symlink_to("nowhere")
    (here / "loop.yaml").symlink_to("loop.yaml")
    (here / "ü.yaml").write_bytes(good)
    (here / "-x.yaml").write_bytes(good)
    (here / BROKEN_NAME).write_bytes(b"a: [")
    (here / "line\nbreak\x1b[31m.yaml").write_bytes(b"a: [")

    found = both(*words)

    assert found[0] == code
    assert "Traceback" not in found[2]
    assert "this is a bug" not in found[2]
    assert "\x1b" not in found[1] + found[2]


@pytest.mark.parametrize("form", [form.value for form in FindingsFormat])
@pytest.mark.parametrize(
    "spelt", [lambda form: ["--format", form], lambda form: [f"--format={form}"]]
)
def test_both_ways_know_every_format(both, form, spelt):
    both(*spelt(form), "policies")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything: others run it")
def test_both_ways_refuse_what_may_not_be_read(both, here):
    (here / "policies/good.yaml").chmod(0)

    assert both("policies/good.yaml")[0] == 2


def test_a_folder_that_may_not_be_read_is_not_passed_over(here, said, monkeypatch):
    (here / "policies/closed").mkdir()
    scandir = os.scandir

    def refusing(folder):
        if str(folder).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)

    for words in (("policies/good.yaml", "policies"), ("policies/closed",)):
        code, _, complaint = said("validate", *words)

        assert code == 2
        assert "cannot use policies/closed: Permission denied" in complaint


def test_another_spelling_is_found_from_within_the_folder_too(here, said, monkeypatch):
    (here / "policies/shouted.YML").write_bytes(b"a: [\n")
    monkeypatch.chdir(here / "policies")

    assert "shouted.YML:2:1: error: " in said("validate", ".")[1]


words = st.lists(
    st.sampled_from(
        [
            *("policies", "a.yaml", "", ".", "-", "--", "-x", "--x", "-h", "--help", "--debug"),
            *("--format", "--format=json", "--format=text", "--format=", "--format=xml"),
            *("json", "text", "sarif", "JSON", "--forma", "--formats", "validate", BROKEN_NAME),
        ]
    )
    | st.text(max_size=4),
    max_size=5,
)


@settings(max_examples=60)
@given(words)
def test_whatever_the_words_both_ways_understand_the_same(words):
    understood = []

    def note(named, form):
        understood.append((list(named), form))
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validating, "validate_files", note)
        patch.setattr(sys, "stdout", io.StringIO())
        patch.setattr(sys, "stderr", sys.stdout)
        first = main(["validate", *words]), list(understood)
        understood.clear()
        patch.setattr(policyctl.cli, "plain_validation", lambda *_: None)
        second = main(["validate", *words]), list(understood)

    assert first == second


# Whole processes


def processes(here, *words, stdin=b"", **options):
    """What the two ways do as processes of their own."""
    return [
        subprocess.run(
            [sys.executable, "-P", *start, "validate", *words],
            cwd=here,
            env={**os.environ, "POLICYCTL_CACHE": "0"},
            input=stdin,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
            **options,
        )
        for start in (["-m", "policyctl"], ["-c", THROUGH_TYPER])
    ]


def test_a_pipe_is_read_both_ways(here):
    runs = processes(here, "/dev/stdin", stdin=b"a: [\n", stdout=subprocess.PIPE)

    assert {run.returncode for run in runs} == {1}
    assert {run.stdout for run in runs} == {runs[0].stdout}
    assert runs[0].stdout.startswith(b"/dev/stdin:")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_an_output_that_cannot_show_a_character_gets_its_escape(here, monkeypatch, encoding):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    (here / BROKEN_NAME).write_bytes("name: größe [".encode())

    runs = processes(here, BROKEN_NAME, "policies", stdout=subprocess.PIPE)

    assert {(run.returncode, run.stderr) for run in runs} == {(1, b"")}
    assert runs[0].stdout == runs[1].stdout


def test_an_output_that_is_closed_early_is_no_traceback(here):
    for number in range(300):
        (here / f"policies/p{number}.yaml").write_bytes(b"a: [\n")
    ends = []
    for start in (["-m", "policyctl"], ["-c", THROUGH_TYPER]):
        source, sink = os.pipe()
        command = [sys.executable, "-P", *start, "validate"]
        run = subprocess.Popen(command, cwd=here, stdout=sink, stderr=subprocess.PIPE)
        os.close(sink)
        os.read(source, 1)
        os.close(source)
        ends.append((run.communicate(timeout=60)[1], run.returncode))

    assert ends == [(b"", 1)] * 2


def test_an_output_that_takes_nothing_is_an_error(here):
    with Path("/dev/full").open("wb") as full:
        runs = processes(here, stdout=full)

    assert {(run.returncode, run.stderr) for run in runs} == {
        (2, b"policyctl: cannot go on: No space left on device\n")
    }


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_a_closed_stream_changes_no_exit_code(here, closed):
    command = f"{sys.executable} -P -m policyctl validate {{}} {closed}"

    for name, code in (("policies/good.yaml", 0), ("policies", 1), ("nowhere.yaml", 2)):
        done = subprocess.run(
            ["sh", "-c", command.format(name)], cwd=here, capture_output=True, check=False
        )

        assert done.returncode == code
        assert b"bug" not in done.stdout + done.stderr


# One process or two


@pytest.fixture
def many(here, monkeypatch):
    """So many files that they are worth two processes, on any machine."""
    monkeypatch.setenv("POLICYCTL_CACHE", "0")
    monkeypatch.setattr(checking, "_LEAST", 2)
    monkeypatch.setattr(side_by_side, "processors", lambda: 3)
    return here


def one_process(said, monkeypatch, *words):
    with monkeypatch.context() as patch:
        patch.setattr(checking, "_LEAST", 10_000)
        return said("validate", *words)


@pytest.mark.parametrize("form", [form.value for form in FindingsFormat])
def test_several_processes_say_what_one_says_in_the_same_order(many, said, monkeypatch, form):
    alone = one_process(said, monkeypatch, "--format", form)

    assert alone[0] == 1
    assert said("validate", "--format", form) == alone


def test_the_first_error_is_the_same_wherever_it_happens(many, said, monkeypatch):
    names = [f"policies/{name}" for name in sorted(os.listdir(many / "policies"))]
    for place in range(len(names)):
        words = [*names[:place], f"nowhere-{place}.yaml", *names[place:], "nowhere-last.yaml"]

        alone = one_process(said, monkeypatch, *words)

        assert alone[0] == 2
        assert f"nowhere-{place}.yaml" in alone[2]
        assert said("validate", *words) == alone


def test_what_a_process_did_that_dies_is_done_again(many, said, monkeypatch):
    alone = one_process(said, monkeypatch)
    here = os.getpid()
    parse = checking.YamlDocuments.parse
    deaths = many / "deaths"

    def mortal(self, content, file):
        if os.getpid() != here:
            with deaths.open("ab") as stream:
                stream.write(b"x")
            os.kill(os.getpid(), 9)
        return parse(self, content, file)

    monkeypatch.setattr(checking.YamlDocuments, "parse", mortal)

    assert said("validate") == alone
    assert deaths.read_bytes() == b"xx"


def test_verdicts_of_all_processes_are_remembered(many, said, judged, monkeypatch):
    monkeypatch.setenv("POLICYCTL_CACHE", "1")
    first = said("validate")
    judged.clear()

    assert said("validate") == first
    assert judged == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 0),
        (["--rev", "HEAD"], 0),
        (["--rev=HEAD~1", "--format=json"], 0),
        (["--base", "HEAD~1"], 0),
        (["--format", "json", "--base", "HEAD~1", "--rev", "HEAD"], 0),
        (["--base", "nowhere"], 2),
        (["--rev", "nowhere", "--format", "json"], 2),
        (["--base"], 2),
        (["--base", "--rev"], 2),
        (["--base="], 0),
        (["--rev", ""], 2),
        (["--format", "xml"], 2),
        (["--base", "HEAD", "--base", "HEAD~1"], 0),
        (["--no-memory"], 0),
        (["HEAD"], 2),
        (["--help"], 0),
    ],
)
def test_verify_says_the_same_both_ways(recorded, said, monkeypatch, words, code):
    monkeypatch.chdir(recorded.folder)
    said("verify", *words)  # from now on the verifier remembers the same
    plain = said("verify", *words)
    monkeypatch.setattr(policyctl.cli, "plain_verification", lambda *_: None)

    assert plain == said("verify", *words)
    assert plain[0] == code


@pytest.mark.parametrize("name", ["POLICYCTL_PIN", "POLICYCTL_ROOT"])
def test_a_pin_in_the_environment_counts_for_verify(recorded, said, monkeypatch, name):
    monkeypatch.chdir(recorded.folder)
    monkeypatch.setenv(name, "0" * 64)

    assert said("verify")[0] == 4


def test_verify_does_without_typer(recorded):
    program = (
        "import sys\nfrom policyctl.cli import main\n"
        "assert main(['verify', '--base', 'HEAD~1']) == 0\n"
        "sys.exit('typer' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-P", "-c", program], cwd=recorded.folder, check=False)

    assert done.returncode == 0
