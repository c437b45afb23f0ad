"""Commands without ``--rationale``: on a terminal they open an editor, elsewhere they say so."""

from __future__ import annotations

import pytest

POLICY = "policies/team-assistant.yaml"
WHY = "two incidents in the third quarter"


@pytest.fixture
def terminal(recorded, terminal_in):
    return terminal_in(recorded)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Makes a program the user's editor: a shell script that is given the file."""

    def make(script):
        file = tmp_path / "editor.sh"
        file.write_text(f'#!/bin/sh\ncp "$1" "{tmp_path}/seen"\n{script}\n')
        file.chmod(0o755)
        monkeypatch.setenv("GIT_EDITOR", str(file))
        return tmp_path / "seen"

    return make


def writes(text):
    return f'printf \'{text}\\n\' > "$1.new"; cat "$1" >> "$1.new"; mv "$1.new" "$1"'


def left_over(world):
    return sorted(file.name for file in (world.folder / ".git").glob("POLICYCTL_*"))


def key(world, who="erin"):
    return ("--key", str(world.keys / who))


def tighten(world):
    world.write(POLICY, world.read(POLICY).replace(b"records: 2000", b"records: 5000"))


def test_the_editor_shows_what_changes_and_what_is_written_is_recorded(terminal, editor):
    world, seen = terminal.world, editor(writes("two incidents\\n  in the third quarter"))
    tighten(world)

    code, shown = terminal.run("record", "team-assistant", *key(world))

    assert code == 0, shown
    assert f"Policy-Rationale: {WHY}\n" in world.git("log", "-1", "--format=%B")
    text = seen.read_text()
    assert text.startswith("\n\n# Why? ")
    assert "\n# would record team-assistant: edit\n" in text
    assert "\n#   approval  none needed\n" in text
    assert "\n#   tighter  gate of limited: records  2000  -> 5000\n" in text
    assert all(line.startswith("#") for line in text.splitlines() if line)
    assert left_over(world) == []


def test_a_promotion_shows_its_evidence_the_approvals_and_what_the_stage_means(
    terminal, editor, events
):
    world, seen = terminal.world, editor(writes(WHY))

    asked = ("promote", "team-assistant", "--to", "limited", "--events", events)
    code, shown = terminal.run(*asked, *key(world))

    assert code == 0, shown
    text = seen.read_text()
    assert "# would record team-assistant: promote logging -> limited" in text
    assert "#   needs     1 x security: sam" in text
    assert "# limited: " in text
    assert world.read(POLICY).count(b"stage: limited") == 1


def test_a_gate_that_is_not_met_opens_no_editor(terminal, editor, events):
    world, seen = terminal.world, editor(writes(WHY))
    world.write(POLICY, world.read(POLICY).replace(b"records: 2000", b"records: 90000"))
    asked = ("record", "team-assistant", "--rationale", WHY)
    assert world.run(*asked, by="erin").code == 0
    before = world.state()

    asked = ("promote", "team-assistant", "--to", "limited", "--events", events)
    code, shown = terminal.run(*asked, *key(world))

    assert code == 1
    assert "refused" in shown
    assert not seen.exists()
    assert world.state() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("retire", "team-assistant"),
        ("void", "team-assistant"),
        ("root", "propose", "--add-team", "shop=ada"),
    ],
)
def test_every_command_that_needs_a_reason_asks_for_it(terminal, editor, arguments):
    world, seen = terminal.world, editor(writes(WHY))

    code, shown = terminal.run(*arguments, *key(world))

    assert code == 0, shown
    assert f"Policy-Rationale: {WHY}\n" in world.git("log", "-1", "--format=%B")
    assert "# Why?" in seen.read_text()


def test_a_demotion_asks_for_its_reason(terminal, editor, events):
    world = terminal.world
    asked = ("--to", "limited", "--rationale", "measured", "--events", events)
    assert world.run("promote", "team-assistant", *asked, by="erin").code == 0
    assert world.run("approve", "team-assistant", "--yes", by="sam").code == 0
    editor(writes(WHY))

    code, shown = terminal.run("demote", "team-assistant", "--to", "logging", *key(world))

    assert code == 0, shown
    assert f"Policy-Rationale: {WHY}\n" in world.git("log", "-1", "--format=%B")


@pytest.mark.parametrize("script", [":", 'printf "\\n\\n" > "$1"', 'echo "# only this" > "$1"'])
def test_an_empty_text_gives_up_and_changes_nothing(terminal, editor, script):
    world = terminal.world
    editor(script)
    tighten(world)
    before = world.state()

    code, shown = terminal.run("record", "team-assistant", *key(world))

    assert code == 2
    assert "policyctl: nothing was written, so nothing was changed\n" in shown
    assert world.state() == before
    assert left_over(world) == []


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", 'rm "$1"'])
def test_an_editor_that_fails_changes_nothing(terminal, editor, script):
    world = terminal.world
    editor(script)
    tighten(world)
    before = world.state()

    code, shown = terminal.run("record", "team-assistant", *key(world))

    assert code == 2
    assert "Traceback" not in shown
    assert world.state() == before
    assert left_over(world) == []


def test_what_was_typed_outlives_a_step_that_fails_afterwards(terminal, editor):
    world = terminal.world
    # While the reason is written, somebody else changes the policy file once more.
    editor(f"{writes(WHY)}; echo 'stage: nonsense' >> '{world.folder / POLICY}'")
    tighten(world)
    before = world.git("rev-parse", "HEAD")

    code, shown = terminal.run("record", "team-assistant", *key(world))

    assert code != 0
    assert world.git("rev-parse", "HEAD") == before
    [name] = left_over(world)
    assert f"policyctl: what you wrote is kept in {world.folder / '.git' / name}" in shown
    assert (world.folder / ".git" / name).read_text() == f"{WHY}\n"


def test_a_change_that_is_impossible_is_refused_before_anybody_writes(terminal, editor):
    seen = editor(writes(WHY))

    code, _ = terminal.run("record", "team-assistant", *key(terminal.world))

    assert code != 0
    assert not seen.exists()


def test_the_editor_is_the_users_and_never_one_that_the_repository_names(
    terminal, tmp_path, monkeypatch
):
    world = terminal.world
    for name, where in (("theirs", "--local"), ("mine", "--global")):
        script = tmp_path / name
        script.write_text(f'#!/bin/sh\ntouch "{tmp_path}/{name}-ran"\n{writes(WHY)}\n')
        script.chmod(0o755)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
        world.git("config", where, "core.editor", str(script))
    tighten(world)

    code, shown = terminal.run("record", "team-assistant", *key(world))

    assert code == 0, shown
    assert (tmp_path / "mine-ran").exists()
    assert not (tmp_path / "theirs-ran").exists()


@pytest.mark.parametrize("variables", [{"CI": "true"}])
def test_nothing_opens_in_ci(terminal, editor, variables):
    seen = editor(writes(WHY))
    tighten(terminal.world)

    code, shown = terminal.run("record", "team-assistant", *key(terminal.world), **variables)

    assert code == 2
    assert "policyctl: there is no --rationale\n" in shown
    assert not seen.exists()


@pytest.mark.parametrize("more", [("--dry-run",), ("--format", "json"), ()])
def test_where_nobody_can_be_asked_the_option_is_named(recorded, editor, more):
    seen = editor(writes(WHY))
    tighten(recorded)

    done = recorded.run("record", "team-assistant", *more, by="erin")

    assert done.code == 2
    assert done.err == (
        "policyctl: there is no --rationale\n"
        "  = --rationale 'why, in one line'; on a terminal, an editor opens without it\n"
    )
    assert not seen.exists()
