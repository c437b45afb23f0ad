"""Policies of a commit judged by several processes, where there is enough to do for them.

Each process reads its share of the objects itself, and hands back digests. A child that fails or is
killed is no verdict: its share is judged again here.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from policyctl.adapters import ssh_verification
from policyctl.adapters.commits import commits_at
from policyctl.adapters.git_location import GitLocation
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core import paths
from policyctl.core.frozen import frozen, replace
from policyctl.usecases.judge_policies import ReadFiles, Share, Task, judge_policies
from policyctl.usecases.policy_facts import facts_reader

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

_LEAST = 500
"""Signatures below which another process costs more than it saves."""
_MOST_PROCESSES = 8


@frozen(kw_only=False)
class SharedOut:
    """Satisfies `judge_commit.ShareOut`.

    Attributes:
        location: the repository.
        read: reads files in this process.
        processors: how many may work at once.
    """

    location: GitLocation
    read: ReadFiles
    processors: int

    def __call__(self, task: Task) -> Share:
        """Judge the policies of a task."""
        weights = {policy: _weight(task, policy) for policy in task.policies}
        count = min(self.processors, _MOST_PROCESSES, 1 + sum(weights.values()) // _LEAST)
        mine, *others = _split(task, weights, count)
        with _children(self.location, others) as answers:
            share = _judge(mine, self.read)
            for other, answer in zip(others, answers, strict=True):
                said = answer()
                if said is None:
                    share.add(_judge(other, self.read))
                else:
                    other.policies.clear()  # the list of files is longer than the verdict
                    share.add(_share_from(said))
        return share


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _share_from(content: bytes) -> Share:
    import pickle  # most runs need one process

    share = pickle.loads(content)  # noqa: S301 - our own child wrote it
    assert isinstance(share, Share)
    return share


def _bytes_of(share: Share) -> bytes:
    import pickle

    return pickle.dumps(share, pickle.HIGHEST_PROTOCOL)


def _judge(task: Task, read: ReadFiles) -> Share:
    return judge_policies(
        task,
        read=read,
        verify=ssh_verification.verify,
        read_facts=facts_reader(YamlDocuments()),
    )


def _weight(task: Task, policy: str) -> int:
    """How many signatures of a policy have to be verified, as far as names can tell."""
    known = task.known.get(policy)
    places = map(paths.place_of, task.policies[policy])
    return sum(
        isinstance(place, paths.EntrySignature) and (known is None or place.seq > known.entries)
        for place in places
    )


def _split(task: Task, weights: Mapping[str, int], count: int) -> list[Task]:
    """The task in so many parts with about as many signatures each."""
    shares: list[dict[str, None]] = [{} for _ in range(max(count, 1))]
    loads = [0] * len(shares)
    for policy in sorted(weights, key=lambda name: (-weights[name], name)):
        least = loads.index(min(loads))
        loads[least] += weights[policy] + 1
        shares[least][policy] = None
    return [
        replace(task, policies={policy: task.policies.pop(policy) for policy in share})
        for share in shares
    ]


@contextmanager
def _children(
    location: GitLocation, tasks: list[Task]
) -> Iterator[list[Callable[[], bytes | None]]]:
    """A process for each task; what each answers, or None where one did not."""
    if not tasks:
        yield []
        return
    context = _context()
    children: list[tuple[BaseProcess, Connection]] = []
    try:
        for task in tasks:
            here, there = context.Pipe(duplex=False)
            child = context.Process(  # type: ignore[attr-defined]
                target=_work, args=(location, task, there), daemon=True
            )
            with _nothing_from_here():
                child.start()
            there.close()
            children.append((child, here))
        yield [partial(_answer, pipe) for _, pipe in children]
    finally:
        for child, pipe in children:
            pipe.close()
            child.terminate()
        for child, _ in children:
            child.join()


def _context() -> BaseContext:
    """How processes start: a copy is quick, and safe on Linux where there is one thread alone."""
    import multiprocessing  # most runs need none of it

    plain = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if plain else "spawn")


@contextmanager
def _nothing_from_here() -> Iterator[None]:
    """Let no child import what lies in the present folder, which may be anybody's checkout.

    A process that does not start as a copy is ``python -c``, which looks there first.
    """
    name = "PYTHONSAFEPATH"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _answer(pipe: Connection) -> bytes | None:
    """The verdict of a child as it wrote it, or None if it gave none."""
    try:
        said = pipe.recv_bytes()
    except (EOFError, OSError):
        said = b""
    if not said:
        import logging  # a child fails once in a blue moon

        logging.getLogger(__name__).debug("a process that judged policies ended without a verdict")
    return said or None


def _work(location: GitLocation, task: Task, pipe: Connection) -> None:
    """What a child does. It leaves the keyboard's interrupt to its parent, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # No answer where it fails: the parent meets the same error, and reports it.
    with suppress(Exception), commits_at(location) as commits:
        pipe.send_bytes(_bytes_of(_judge(task, commits.read)))
    pipe.close()
