"""Records from JSON lines: whatever a file holds, the answer is records or one clear sentence."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zipfile
from importlib.resources import files

import pytest

from policyctl.adapters.records import record_files
from policyctl.adapters.records.opening import open_records
from policyctl.core.evidence import RecordSource
from policyctl.core.record import Label
from policyctl.errors import InputError

HINT = "give one JSON object a line, plain or compressed with gzip or zstd"


def line(number, **more):
    record = {
        "ts": f"2026-10-05T00:00:{number % 60:02}Z",
        "request_id": f"r{number}",
        "app": "shop-chat",
        "direction": "input",
        "detector": "prompt_attack",
        "level": "none",
        "status": "ok",
    }
    return json.dumps(record | more).encode() + b"\n"


def read(path):
    return open_records([str(path)])


def refusal(path):
    with pytest.raises(InputError) as raised:
        list(read(path))
    return raised.value


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(content, name="records.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        return path.relative_to(tmp_path)

    return write


def test_plain_lines_are_read_in_their_order(file):
    path = file(line(1) + line(2, label="unsure") + line(3))

    records = list(read(path))

    assert [record.request_id for record in records] == ["r1", "r2", "r3"]
    assert records[1].label is Label.UNSURE


def test_gzip_is_known_by_its_first_bytes_and_not_by_its_name(file):
    path = file(gzip.compress(line(1), mtime=0) + gzip.compress(line(2), mtime=0), "records.jsonl")

    assert [record.request_id for record in read(path)] == ["r1", "r2"]


@pytest.mark.parametrize("content", [line(1) + line(2).rstrip(), line(1) + b"\r\n" + line(2)])
def test_a_missing_last_line_break_and_empty_lines_do_no_harm(file, content):
    assert len(list(read(file(content)))) == 2


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_manifest_names_the_bytes_that_were_read(file, pack):
    content = pack(b"".join(line(number) for number in range(2000)))
    records = open_records([str(file(content, "a.jsonl"))])

    assert sum(1 for _ in records) == 2000
    assert records.manifest() == (
        RecordSource(name="a.jsonl", sha256=hashlib.sha256(content).hexdigest(), lines=2000),
    )


def test_there_is_no_manifest_before_the_end(file):
    records = open_records([str(file(line(1) + line(2)))])
    next(iter(records))

    with pytest.raises(ValueError, match="have not been read to their end"):
        records.manifest()


def test_several_files_are_one_stream_that_can_be_read_again(file):
    files = [file(line(1), "a.jsonl"), file(gzip.compress(line(2), mtime=0), "b.jsonl.gz")]
    records = open_records(map(str, files))

    assert [record.request_id for record in records] == ["r1", "r2"]
    assert [record.request_id for record in records] == ["r1", "r2"]
    assert [source.name for source in records.manifest()] == ["a.jsonl", "b.jsonl.gz"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            line(1) + b"hello\n",
            "records.jsonl:2: the line is not JSON: expecting value at column 1",
        ),
        (b"[\n" + line(1), "records.jsonl:1: the line is not JSON: expecting value at column 2"),
        (line(1) + b"[1]\n", "records.jsonl:2: the line is not a JSON object"),
        (line(1) + line(2)[:-20], "records.jsonl:2: the last line is cut off"),
        (
            line(1) + '{"app":"Zürich'.encode()[:-5],
            "records.jsonl:2: the last line is cut off",
        ),
        (line(1) + b'{"app":"\xff"}\n', "records.jsonl:2: the line is not UTF-8"),
        (line(1).decode().encode("utf-16-le"), "records.jsonl is not JSON lines"),
        (
            b"\xef\xbb\xbf" + line(1),
            "records.jsonl:1: the line begins with a byte order mark",
        ),
        (
            line(1)[:-2] + b',"score":NaN}\n',
            "records.jsonl:1: the line is not JSON: NaN is not a number",
        ),
        (
            line(1)[:-2] + b',"app":"other"}\n',
            "records.jsonl:1: the field 'app' stands twice in the record",
        ),
        (b"[" * 100_000 + b"\n", "records.jsonl:1: the line is nested too deeply"),
        (
            line(1, level="l9"),
            (
                "records.jsonl:1: the level 'l9' is unknown (allowed: l1_confident, l2_very_likely,"
                " l3_likely, l4_less_likely, l5_unlikely, none)"
            ),
        ),
        (
            line(1) + line(2, ts="2026-10-05T00:00:00"),
            (
                "records.jsonl:2: time '2026-10-05T00:00:00' has no time zone:"
                " write 2026-10-05T00:00:00Z"
            ),
        ),
        (
            line(1, key="\ud800"),
            "records.jsonl:1: 'key' holds control characters or half of a character",
        ),
        (
            line(1) + line(2) + line(1, label="true_positive"),
            (
                "records.jsonl:3: request 'r1' has another record of detector 'prompt_attack'"
                " (input) in records.jsonl:1"
            ),
        ),
        (line(1) + b" " * 1024 * 1024 + b"\n", "records.jsonl:2: the line is longer than 1 MiB"),
        (line(1, app="a" * 1024 * 1024), "records.jsonl:1: the line is longer than 1 MiB"),
        (b"", "records.jsonl holds no records"),
        (b"\n\n", "records.jsonl holds no records"),
        (gzip.compress(b"", mtime=0), "records.jsonl holds no records"),
        (bytes(range(256)) * 8, "records.jsonl is not JSON lines"),
        (b"\x28\xb5\x2f\xfd" + b"zstd" * 9, "records.jsonl is damaged: it cannot be unpacked"),
        (b"\x1f\x8b" + b"\x00" * 40, "records.jsonl is damaged: it cannot be unpacked"),
        (
            gzip.compress(line(1), mtime=0) + b"rubbish",
            "records.jsonl is damaged: it cannot be unpacked",
        ),
    ],
)
def test_a_bad_file_is_one_clear_error(file, content, message):
    error = refusal(file(content))

    assert error.message == message


@pytest.mark.parametrize("kept", [5, 12, 60, -9, -1])
def test_a_truncated_file_is_one_clear_error(file, kept):
    whole = gzip.compress(b"".join(line(number) for number in range(500)), mtime=0)

    error = refusal(file(whole[:kept], "records.jsonl.gz"))

    assert error.message == "records.jsonl.gz ends in the middle: it was not copied whole"


def test_a_damaged_gzip_is_one_clear_error(file):
    whole = bytearray(gzip.compress(b"".join(line(number) for number in range(500)), mtime=0))
    whole[-6] ^= 1

    error = refusal(file(bytes(whole), "records.jsonl.gz"))

    assert error.message == "records.jsonl.gz is damaged: it cannot be unpacked"


def test_archives_are_not_json_lines(file):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("records.jsonl", line(1))
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w:gz") as archive:
        archive.add(file(line(1)))

    for content in (packed.getvalue(), tarred.getvalue()):
        error = refusal(file(content))
        assert (error.message, error.hint) == ("records.jsonl is not JSON lines", HINT)


def test_a_record_may_not_come_again_in_another_file(file):
    paths = [file(line(1) + line(2), "a.jsonl"), file(line(3) + line(2), "b.jsonl")]

    with pytest.raises(InputError) as raised:
        list(open_records(map(str, paths)))

    assert raised.value.message == (
        "b.jsonl:2: request 'r2' has another record of detector 'prompt_attack' (input)"
        " in a.jsonl:2"
    )
    assert raised.value.hint == "give each record once"


def test_the_same_file_may_not_be_given_twice(file):
    path = file(line(1))

    with pytest.raises(InputError, match=r"records\.jsonl:1: request 'r1' has another record"):
        list(open_records([str(path), str(path)]))


def test_one_request_may_have_a_record_of_each_detector_and_direction(file):
    path = file(line(1) + line(1, detector="secrets") + line(1, direction="output"))

    assert len(list(read(path))) == 3


def test_records_that_only_look_alike_by_their_hash_are_told_apart(file, monkeypatch):
    monkeypatch.setattr(record_files, "hash", lambda _: 7, raising=False)

    assert len(list(read(file(line(1) + line(2) + line(3))))) == 3
    assert "in twice.jsonl:1" in refusal(file(line(1) + line(2) + line(1), "twice.jsonl")).message


def test_a_file_that_is_not_there_is_one_clear_error(file, tmp_path):
    path = tmp_path / "nope.jsonl"

    assert refusal(path).message == f"cannot read {path.as_posix()}: No such file or directory"
    assert refusal(tmp_path).message == f"{tmp_path.as_posix()} is a folder without manifest.json"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="runs as non-root")
def test_a_file_that_may_not_be_read_is_one_clear_error(file):
    path = file(line(1))
    path.chmod(0)

    assert refusal(path).message == "cannot read records.jsonl: Permission denied"


def test_the_shipped_sample_is_read_whole():
    sample = files("policyctl.demo_data") / "records.jsonl.gz"
    records = list(read(sample))

    assert len(records) == 18165
    assert {record.app for record in records} == {"assistant", "bank-support", "redteam-lab"}
    assert all(record.label is None for record in records if record.level is None)
    assert [record.time for record in records] == sorted(record.time for record in records)
