"""``policyctl init`` and ``policyctl new`` on a real terminal, asked for what was left out."""

from __future__ import annotations

import shlex

import pytest

NEW = (
    ("Id of the new policy", "support-bot\n"),
    ("Use case (", "public-facing\n"),
    ("Who answers for it (ada, assistants, erin, sam)", "assistants\n"),
    ("What is it for", "Answers questions of customers.\n"),
    ("Most sensitive data that it meets (public, internal, confidential, restricted)", "\n"),
    ("Applications", "shop-chat, shop-voice\n"),
)


def command_in(shown):
    """The words of the command line that the questions amount to."""
    [line] = [line for line in shown.splitlines() if line.startswith("the same without questions")]
    return shlex.split(line.partition("policyctl ")[2])


def test_a_new_policy_is_made_of_answers_and_the_command_line_of_them_is_shown(world, terminal_in):
    code, shown = terminal_in(world).run("new", answers=NEW)

    assert code == 0, shown
    text = world.read("policies/support-bot.yaml")
    assert b"\ndata_sensitivity: confidential " in text
    assert b"apps: [shop-chat, shop-voice]" in text
    words = command_in(shown)
    said = ["new", "support-bot", "--use-case", "public-facing", "--owner", "assistants"]
    assert words[:6] == said
    (world.folder / "policies/support-bot.yaml").unlink()
    assert world.run(*words).code == 0
    assert world.read("policies/support-bot.yaml") == text


def test_what_the_command_line_says_is_not_asked(world, terminal_in):
    said = ("new", "support-bot", "--use-case", "public-facing", "--data", "public")
    answers = [NEW[2], NEW[3], ("Applications", "\n")]

    code, shown = terminal_in(world).run(*said, answers=answers)

    assert code == 0, shown
    assert "Id of" not in shown
    assert "Use case" not in shown
    assert b"\ndata_sensitivity: public " in world.read("policies/support-bot.yaml")


def test_a_wrong_answer_is_explained_and_asked_again(recorded, terminal_in):
    answers = [
        (NEW[0][0], "Support Bot\n"),
        ("lower-case letters, digits and single hyphens", ""),
        (NEW[0][0], "team-assistant\n"),
        ("there is a policy 'team-assistant' already", ""),
        (NEW[0][0], "\n"),
        (NEW[0][0], "support-bot\n"),
        ("Use case (", "anything\n"),
        ("'anything' is none of these", ""),
        *NEW[1:],
    ]

    code, shown = terminal_in(recorded).run("new", answers=answers)

    assert code == 0, shown


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_whoever_gives_up_leaves_nothing_behind(world, terminal_in, key):
    before = world.state()

    code, shown = terminal_in(world).run("new", answers=[NEW[0], ("Use case (", key)])

    assert code == 2
    assert "policyctl: given up, so nothing was written\n" in shown
    assert world.state() == before


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ((), "the policy's id and --use-case and --owner"),
        (("bot", "--owner", "erin"), "--use-case"),
        (("bot", "--use-case", "public-facing"), "--owner"),
    ],
)
def test_scripts_are_told_what_is_missing(world, terminal_in, arguments, missing):
    done = world.run("new", *arguments)
    code, shown = terminal_in(world).run("new", *arguments, CI="1")

    said = f"policyctl: new needs {missing}\n  = policyctl new ID --use-case UC --owner O\n"
    assert (done.code, done.err) == (2, said)
    assert (code, shown) == (2, said)


@pytest.fixture
def erin(empty, monkeypatch, tmp_path):
    """An empty folder, and a git that knows its user."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    empty.git("config", "--global", "user.name", "Erin Example")
    empty.git("config", "--global", "user.email", "erin@example.org")
    return empty


def test_a_ledger_is_founded_by_answers_and_the_command_line_of_them_is_shown(erin, terminal_in):
    sam, ada = (erin.keys / f"{who}.pub" for who in ("sam", "ada"))
    answers = [
        ("Your id [erin-example]", "erin\n"),
        ("Somebody else", f"sam={sam}\n"),
        ("Somebody else", f"ada={ada}\n"),
        ("Somebody else", "\n"),
        ("Who approves, as ROLE=ID,ID [security=sam,ada]", "security=sam\n"),
        ("A team that owns policies", "assistants=erin\n"),
        ("Who signs trust roots beside you", "\n"),
    ]
    key = ("--key", str(erin.keys / "erin"))

    code, shown = terminal_in(erin).run("init", *key, answers=answers)

    assert code == 0, shown
    assert "governed" in shown
    assert command_in(shown) == [
        *("init", ".", "--as", "erin", "--person", f"sam={sam}", "--person", f"ada={ada}"),
        *("--role", "security=sam", "--team", "assistants=erin", *key),
    ]
    assert erin.run("verify").code == 0


def test_answers_about_people_are_checked_at_once(erin, terminal_in):
    answers = [
        ("Your id [erin-example]", "\n"),
        ("Somebody else", "sam\n"),
        ("ID=FILE", ""),
        ("Somebody else", f"sam={erin.folder / 'nowhere'}\n"),
        ("there is no key file", ""),
        ("Somebody else", f"sam={erin.keys / 'sam'}\n"),
        ("is a private key, which nobody hands over", ""),
        ("Somebody else", f"erin-example={erin.keys / 'sam.pub'}\n"),
        ("'erin-example' is named already", ""),
        ("Somebody else", f"sam={erin.keys / 'sam.pub'}\n"),
        ("Somebody else", "\n"),
        ("Who approves", "security=rita\n"),
        ("'rita' is nobody who was named", ""),
        ("Who approves", "\n"),
        ("A team", "\n"),
        ("Who signs", "sam\n"),
    ]

    code, shown = terminal_in(erin).run("init", "--key", str(erin.keys / "erin"), answers=answers)

    assert code == 0, shown
    assert "the trust root does not hold yet: 1 more of sam must sign it" in shown


def test_a_lone_founder_answers_three_questions(erin, terminal_in):
    answers = [("Your id", "\n"), ("Somebody else", "\n"), ("A team", "\n")]

    code, shown = terminal_in(erin).run("init", "--key", str(erin.keys / "erin"), answers=answers)

    assert code == 0, shown
    assert "solo" in erin.run("verify").out


def test_a_founding_that_is_given_up_leaves_no_repository(erin, terminal_in):
    answers = [("Your id", "\n"), ("Somebody else", "\x03")]

    code, shown = terminal_in(erin).run(
        "init", "new-folder", "--key", str(erin.keys / "erin"), answers=answers
    )

    assert code == 2
    assert "given up, so nothing was written" in shown
    assert not (erin.folder / "new-folder").exists()


def test_whoever_names_somebody_is_asked_nothing(erin, terminal_in):
    code, shown = terminal_in(erin).run("init", "--as", "erin", "--key", str(erin.keys / "erin"))

    assert code == 0, shown
    assert "Somebody else" not in shown


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (
            "sam",
            "policyctl: {file} is a private key, which nobody hands over\n"
            "  = name the public half: {file}.pub\n",
        ),
        (
            "nobody.pub",
            "policyctl: there is no key file {file}\n  = name the public half, as in ID=KEY.pub\n",
        ),
    ],
)
@pytest.mark.parametrize("option", ["--person", "--steward"])
def test_a_key_of_somebody_else_is_public_and_there(empty, file, said, option):
    path = empty.keys / file
    roles = ("--role", "security=sam")

    done = empty.run("init", "--as", "erin", option, f"sam={path}", *roles, by="erin")

    assert (done.code, done.err) == (2, said.format(file=path))
    assert list(empty.folder.iterdir()) == []
