"""``git diff``, ``git log -p`` and ``git show`` in a governed clone, by the real git."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

POLICY = "policies/team-assistant.yaml"
RAW = ("--no-ext-diff", "--no-textconv")


def edit(world, old, new, path=POLICY):
    content = world.read(path).decode()
    assert old in content
    world.write(path, content.replace(old, new))


def tighten(world):
    world.write(POLICY, world.read(POLICY) + b"sensitivity: L4\n")


def applies(world, patch, *options):
    done = subprocess.run(
        ["git", "apply", "--check", *options],
        cwd=world.folder,
        input=patch,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def diff(world, *arguments):
    """The bytes that ``git diff`` prints, or another command of git."""
    return subprocess.run(
        ["git", "diff", *arguments], cwd=world.folder, check=True, capture_output=True
    ).stdout


def test_a_change_is_told_in_policy_terms_above_the_lines_that_differ(recorded):
    edit(recorded, "confidential", "internal")

    said = recorded.git("diff")

    assert said.startswith(
        "team-assistant  looser  (logging, in assistant, bank-support, redteam-lab)\n"
        "  looser   data sensitivity  (the risk appetite depends on it)\n"
        "           - confidential\n"
        "           + internal\n"
        "\n"
        "diff --git a/policies/team-assistant.yaml b/policies/team-assistant.yaml\n"
    )
    assert "-data_sensitivity: confidential\n+data_sensitivity: internal\n" in said


@pytest.mark.parametrize("where", [".", "policies"])
def test_every_pair_of_sides_is_told_from_every_folder(recorded, where):
    here = ("-C", where)
    recorded.git("commit", "-q", "--allow-empty", "-m", "before")
    edit(recorded, "confidential", "internal")
    plain = recorded.git(*here, "diff")
    recorded.git("add", ".")
    staged = recorded.git(*here, "diff", "--cached")
    recorded.git("commit", "-qm", "changed")
    committed = recorded.git(*here, "diff", "HEAD~1", "HEAD")

    assert plain == staged == committed
    assert plain.startswith("team-assistant  looser")
    assert recorded.git(*here, "diff", "--stat", "HEAD~1").endswith("1 deletion(-)\n")


def changed_lines(patch):
    """What a patch takes away and adds, and where."""
    marks = (b"+", b"-", b"\\", b"rename", b"old mode", b"new ", b"deleted")
    return [line for line in patch.splitlines(keepends=True) if line.startswith(marks)]


def renamed(world):
    world.git("mv", POLICY, "policies/team-bot.yaml")
    edit(world, "id: team-assistant", "id: team-bot", "policies/team-bot.yaml")
    world.git("add", ".")


def added(world):
    text = world.read(POLICY).replace(b"team-assistant", b"second")
    world.write("policies/second.yaml", text)
    world.git("add", ".")


def removed(world):
    world.git("rm", "-q", POLICY)


def made_executable(world):
    tighten(world)
    (world.folder / POLICY).chmod(0o755)
    world.git("add", ".")


def without_an_end(world):
    world.write(POLICY, world.read(POLICY) + b"sensitivity: L4")
    world.git("add", ".")


def with_windows_ends(world):
    world.write(POLICY, world.read(POLICY).replace(b"\n", b"\r\n"))
    world.git("commit", "-qam", "windows")
    world.write(POLICY, world.read(POLICY) + b"sensitivity: L4\r\n")
    world.git("add", ".")


def with_a_strange_name(world):
    world.write('policies/a "ü"\t.yaml', world.read(POLICY))
    world.git("add", ".")


CHANGES = {
    renamed: "team-bot  neutral  (logging, in assistant, bank-support, redteam-lab, formerly team",
    added: "second  tighter",
    removed: "team-assistant  looser",
    made_executable: "team-assistant  ",
    without_an_end: "team-assistant  ",
    with_windows_ends: "team-assistant  ",
    with_a_strange_name: "team-assistant  tighter",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_printed_is_still_a_patch_that_git_applies(recorded, change):
    change(recorded)

    said = diff(recorded, "--cached")

    assert said.decode().startswith(CHANGES[change])
    applies(recorded, said, "--cached", "--reverse")
    raw = diff(recorded, "--cached", "--full-index", *RAW)
    assert changed_lines(raw) == changed_lines(said[said.index(b"\ndiff --git ") :])


def test_a_patch_of_several_files_holds_together(recorded):
    added(recorded)
    tighten(recorded)
    recorded.write("README.md", "hello\n")
    recorded.git("add", ".")
    said = diff(recorded, "--cached")
    recorded.git("reset", "-q", "--hard")

    applies(recorded, said, "--index")
    assert said.count(b"diff --git ") == 3


@pytest.mark.parametrize("command", [("log", "-p", "-1", "--format="), ("show", "--format=")])
def test_a_commit_is_shown_by_what_is_in_force_before_and_after(recorded, command):
    edit(recorded, "records: 2000", "records: 5000")
    recorded.git("commit", "-qam", "changed")

    lines = recorded.git(*command).splitlines()

    assert [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        "-gates.limited.records: 2000",
        "+gates.limited.records: 5000",
    ]
    assert " gates.limited.reviewed: 131" in lines  # the baseline says so, not the file


def test_comments_order_and_what_repeats_the_baseline_are_no_difference_in_force(recorded):
    text = recorded.read(POLICY).decode()
    head, name, rest = text.partition("name: Team assistant\n")
    recorded.write(POLICY, f"{head}{rest}{name}# a note\nsensitivity: L1\n")
    recorded.git("commit", "-qam", "only other words")

    assert "@@" not in recorded.git("show", "--format=")
    assert recorded.git("diff", "HEAD~1").startswith("nothing that is in force differs\n\ndiff")


def test_members_of_lists_have_lines_of_their_own_below_their_names(recorded, shell):
    recorded.write(
        POLICY,
        recorded.read(POLICY).decode()
        + "escalation:\n  - {when: flag rate above 5% for 3d, do: tighten, notify: security}\n"
        "exceptions:\n  - {id: EX-1, guardrail: prompt_attack, reason: an exercise of the team,"
        " when: {app: [redteam-lab, assistant]}, owner: sam, expires: '2027-01-01'}\n",
    )

    said = shell("hook", "textconv", POLICY, cwd=recorded.folder).out.splitlines()

    assert said[0] == "id: team-assistant"
    assert "exceptions.EX-1.expires: 2027-01-01" in said
    assert "exceptions.EX-1.when.app: assistant" in said
    assert "exceptions.EX-1.when.app: redteam-lab" in said
    trigger = "escalation: do tighten, notify security, when flag rate above 5% for 3d"
    assert trigger in said


BROKEN = {
    "no YAML": b"a: [\n",
    "no policy": b"- a list\n",
    "bytes": b"\xff\xfe\x00binary\n",
    "an unknown baseline": None,
    "too long": b"# " + b"x" * 300_000 + b"\n",
    "far too long": b"# " + b"x" * 2_000_000 + b"\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_cannot_be_read_is_shown_as_it_is(recorded, kind):
    content = BROKEN[kind]
    if content is None:
        content = recorded.read(POLICY).replace(b"internal-facing@1", b"internal-facing@99")
    recorded.write(POLICY, content)

    said = diff(recorded)
    recorded.git("commit", "-qam", "broken")
    shown = diff(recorded, "HEAD~1", "--no-ext-diff")

    assert b"\n-extends: internal-facing@1\n" in said or b"Binary files" in said
    assert content.splitlines()[0] in shown


def test_a_file_with_conflicts_is_shown_as_git_shows_it(recorded):
    for branch in ("ours", "theirs"):
        recorded.git("switch", "-q", "-c", branch, "main")
        edit(recorded, "name: Team assistant", f"name: {branch}")
        recorded.git("commit", "-qam", branch)
    with pytest.raises(subprocess.CalledProcessError):
        recorded.git("merge", "-q", "ours")

    assert "++<<<<<<< HEAD" in recorded.git("diff")
    assert f"* Unmerged path {POLICY}" in recorded.git("diff", "--cached")


def test_without_policyctl_git_shows_the_lines(recorded):
    for key in ("textconv", "command"):
        name = f"diff.policyctl.{key}"
        now = recorded.git("config", name).strip()
        recorded.git("config", name, now.replace(sys.executable, "/nowhere/python"))
    edit(recorded, "confidential", "internal")
    said = recorded.git("diff")
    recorded.git("commit", "-qam", "changed")

    changed = "-data_sensitivity: confidential\n+data_sensitivity: internal\n"
    assert changed in said
    assert changed in recorded.git("show")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("--output={}", b"bytes \xff\n"),
        ("--output={}", b"# " + b"x" * 300_000 + b"\n"),
        ("--help", b"a: 1\n"),
        ("-", b"a: 1\n"),
    ],
)
def test_a_file_that_is_called_like_an_option_is_a_file(recorded, tmp_path, name, content):
    treasure = tmp_path / "treasure"
    treasure.write_text("kept\n")
    file = name.format(treasure)
    recorded.write(".gitattributes", "* diff=policyctl\n")
    recorded.write(file, content)
    recorded.git("add", ".")
    recorded.git("commit", "-qm", "a file")
    recorded.write(file, content + b"another line\n")

    compared = diff(recorded)
    shown = diff(recorded, "--no-ext-diff")

    assert b"+another line\n" in compared or b"Binary files" in compared or name == "-"
    assert b"+another line\n" in shown or b"Binary files" in shown
    assert treasure.read_text() == "kept\n"


def test_a_clone_that_was_not_set_up_shows_lines_and_runs_nothing(recorded, tmp_path):
    edit(recorded, "confidential", "internal")
    recorded.git("commit", "-qam", "changed")
    clone = tmp_path / "clone"
    recorded.git("clone", "-q", str(recorded.folder), str(clone))

    assert recorded.git("-C", str(clone), "diff", "HEAD~1").startswith("diff --git a/policies")

    assert recorded.run("hook", "install", str(clone)).code == 0
    assert recorded.git("-C", str(clone), "diff", "HEAD~1").startswith("team-assistant  looser")


def test_colours_are_those_that_git_would_use(recorded):
    edit(recorded, "confidential", "internal")
    assert "\x1b" not in recorded.git("diff")

    recorded.git("config", "color.ui", "always")
    said = recorded.git("diff")

    assert "\x1b[31m-data_sensitivity: confidential\x1b[m\n" in said
    assert "\x1b[1mteam-assistant\x1b[0m" in said


def test_text_of_a_policy_steers_no_terminal_and_forges_no_patch(recorded):
    edit(recorded, "name: Team assistant", 'name: "\\e[31m\\ndiff --git a/x b/x"')
    recorded.git("add", ".")
    said = recorded.git("diff", "--cached")
    recorded.git("commit", "-qm", "x")

    assert said.count("\ndiff --git ") == 1
    assert "\x1b" not in said
    assert "name: \\x1b[31m\\ndiff --git a/x b/x" in recorded.git("show")


@pytest.mark.parametrize(
    "arguments",
    [("textconv",), ("textconv", "nowhere.yaml"), ("diff",), ("diff", "a", "b"), ("diff", "--x")],
)
def test_what_git_would_never_ask_for_ends_with_one_message(recorded, shell, arguments):
    done = shell("hook", *arguments, cwd=recorded.folder)

    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert done.err


def test_the_drivers_are_set_once_however_often_and_work_in_linked_worktrees(recorded, tmp_path):
    for _ in range(2):
        assert recorded.run("hook", "install").code == 0
    assert len(recorded.git("config", "--get-all", "diff.policyctl.command").splitlines()) == 1
    recorded.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    file = tmp_path / "linked" / POLICY
    file.write_text(file.read_text().replace("confidential", "internal"))

    assert recorded.git("-C", str(file.parent), "diff").startswith("team-assistant  looser")


def test_a_repository_from_before_gets_the_line_and_is_told_to_commit_it(recorded):
    recorded.write(".gitattributes", "*.png binary")
    recorded.git("commit", "-qam", "before")

    done = recorded.run("hook", "install")

    assert recorded.read(".gitattributes") == b"*.png binary\npolicies/*.yaml diff=policyctl\n"
    assert "next      commit .gitattributes" in done.out
    assert "next" not in recorded.run("hook", "install").out


def test_a_link_in_place_of_the_attributes_is_left_alone(recorded, tmp_path):
    (recorded.folder / ".gitattributes").unlink()
    (recorded.folder / ".gitattributes").symlink_to(tmp_path / "elsewhere")

    done = recorded.run("hook", "install")

    assert done.code == 2
    assert "is a link, and stays as it is" in done.err
    assert not (tmp_path / "elsewhere").exists()


def test_a_policy_is_shown_without_what_only_other_commands_need(recorded):
    program = (
        "import sys\nfrom policyctl.cli import main\n"
        f"code = main(['hook', 'textconv', '{POLICY}'])\n"
        "sys.stderr.write('\\n'.join(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=recorded.folder,
        env=dict(os.environ),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    loaded = set(done.stderr.splitlines())
    assert not loaded & {"typer", "git", "ruamel", "cryptography", "rich.console", "jsonschema"}
    assert done.stdout.startswith("id: team-assistant\n")
