"""The ledger of one commit, judged policy by policy: in little memory, and only what is new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from policyctl.core import paths
from policyctl.core.finding import Finding, in_order
from policyctl.core.frozen import frozen
from policyctl.core.judged_before import JudgedBefore, files_digest
from policyctl.core.ledger import Ledger, ReadFacts, check_ledger
from policyctl.core.ledger_memo import Parts, check_others, policy_of
from policyctl.core.signature_files import VerifySignature
from policyctl.core.snapshot import File, require_governed
from policyctl.errors import InputError
from policyctl.usecases.judge_policies import Share, Task
from policyctl.usecases.ports import Commits, Listed


class JudgedMemory(Protocol):
    """What the verifier remembers of its own verdicts; never anything out of the repository."""

    def judged(self, log: str) -> JudgedBefore | None:
        """What was judged of a ledger; `InputError` if it cannot be read."""

    def keep_judged(self, log: str, memory: JudgedBefore) -> None:
        """Remember this."""


ShareOut = Callable[[Task], Share]
"""Judges the policies of a task, by one process or by several."""


@frozen
class Judge:
    """How commits are judged.

    Attributes:
        verify: whether a signature was made over a message.
        read_facts: what a policy file says of itself.
        share_out: judges policies.
        tool: the version of policyctl, for rules may differ between two.
        pin: sha256 that trust root 1 must have, or empty.
        now: the present; None if nothing that depends on a clock is judged.
        memory: what was judged before; None if everything is to be judged.
        forget: whether what was judged before does not count.
        whole: whether entries are asked for in any case, and not their digests alone.
    """

    verify: VerifySignature
    read_facts: ReadFacts
    share_out: ShareOut
    tool: str
    pin: str = ""
    now: datetime | None = None
    memory: JudgedMemory | None = None
    forget: bool = False
    whole: bool = False


@frozen
class JudgedCommit:
    """A ledger, and what to remember of it if nothing is wrong with it.

    Attributes:
        fresh: for the next run, or None if nothing can be spared then.
        notices: what a reader has to know about the memory.
    """

    ledger: Ledger
    fresh: JudgedBefore | None
    notices: tuple[str, ...] = ()


class _Others(NamedTuple):
    """Files that are about no policy, and what is wrong with their names."""

    others: frozenset[str]
    findings: tuple[Finding, ...]


def judge_commit(commit: str, *, commits: Commits, judge: Judge) -> JudgedCommit:
    """Judge the ledger of a commit.

    Args:
        commit: its id.
        commits: where it is read from.
        judge: how it is judged.
    """
    policies: dict[str, dict[str, Listed]] = {}
    strays = _sort(commits.listed(commit), policies)
    require_governed([*strays.others, *(path for files in policies.values() for path in files)])
    shared = commits.read(policies.pop("", {}))
    base = check_ledger(
        shared, verify=judge.verify, read_facts=judge.read_facts, pin=judge.pin, now=judge.now
    )
    digest = files_digest(shared)
    latest = base.roots.latest
    past, notices = _recall(judge, latest.log) if latest else (None, ())
    share = judge.share_out(
        Task(
            policies=policies,
            shared=shared,
            roots=base.roots,
            known=past.policies if past else {},
            same=past is not None and past.shared == digest,
            remembered=judge.memory is not None,
            whole=judge.whole or paths.CHANGELOG in strays.others,
            now=judge.now,
        )
    )
    ledger = Ledger(
        roots=base.roots,
        chains=dict(sorted(share.chains.items())),
        findings=in_order({*base.findings, *share.findings, *strays.findings}),
        apart=dict(sorted(share.apart.items())),
        before=share.before,
    )
    fresh = None
    if judge.now is not None and not base.findings:
        fresh = JudgedBefore(tool=judge.tool, at=judge.now, shared=digest, policies=share.sound)
    same = past is not None and fresh is not None and _says(past) == _says(fresh)
    return JudgedCommit(ledger=ledger, fresh=None if same else fresh, notices=notices)


def _sort(listed: Mapping[str, Listed], policies: dict[str, dict[str, Listed]]) -> _Others:
    """Put the files of each policy where they belong; the rest, and what is wrong with it."""
    others = []
    for path, entry in listed.items():
        policy = policy_of(path)
        if policy is None:
            others.append(path)
        else:
            policies.setdefault(policy, {})[path] = entry
    if not others:
        return _Others(frozenset(), ())
    names = {path: File(mode=entry.mode, content=None) for path, entry in listed.items()}
    return _Others(frozenset(others), check_others(Parts.of(names)))


def _says(memory: JudgedBefore) -> tuple[str, Mapping[str, object]]:
    return memory.shared, memory.policies


def _recall(judge: Judge, log: str) -> tuple[JudgedBefore | None, tuple[str, ...]]:
    """What was judged before, if it counts, and what a reader has to know of it."""
    if judge.memory is None or judge.now is None or judge.forget:
        return None, ()
    try:
        past = judge.memory.judged(log)
    except InputError as error:
        return None, (f"{error.message}: everything is judged",)
    if past is None:
        return None, ()
    if past.tool != judge.tool:
        text = f"policyctl {past.tool} judged here before, by its own rules: everything is judged"
        return None, (text,)
    if judge.now < past.at:
        return None, ("what was judged here before was judged later: everything is judged",)
    return past, ()
