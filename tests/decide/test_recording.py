"""Records are whole lines, once each, and never in the way of traffic."""

from __future__ import annotations

import json
import stat
import threading

import pytest

from policyctl.decide.recording import Recorder
from policyctl.errors import InputError


def record(request_id="r-1", **more):
    return {
        "ts": "2026-11-23T05:00:00+00:00",
        "request_id": request_id,
        "app": "chat",
        "direction": "input",
        "detector": "pii",
        "level": "none",
        "status": "ok",
        "cohort": None,
        **more,
    }


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_record_is_one_line_without_what_is_not_known(tmp_path):
    file = tmp_path / "records.jsonl"

    Recorder(str(file)).write([record(key="Zoë")])

    assert file.read_bytes().endswith(b'"key":"Zo\xc3\xab"}\n')
    assert "cohort" not in lines(file)[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_message_has_one_record_for_each_detector_and_direction(tmp_path):
    file = tmp_path / "records.jsonl"
    recorder = Recorder(str(file))

    recorder.write([record(), record(detector="secrets"), record(direction="output")])
    recorder.write([record(level="l1_confident"), record("r-2")])

    assert len(lines(file)) == 4


def test_a_file_that_is_moved_away_is_made_anew(tmp_path):
    file = tmp_path / "records.jsonl"
    recorder = Recorder(str(file))
    recorder.write([record("r-1")])

    file.rename(tmp_path / "yesterday.jsonl")
    recorder.write([record("r-2")])

    assert [item["request_id"] for item in lines(file)] == ["r-2"]


def test_what_is_no_record_is_left_out_and_told_without_quoting_it(tmp_path, caplog):
    file = tmp_path / "records.jsonl"

    Recorder(str(file)).write([record(level="secret text"), record("r-2")])

    assert [item["request_id"] for item in lines(file)] == ["r-2"]
    assert caplog.messages == ["a record is left out: the level is unknown"]


def test_a_disk_that_takes_nothing_stops_nothing(tmp_path, caplog):
    file = tmp_path / "here" / "records.jsonl"
    file.parent.mkdir()
    recorder = Recorder(str(file))
    file.unlink()
    file.parent.rmdir()

    recorder.write([record()])

    assert caplog.messages == [f"cannot write {file}: No such file or directory"]


def test_there_has_to_be_a_place_for_records_at_the_start(tmp_path):
    with pytest.raises(InputError) as caught:
        Recorder(str(tmp_path / "nowhere" / "records.jsonl"))

    assert caught.value.message.endswith("records.jsonl: No such file or directory")


def test_recorders_of_several_threads_and_processes_write_whole_lines(tmp_path):
    file = tmp_path / "records.jsonl"
    recorders = [Recorder(str(file)) for _ in range(2)]

    def work(number):
        for turn in range(50):
            recorders[number % 2].write([record(f"r-{number}-{turn}", app="a" * 400)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({item["request_id"] for item in lines(file)}) == 200
