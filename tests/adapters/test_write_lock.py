"""One writer at a time; a lock says whose it is, and is taken over only from the dead."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, replace

import pytest

from policyctl.adapters import write_lock as module
from policyctl.adapters.git_location import find
from policyctl.adapters.running_process import Life, RunningProcess
from policyctl.adapters.write_lock import (
    abandoned_claims,
    break_lock,
    lock_state,
    write_lock,
)
from policyctl.errors import RepositoryError


@pytest.fixture
def location(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path / "repo"], check=True)
    return find(tmp_path / "repo")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST", 0.2)
    monkeypatch.setattr(module, "_PATIENCE", 0.1)


def claim(location, process, *, name="policyctl.lock"):
    """Write down somebody as the lock's owner."""
    owner = {"process": asdict(process), "since": "yesterday", "act": "promote x"}
    (location.common_dir / name).write_text(json.dumps(owner))


def ended():
    """A process that has ended."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    gone = replace(RunningProcess.current(), pid=child)
    os.waitpid(child, 0)
    return gone


def take(location, act="record y"):
    with write_lock(location, act):
        return lock_state(location)


def test_the_lock_says_who_since_when_and_for_what(location):
    state = take(location)

    assert (state.owner.process, state.owner.act) == (RunningProcess.current(), "record y")
    assert state.life is Life.RUNS
    assert state.age < 60
    assert f"'record y' (process {os.getpid()} on " in str(state.owner)
    assert lock_state(location) is None
    assert list(location.common_dir.glob("policyctl*")) == []


def test_a_second_command_waits_says_so_and_then_gives_up(location, impatient, caplog):
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        with write_lock(location, "promote x"):
            os.write(go, b"1")
            time.sleep(60)
    os.read(ready, 1)
    try:
        with pytest.raises(RepositoryError) as caught:
            take(location)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    assert f"'promote x' (process {child} on " in caught.value.message
    assert caught.value.hint == "run it again when that one has ended"
    assert [record.getMessage()[:24] for record in caplog.records] == ["waiting for 'promote x' "]
    assert take(location).owner.act == "record y"  # the killed one is no hindrance


def test_a_command_gets_the_lock_as_soon_as_the_other_lets_go(location):
    child = os.fork()
    if child == 0:
        with write_lock(location, "promote x"):
            time.sleep(0.3)
        os._exit(0)

    assert take(location).owner.act == "record y"
    assert os.waitpid(child, 0)[1] == 0


def test_the_lock_of_a_dead_process_is_taken_over_and_a_reused_number_does_not_matter(location):
    for process in (ended(), replace(RunningProcess.current(), started="0")):
        claim(location, process)
        assert lock_state(location).life is Life.ENDED

        assert take(location).owner.act == "record y"


def test_of_many_takers_of_a_dead_lock_one_is_first(location, tmp_path):
    """Each adds one to a number, which needs the lock to be right in the end."""
    number = tmp_path / "number"
    number.write_text("0")
    claim(location, ended())
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            for _ in range(5):
                with write_lock(location, "count"):
                    found = int(number.read_text())
                    time.sleep(0.002)
                    number.write_text(str(found + 1))
            os._exit(0)
        children.append(child)

    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    assert number.read_text() == "40"


@pytest.mark.parametrize(
    "other",
    [{"host": "elsewhere"}, {"space": "pid:[1]"}, {"machine": "", "boot": "another"}],
    ids=["machine", "container", "unknown machine"],
)
def test_a_lock_from_elsewhere_is_left_to_a_person(location, impatient, other, monkeypatch):
    if "machine" in other:
        monkeypatch.setattr(
            "policyctl.adapters.running_process._here",
            lambda: {"host": "h", "machine": "", "boot": "this", "space": ""},
        )
    claim(location, replace(RunningProcess.current(), **other))

    with pytest.raises(RepositoryError) as caught:
        take(location)

    assert (
        caught.value.hint
        == "policyctl doctor --repair, once you know that it does not run any more"
    )
    state = lock_state(location)
    assert state.life is Life.ELSEWHERE
    assert break_lock(state)
    assert not break_lock(state)
    assert take(location).owner.act == "record y"


def test_after_a_restart_of_the_same_machine_the_owner_is_dead(location, monkeypatch):
    here = {"host": "h", "machine": "m", "boot": "this", "space": "s"}
    monkeypatch.setattr("policyctl.adapters.running_process._here", lambda: here)
    claim(location, replace(RunningProcess.current(), boot="the one before"))

    assert lock_state(location).life is Life.ENDED
    assert take(location).owner.act == "record y"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"process": 1}', b"[" * 5000])
def test_a_lock_without_a_readable_owner_is_nobodys_to_take(location, impatient, content):
    (location.common_dir / "policyctl.lock").write_bytes(content)

    with pytest.raises(RepositoryError) as caught:
        take(location)

    assert caught.value.hint == "policyctl doctor"
    assert (location.common_dir / "policyctl.lock").read_bytes() == content


def test_where_the_kernel_has_no_lock_the_file_alone_counts(location, impatient, monkeypatch):
    """As on some network file systems; the dead are then left to a person."""

    def none(number, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(module.fcntl, "flock", none)
    assert take(location).owner.act == "record y"
    claim(location, ended())

    with pytest.raises(RepositoryError) as caught:
        take(location)

    assert caught.value.hint.startswith("policyctl doctor --repair")
    assert break_lock(lock_state(location))
    assert take(location).owner.act == "record y"


def test_where_files_have_one_name_only_the_lock_is_a_copy(location, impatient, monkeypatch):
    def none(source, target):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("policyctl.adapters.durable.os.link", none)

    with write_lock(location, "promote x"):
        assert lock_state(location).owner.act == "promote x"
        with pytest.raises(RepositoryError):
            take(location)
    assert lock_state(location) is None


def test_a_broken_lock_is_given_back_if_it_is_another_ones_by_now(location):
    claim(location, replace(RunningProcess.current(), host="elsewhere"))
    seen = lock_state(location)
    claim(location, replace(RunningProcess.current(), host="another"))

    assert not break_lock(seen)
    assert lock_state(location).owner.process.host == "another"


def test_what_a_waiting_command_left_is_known_once_it_has_ended(location):
    claim(location, RunningProcess.current(), name="policyctl-lock-1")
    assert abandoned_claims(location) == ()

    claim(location, ended(), name="policyctl-lock-2")
    assert [path.name for path in abandoned_claims(location)] == ["policyctl-lock-2"]


def test_a_git_command_that_outlives_a_killed_writer_is_waited_for(location, impatient):
    """Otherwise it could move the branch after somebody had found that nothing happened."""
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        with write_lock(location, "promote x") as inherited:
            other = subprocess.Popen(["sleep", "60"], pass_fds=(inherited,))
            os.write(go, b"%d" % other.pid)
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    survivor = os.read(ready, 20)
    try:
        with pytest.raises(RepositoryError):
            take(location)
    finally:
        os.kill(int(survivor), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert take(location).owner.act == "record y"
        except RepositoryError:
            continue
        return
    pytest.fail("the lock was not free after the last holder had ended")
