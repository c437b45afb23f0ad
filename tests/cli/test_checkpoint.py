"""``policyctl checkpoint``: what it states, where it is kept, and when it is refused."""

import pytest

PATH = "policies/team-assistant.yaml"


@pytest.fixture
def kept(recorded):
    done = recorded.run("checkpoint", by="erin")
    assert done.code == 0, done.err
    return recorded


def test_it_says_what_grew_who_signed_and_how_to_hand_it_on(recorded):
    before = recorded.state()

    done = recorded.run("checkpoint", by="erin")

    assert done.out == (
        "checkpoint 1 · 1 entry · trust root 1\n"
        "  grew      team-assistant to 1 entry\n"
        "  signed    erin\n"
        "  tag       policyctl/checkpoint/1\n"
        "  next      git push origin refs/tags/policyctl/checkpoint/1\n"
        "            policyctl checkpoint --show > notes.txt\n"
    )
    assert recorded.state() == before
    assert recorded.git("cat-file", "-t", "policyctl/checkpoint/1") == "tag\n"
    assert recorded.git("rev-parse", "policyctl/checkpoint/1^{commit}") == before[0]


def test_where_nothing_grew_it_says_so_and_makes_nothing(kept):
    done = kept.run("checkpoint", by="erin")

    assert (done.code, done.out) == (0, "nothing grew since checkpoint 1, which covers 1 entry\n")
    assert kept.git("tag") == "policyctl/checkpoint/1\n"


def test_a_dry_run_needs_no_key_and_makes_nothing(recorded):
    done = recorded.run("checkpoint", "--dry-run")

    assert done.code == 0
    assert done.out.startswith("would make checkpoint 1 · 1 entry · trust root 1\n")
    assert recorded.git("tag") == ""


def test_a_ledger_that_does_not_verify_gets_no_checkpoint(recorded):
    recorded.write(PATH, recorded.read(PATH) + b"# by hand\n")
    recorded.git("commit", "-qam", "by hand")

    done = recorded.run("checkpoint", by="erin")

    assert done.code == 4
    assert "the commit does not verify (UNRECORDED_CHANGE)" in done.err
    assert recorded.git("tag") == ""


def test_who_is_no_steward_signs_none(recorded):
    for who, said in (("ada", "'ada' may not sign"), ("mallory", "belongs to nobody")):
        done = recorded.run("checkpoint", by=who)
        assert done.code == 1
        assert said in done.err


def test_a_note_that_was_kept_elsewhere_is_compared_from_a_file_and_from_a_pipe(
    kept, tmp_path, shell
):
    notes = tmp_path / "notes"
    notes.write_bytes(kept.run("checkpoint", "--show").out.encode())
    kept.git("tag", "-d", "policyctl/checkpoint/1")

    by_file = kept.run("verify", "--no-memory", "--checkpoint", str(notes))
    nothing = shell("verify", "--no-memory", "--checkpoint", "-", cwd=kept.folder)

    assert by_file.code == 0
    assert f"compared with: checkpoint 1 of {notes}\n" in by_file.out
    assert "level: tree+checkpoint" in by_file.out
    assert (nothing.code, nothing.err.splitlines()[0]) == (
        2,
        "policyctl: standard input holds no checkpoint",
    )
    assert kept.run("verify", "--checkpoint", str(tmp_path / "nope")).code == 2


def test_an_old_commit_gets_no_new_checkpoint(kept):
    kept.write(PATH, kept.read(PATH) + b"# more\n")
    assert kept.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0
    assert kept.run("checkpoint", by="erin").code == 0
    kept.git("checkout", "-q", "HEAD~1")

    done = kept.run("checkpoint", by="erin")

    assert done.code == 1
    assert "this commit does not hold what checkpoint 2 covers" in done.err


def test_a_tag_that_somebody_else_made_meanwhile_is_never_replaced(kept):
    from datetime import UTC, datetime

    from policyctl.adapters.git_tags import WritableTags
    from policyctl.adapters.governed_repository import GovernedRepository
    from policyctl.errors import RepositoryError
    from policyctl.usecases.ports import Person

    before = kept.git("rev-parse", "policyctl/checkpoint/1")
    with GovernedRepository.open(kept.folder) as repository:
        tags = WritableTags(repository.store)
        with pytest.raises(RepositoryError, match="exists already, nothing was changed"):
            tags.keep(
                1,
                b"x\n",
                commit=repository.head,
                by=Person(name="M <m>\n", email="m"),
                now=datetime(2026, 1, 1, tzinfo=UTC),
            )

    assert kept.git("rev-parse", "policyctl/checkpoint/1") == before
    assert kept.git("tag") == "policyctl/checkpoint/1\n"


def lines_and_note(proof):
    lines, _, note = proof.partition("\n\n")
    return lines.splitlines(), note


def test_growth_is_proved_to_a_witness_that_has_notes_only(kept):
    import base64

    from policyctl.core.checkpoint import parse_checkpoint
    from policyctl.core.merkle import is_consistent
    from policyctl.core.signed_note import parse_note, split_notes

    for _ in range(2):
        kept.write(PATH, kept.read(PATH) + b"# more\n")
        assert kept.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0
    assert kept.run("checkpoint", by="erin").code == 0
    notes = split_notes(kept.run("checkpoint", "--show").out.encode())
    old, new = (parse_checkpoint(parse_note(note).text) for note in notes)

    head, note = lines_and_note(kept.run("checkpoint", "--prove", "1").out)

    assert (head[0], note.encode()) == ("old 1", notes[1])
    assert is_consistent(
        old_size=old.size,
        old_root=old.tree,
        new_size=new.size,
        new_root=new.tree,
        proof=[base64.b64decode(line) for line in head[1:]],
    )


def test_an_entry_is_proved_to_somebody_who_has_its_files_only(kept):
    import base64
    import json

    from policyctl.core.canonical import sha256
    from policyctl.core.checkpoint import parse_checkpoint
    from policyctl.core.merkle import is_included
    from policyctl.core.signed_note import parse_note

    head, note = lines_and_note(kept.run("checkpoint", "--prove", "team-assistant/1").out)

    leaf = base64.b64decode(head[1].removeprefix("extra "))
    found = parse_checkpoint(parse_note(note.encode()).text)
    entry = ".policyctl/log/team-assistant/000001.json"
    assert (head[0], head[2]) == ("c2sp.org/tlog-proof@v1", "index 0")
    assert json.loads(leaf)["entry"] == sha256(kept.read(entry))
    assert json.loads(leaf)["signatures"] == {
        f"{entry}.erin.sig": sha256(kept.read(f"{entry}.erin.sig"))
    }
    proof = [base64.b64decode(line) for line in head[3:]]
    assert is_included(leaf, index=0, size=found.size, root=found.tree, proof=proof)


@pytest.mark.parametrize("what", ["0", "2", "x", "team-assistant/2", "nobody/1", "../1", "\u0661"])
def test_what_no_checkpoint_covers_is_not_proved(kept, what):
    done = kept.run("checkpoint", "--prove", what)

    assert (done.code, done.out) == (2, "")


def test_nothing_is_proved_or_shown_before_the_first_checkpoint(recorded):
    for asked in (("--prove", "1"), ("--show",)):
        done = recorded.run("checkpoint", *asked)
        assert (done.code, done.err.splitlines()[0]) == (
            1,
            "policyctl: there is no checkpoint yet",
        )


def test_a_branch_that_is_not_merged_gets_no_checkpoint(recorded, tmp_path):
    recorded.git("switch", "-q", "-c", "mine")
    recorded.write(PATH, recorded.read(PATH) + b"# more\n")
    assert recorded.run("record", "team-assistant", "--rationale", "x", by="erin").code == 0

    refused = recorded.run("checkpoint", by="erin")

    assert (refused.code, refused.err) == (
        1,
        "policyctl: this commit is not on the main branch, and checkpoints state what was merged\n"
        "  = git switch main\n",
    )

    recorded.git("switch", "-q", "main")
    clone = type(recorded)(tmp_path / "clone", recorded.keys, recorded.capture)
    recorded.git("clone", "-q", str(recorded.folder), str(clone.folder))
    clone.git("merge", "-q", "origin/mine")
    assert clone.run("checkpoint", by="erin").code == 0


def test_a_tag_written_to_pass_an_option_to_git_is_no_checkpoint(kept):
    text = kept.git("cat-file", "tag", "policyctl/checkpoint/1")
    commit = text.split()[1]
    hostile = text.replace(commit, "--all", 1).replace("checkpoint/1", "checkpoint/2", 1)
    file = kept.folder.parent / "hostile"
    file.write_text(hostile, encoding="utf-8")
    made = kept.git("hash-object", "-t", "tag", "-w", "--literally", str(file)).strip()
    # git itself would not write this ref.
    kept.write(".git/refs/tags/policyctl/checkpoint/2", made + "\n")

    done = kept.run("verify", "--no-memory")

    assert done.code == 4
    assert done.out.startswith(
        "CHECKPOINT_INVALID  the tag policyctl/checkpoint/2 holds no valid checkpoint"
    )


def test_what_a_level_means_is_said_of_a_pass_only(kept):
    assert "level: tree+checkpoint (and nothing is gone" in kept.run("verify").out
    kept.git("rm", "-rq", ".policyctl/log", "policies/team-assistant.yaml")
    kept.git("commit", "-qm", "clean up")

    done = kept.run("verify")

    assert done.code == 4
    assert (
        "ROLLBACK_OR_TRUNCATION  entry 1 of 'team-assistant' was there at checkpoint 1" in done.out
    )
    assert "nothing is gone" not in done.out
