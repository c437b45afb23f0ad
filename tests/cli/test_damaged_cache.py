"""A memory that is damaged, foreign, crowded or out of reach changes no verdict."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from policyctl.adapters.cache_folder import cache_folder
from policyctl.adapters.verdicts import FINE, Verdicts

GOOD = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_bytes()
COUNT = 9
"""How many policies there are."""


def cut(path):
    path.write_bytes(path.read_bytes()[:-9])


def emptied(path):
    path.write_bytes(b"")


def longer(path):
    path.write_bytes(path.read_bytes() + b"0" * 40 + b"\n")


def foreign(path):
    path.write_bytes(b"SQLite format 3\0" + os.urandom(99))


def huge(path):
    with path.open("r+b") as file:
        file.truncate(2**40)


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_pipe(path):
    path.unlink()
    os.mkfifo(path, 0o600)


def a_link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def open_to_others(path):
    path.chmod(0o644)


def not_for_its_owner(path):
    path.chmod(0o000)


def in_an_open_folder(path):
    path.parent.chmod(0o755)


def behind_a_link(path):
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.symlink_to("elsewhere")


def under_a_file(path):
    shutil.rmtree(path.parent)
    path.parent.write_bytes(b"")


DAMAGE = [
    *(cut, emptied, longer, foreign, huge, a_folder, a_pipe, a_link, open_to_others),
    *(in_an_open_folder, behind_a_link, under_a_file),
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_memory_that_cannot_be_trusted_is_as_good_as_none(here, said, judged, damage, memories):
    plain = said(POLICYCTL_CACHE="0")
    said()
    judged.clear()

    damage(memories()[0])

    assert said() == plain
    assert len(judged) == COUNT
    assert said() == plain


def test_a_memory_that_its_owner_cannot_read_is_no_error(here, said, memories):
    plain = said()
    not_for_its_owner(memories()[0])

    assert said() == plain


def test_a_memory_with_any_byte_changed_changes_no_verdict(here, said, memories):
    plain = said()
    path = memories()[0]
    content = path.read_bytes()
    chance = random.Random(7)
    for _ in range(30):
        place = chance.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        path.chmod(0o600)

        assert said() == plain


def test_a_full_disk_changes_nothing(here, cache):
    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    runs = [
        subprocess.run(
            [sys.executable, "-B", "-P", "-m", "policyctl", "validate"],
            capture_output=True,
            check=False,
            preexec_fn=before,
        )
        for before in (no_room, no_room, None)
    ]

    assert {(run.returncode, run.stdout, run.stderr) for run in runs} == {(1, runs[0].stdout, b"")}
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("base", ["", "relative", "/dev/null", "/proc/nowhere", "\udcff"])
def test_where_nothing_can_be_kept_nothing_is_said(here, said, base):
    plain = said(POLICYCTL_CACHE="0")

    assert said(XDG_CACHE_HOME=base) == plain
    assert said(HOME=base) == plain
    assert not (here / "relative").exists()


def test_what_is_kept_is_its_users_alone(here, said, cache):
    old = os.umask(0)
    try:
        said()
    finally:
        os.umask(old)

    assert cache.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in cache.iterdir()] == [0o600]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away: containers run it")
def test_what_belongs_to_somebody_else_is_not_believed(here, said, judged, cache, memories):
    plain = said()
    os.chown(memories()[0], 12345, -1)
    judged.clear()
    assert said() == plain
    assert len(judged) == COUNT

    os.chown(cache, 12345, -1)
    judged.clear()
    assert said() == plain
    assert len(judged) == COUNT


def test_a_link_that_lies_where_the_memory_is_written_is_not_followed(here, said, memories):
    said()
    (path,) = memories()
    victim = here / "victim"
    victim.write_bytes(b"precious")
    path.unlink()
    path.with_name(f"{path.name}.{os.getpid()}").symlink_to(victim)

    said()

    assert victim.read_bytes() == b"precious"


def test_states_of_long_ago_are_forgotten(here, said, cache, memories):
    said()
    for number in range(20):
        other = cache / f"verdicts-{number:040}"
        other.write_bytes(b"")
        os.utime(other, (number, number))
    (here / "policies/good.yaml").write_bytes(GOOD)

    said()

    assert len(memories()) == 8


# Several at once


def test_many_processes_at_once_say_what_one_says(here, said, cache):
    for number in range(60):
        (here / f"policies/p{number}.yaml").write_bytes(GOOD)
    plain = said(POLICYCTL_CACHE="0")

    def start():
        command = [sys.executable, "-P", "-m", "policyctl", "validate"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    for _ in range(2):
        runs = [start() for _ in range(4)]
        for run in runs:
            out, err = run.communicate(timeout=60)
            assert (run.returncode, out.decode(), err.decode()) == plain

    assert len(list(cache.iterdir())) == 1
    assert said() == plain


def test_what_another_run_wrote_in_between_is_kept(tmp_path):
    one, other = Verdicts(str(tmp_path), "s"), Verdicts(str(tmp_path), "s")
    one.keep("a", b"1", FINE)
    other.keep("b", b"2", b"[]")
    one.save()
    other.save()

    later = Verdicts(str(tmp_path), "s")

    assert (later.of("a", b"1"), later.of("b", b"2")) == (FINE, b"[]")
    assert later.of("a", b"2") is None


# Where it is on


def test_it_is_on_unless_a_variable_says_otherwise(here, said, cache, memories):
    for off in ({"POLICYCTL_CACHE": "0"}, {"CI": "true"}, {"CI": "1", "POLICYCTL_CACHE": "yes"}):
        said(**off)
        assert not cache.exists()

    said(CI="true", POLICYCTL_CACHE="1")
    assert len(memories()) == 1

    shutil.rmtree(cache)
    said()
    assert len(memories()) == 1


@pytest.mark.parametrize("nested", [False, True])
def test_a_memory_that_a_repository_brings_along_is_not_read(here, nested, cache):
    (here / ".git").mkdir()
    start = here / "nested"
    start.mkdir()
    if nested:
        (start / ".policyctl").mkdir()
    environment = {"HOME": str(here)}

    assert cache_folder(environment, str(start)) is None
    assert cache_folder(environment, "/") == str(here / ".cache/policyctl")
