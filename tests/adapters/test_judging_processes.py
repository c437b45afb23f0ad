"""Several processes find what one finds; one that fails is no verdict, and none is left behind."""

import importlib.util
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policyctl.adapters import judging_processes, ssh_verification
from policyctl.adapters.commits import commits_of
from policyctl.adapters.judging_processes import SharedOut, processors
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core import paths
from policyctl.usecases.judge_commit import Judge, judge_commit
from policyctl.usecases.policy_facts import facts_reader

MAKER = Path(__file__).parents[2] / "benchmarks/ledgers.py"


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A repository with 12 policies, 240 entries and 600 signatures; one of them does not fit."""
    spec = importlib.util.spec_from_file_location("ledgers", MAKER)
    module = importlib.util.module_from_spec(spec)
    sys.modules["ledgers"] = module  # its dataclasses look for it there
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["ledgers"]
    folder = tmp_path_factory.mktemp("large")
    made = module.LedgerRepository(folder, policies=12)
    made.grow(240)
    assert made.signatures == 600
    run = lambda *words: subprocess.run(["git", *words], cwd=folder, check=True)  # noqa: E731
    run("checkout", "-q", "main")
    entry = folder / paths.entry_path("policy-0007", 3)
    entry.write_bytes(entry.read_bytes().replace(b"edit 3", b"edit 4"))
    run("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qam", "tampered")
    return folder


def ledger(folder, count):
    with commits_of(folder) as commits:
        judge = Judge(
            verify=ssh_verification.verify,
            read_facts=facts_reader(YamlDocuments()),
            share_out=SharedOut(commits.store.location, commits.read, count),
            tool="1",
        )
        return judge_commit(commits.resolve("HEAD"), commits=commits, judge=judge).ledger


def test_many_find_what_one_finds(large, monkeypatch):
    alone = ledger(large, 1)
    monkeypatch.setattr(judging_processes, "_LEAST", 100)

    assert ledger(large, 5) == alone
    assert {item.code for item in alone.findings} == {"SIG_INVALID", "CHAIN_BROKEN"} | {
        "AUTHOR_MISSING",
        "APPROVALS_MISSING",
    }
    assert (alone.entries, alone.policies) == (240, 12)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_processes_that_start_in_either_way_agree(large, monkeypatch, way):
    monkeypatch.setattr(judging_processes, "_context", lambda: multiprocessing.get_context(way))

    assert ledger(large, 2) == ledger(large, 1)


def test_a_copy_of_this_process_is_made_where_it_has_one_thread_alone(monkeypatch):
    monkeypatch.setattr(judging_processes.sys, "platform", "linux")
    # Whoever runs the tests may have threads of its own.
    monkeypatch.setattr(judging_processes.threading, "active_count", lambda: 1)
    assert judging_processes._context().get_start_method() == "fork"
    monkeypatch.setattr(judging_processes.threading, "active_count", lambda: 2)
    assert judging_processes._context().get_start_method() == "spawn"
    monkeypatch.setattr(judging_processes.threading, "active_count", lambda: 1)
    monkeypatch.setattr(judging_processes.sys, "platform", "darwin")
    assert judging_processes._context().get_start_method() == "spawn"


@pytest.mark.parametrize("end", ["killed", "broken"])
def test_the_share_of_a_process_that_ends_without_a_verdict_is_judged_here(large, monkeypatch, end):
    alone = ledger(large, 1)
    me, judge = os.getpid(), judging_processes._judge

    def fail(task, read):
        if os.getpid() == me:
            return judge(task, read)
        if end == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError("no more memory")

    monkeypatch.setattr(judging_processes, "_judge", fail)

    assert ledger(large, 2) == alone


def test_an_interrupt_leaves_no_process_behind(large, monkeypatch):
    me = os.getpid()

    def interrupted(task, read):
        if os.getpid() == me:
            raise KeyboardInterrupt
        time.sleep(60)

    monkeypatch.setattr(judging_processes, "_judge", interrupted)
    started = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        ledger(large, 2)

    assert multiprocessing.active_children() == []
    assert time.monotonic() - started < 30


def test_a_small_ledger_and_one_processor_need_no_other_process(large, monkeypatch):
    monkeypatch.setattr(judging_processes, "_children", _none_expected)
    ledger(large, 1)
    monkeypatch.setattr(judging_processes, "_LEAST", 601)
    ledger(large, 8)


def _none_expected(location, tasks):
    from contextlib import nullcontext

    assert tasks == []
    return nullcontext([])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="runs on Linux")
def test_only_the_processors_count_that_this_process_may_use():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert processors() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert processors() == len(before)
