"""Old schema versions come forward, and every other byte stays as it was."""

from __future__ import annotations

from pathlib import Path

OLD = (Path(__file__).parent.parent / "data/policy.v0.yaml").read_bytes()


def forward(content: bytes) -> bytes:
    for old, new in (
        (b"'policyctl/policy/v0'", b"'policyctl/policy/v1'"),
        (b"description:", b"purpose:"),
        (b'"mode": observe ', b'"stage": logging '),
        (b"until:", b"expires:"),
    ):
        content = content.replace(old, new)
    return content


def test_version_0_comes_forward_byte_for_byte(tmp_path, shell):
    file = tmp_path / "policies/team-assistant.yaml"
    file.parent.mkdir()
    for content in (OLD, OLD.replace(b"\n", b"\r\n")):
        file.write_bytes(content)

        done = shell("migrate")

        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("migrated policies/team-assistant.yaml\n")
        assert file.read_bytes() == forward(content)
        assert shell("validate").code == 0


def test_a_file_of_the_present_version_is_left_alone(tmp_path, shell):
    file = tmp_path / "policy.yaml"
    file.write_bytes(forward(OLD))

    done = shell("migrate", "policy.yaml")

    assert (done.code, done.out) == (0, "1 file is of the present version\n")
    assert file.read_bytes() == forward(OLD)


def test_check_changes_nothing_and_says_that_there_is_something_to_do(tmp_path, shell):
    file = tmp_path / "policy.yaml"
    file.write_bytes(OLD)

    done = shell("migrate", "--check", "policy.yaml")

    assert done.code == 1
    assert "would migrate policy.yaml" in done.out
    assert file.read_bytes() == OLD


def test_what_cannot_be_edited_safely_is_refused_and_nothing_is_written(tmp_path, shell):
    good, bad = tmp_path / "a.yaml", tmp_path / "b.yaml"
    good.write_bytes(OLD)
    bad.write_bytes(OLD + b"expires: x\npurpose: there is one\n")

    done = shell("migrate", "a.yaml", "b.yaml")

    assert done.code == 2
    assert "there is a key 'purpose' already" in done.err
    assert good.read_bytes() == OLD


def test_what_the_present_schema_has_against_the_result_is_told(tmp_path, shell):
    (tmp_path / "policy.yaml").write_bytes(OLD.replace(b"owner: assistants\n", b"", 1))

    done = shell("migrate", "policy.yaml")

    assert done.code == 1
    assert "missing-key" in done.out
