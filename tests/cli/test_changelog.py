"""The changelog of policies: made from the ledger, signed, compared."""

import pytest

PAGE, SIGNATURE = "policies/CHANGELOG.md", "policies/CHANGELOG.md.sig"


def codes(world):
    import json

    report = json.loads(world.run("verify", "--format", "json").out)
    return {finding["code"] for finding in report["findings"]}


def record(world, rationale):
    path = "policies/team-assistant.yaml"
    world.write(path, world.read(path) + b"# more\n")
    done = world.run("record", "team-assistant", "--rationale", rationale, by="erin")
    assert done.code == 0, done.err


@pytest.fixture
def written(recorded):
    done = recorded.run("changelog", "--write", by="sam")
    assert done.code == 0, done.err
    return recorded


def test_without_options_the_page_is_printed_and_nothing_is_changed(recorded):
    before = recorded.state()

    done = recorded.run("changelog")

    assert done.code == 0
    assert "· team-assistant 1 · register none → logging\n" in done.out
    assert "- **why**: a new assistant\n- **author**: erin\n- **owner**: assistants\n" in done.out
    assert recorded.state() == before


def test_it_is_committed_with_a_signature_that_stock_openssh_accepts(written, tmp_path):
    import subprocess

    signers = tmp_path / "allowed_signers"
    signers.write_text(written.run("root", "export").out)
    subprocess.run(
        [
            *("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "sam"),
            *("-n", "policyctl/changelog", "-s", str(written.folder / SIGNATURE)),
        ],
        input=written.read(PAGE),
        check=True,
        capture_output=True,
    )

    assert written.git("status", "--porcelain") == ""
    assert written.run("verify").code == 0
    assert written.run("changelog", "--check").code == 0
    again = written.run("changelog", "--write", by="sam")
    assert (again.code, again.out) == (0, f"up to date: {PAGE} · 1 entry\n")


def test_a_page_that_later_entries_made_old_is_not_wrong(written):
    record(written, "more words")

    assert written.run("verify").code == 0
    check = written.run("changelog", "--check")
    assert (check.code, check.out) == (
        1,
        f"not up to date: {PAGE} · the ledger has 2 entries\n    = policyctl changelog --write\n",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a new assistant", b"another story"),
        (b'"team-assistant":1', b'"team-assistant":2'),
        (b'"team-assistant":1', b'"team-assistant":01'),
        (b'"checkpoints":[]', b'"checkpoints":[{"team-assistant":2}]'),
        (b"<!-- policyctl", b"<!-- "),
        (b"- **owner**", b"\n## 2030-01-01 00:00 UTC\n- **owner**"),
    ],
)
def test_a_page_that_tells_another_story_is_a_mismatch(written, old, new):
    assert old in written.read(PAGE)
    written.write(PAGE, written.read(PAGE).replace(old, new))
    written.git("commit", "-qam", "tidy up")

    assert codes(written) == {"CHANGELOG_MISMATCH"}


def test_a_page_without_a_signature_that_counts_is_told(written, people):
    from policyctl.adapters.ssh_signing import sign

    page = written.read(PAGE)
    for signature in (
        None,
        b"x",
        sign(page, namespace="policyctl/changelog", key=people / "mallory"),
        sign(page, namespace="policyctl/author", key=people / "sam"),
        sign(page + b"\n", namespace="policyctl/changelog", key=people / "sam"),
    ):
        if signature is None:
            written.git("rm", "-q", SIGNATURE)
        else:
            written.write(SIGNATURE, signature)
            written.git("add", SIGNATURE)
        written.git("commit", "-qm", "tidy up")
        assert codes(written) == {"CHANGELOG_UNSIGNED"}


def test_a_signature_without_its_page_is_told(written):
    written.git("rm", "-q", PAGE)
    written.git("commit", "-qm", "tidy up")

    assert codes(written) == {"CHANGELOG_MISMATCH"}


def test_a_rationale_cannot_fake_an_entry(recorded):
    nasty = "ok <!-- --> <br>## 2030 · x 9 · *promote* | [a](b) `c` @all $x$"
    record(recorded, nasty)

    page = recorded.run("changelog").out

    assert sum(line.startswith("## ") for line in page.splitlines()) == 2
    assert page.count("<!--") == 1
    assert "&lt;br&gt;## 2030 · x 9 · \\*promote\\* \\| \\[a\\](b) \\`c\\`" in page


def test_it_names_the_checkpoint_that_covers_an_entry_and_is_compared_with_it(recorded):
    assert recorded.run("checkpoint", by="erin").code == 0
    record(recorded, "more words")
    assert recorded.run("checkpoint", by="erin").code == 0

    assert recorded.run("changelog", "--write", by="erin").code == 0

    page = recorded.read(PAGE).decode()
    assert [line[-1] for line in page.splitlines() if "**checkpoint**" in line] == ["2", "1"]
    assert codes(recorded) == set()


def test_a_retired_policy_stays_in_it(recorded):
    assert recorded.run("retire", "team-assistant", "--rationale", "over", by="erin").code == 0
    assert recorded.run("approve", "team-assistant", "--yes", by="sam").code == 0

    page = recorded.run("changelog").out

    assert "· team-assistant 2 · retire logging → none\n" in page
    assert "- **approved as security**: sam\n" in page


def test_a_pending_change_is_not_in_it_yet(recorded):
    assert recorded.run("retire", "team-assistant", "--rationale", "over", by="erin").code == 0

    assert "retire" not in recorded.run("changelog").out


def test_writing_refuses_strangers_and_ledgers_that_do_not_verify(recorded):
    before = recorded.state()
    assert recorded.run("changelog", "--write", by="mallory").code == 1
    assert recorded.run("changelog", "--write", "--check", by="sam").code == 2
    assert recorded.state() == before

    recorded.git("rm", "-q", ".policyctl/log/team-assistant/000001.json.erin.sig")
    recorded.git("commit", "-qm", "x")
    assert recorded.run("changelog", "--write", by="sam").code == 4
