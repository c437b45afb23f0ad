"""What somebody should know who is about to commit: what of it the ledger does not record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from policyctl.core import paths
from policyctl.core.canonical import sha256
from policyctl.core.entry import Entry
from policyctl.core.frozen import frozen
from policyctl.core.ledger import ReadFacts
from policyctl.core.paths import EntryFile, PolicyFile, place_of
from policyctl.core.stages import Stage, is_promotion
from policyctl.core.tombstone import read_record
from policyctl.core.written_trailers import WrittenTrailers, written_trailers
from policyctl.rules import mixed_change_stream
from policyctl.rules.settings import Settings
from policyctl.rules.wider import Change

_STAGES: Mapping[str, Stage] = {stage.value: stage for stage in Stage}


class CommitUnderWay(Protocol):
    """A commit that git is about to make."""

    @property
    def is_merge(self) -> bool:
        """Whether it will have several parents, so that others' work is part of it."""

    def changed(self) -> tuple[str, ...]:
        """The files that it changes."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The files that it has below a folder."""

    def content(self, path: str) -> bytes | None:
        """The bytes that it has at a path, or None."""


@frozen
class Remark:
    """One thing to know, and what to do about it."""

    message: str
    hint: str


def explain_commit(
    commit: CommitUnderWay, message: str, *, read_facts: ReadFacts, settings: Settings
) -> tuple[Remark, ...]:
    """What there is to say about a commit; nothing if it leaves the ledger as true as it was.

    Args:
        commit: what is about to be committed.
        message: its message, comments among it.
        read_facts: reads what a policy file says of itself.
        settings: which files deploy something.
    """
    changed = commit.changed()
    remarks = [*_unrecorded(commit, changed, read_facts), *_by_hand(commit, message)]
    if not commit.is_merge:
        made = Change(commit="", subject="", paths=changed)
        for _, problem in mixed_change_stream.check((made,), settings):
            remarks.append(Remark(message=problem.message, hint=problem.hint))
    return tuple(remarks)


def _unrecorded(
    commit: CommitUnderWay, changed: tuple[str, ...], read_facts: ReadFacts
) -> Iterator[Remark]:
    for path in changed:
        place = place_of(path)
        if not isinstance(place, PolicyFile):
            continue
        last, content = _last_entry(commit, place.policy), commit.content(path)
        after = None if content is None else sha256(content)
        if (last.after if last else None) == after:
            continue
        facts = read_facts(path, content) if content is not None else None
        stage = _STAGES.get(facts.stage) if facts else None
        what = "is removed" if content is None else "is new" if last is None else "changes"
        yield Remark(
            message=f"{path} {what}, and no entry of the ledger records it",
            hint=_advice(place.policy, last, stage, gone=content is None),
        )


def _advice(policy: str, last: Entry | None, stage: Stage | None, *, gone: bool) -> str:
    """The command that makes the commit with its entry."""
    before = last.target if last else None
    why = "--rationale '...'"
    if gone:
        return f"put the file back, then: policyctl retire {policy} {why}"
    if before is None or stage is None or stage is before:
        return f"instead of git commit: policyctl record {policy} {why}"
    back = f"take the stage back to '{before.value}' in the file, then: policyctl"
    if is_promotion(before, stage):
        return f"{back} promote {policy} --to {stage.value} {why} --events FILE"
    if stage.rank < before.rank:
        return f"{back} demote {policy} --to {stage.value} {why}"
    return f"{back} promote {policy}, one stage at a time"


def _last_entry(commit: CommitUnderWay, policy: str) -> Entry | None:
    """The newest entry of a policy; None if there is none that can be read."""
    places = [place_of(name) for name in commit.names(f"{paths.LOG}{policy}/")]
    numbers = [place.seq for place in places if isinstance(place, EntryFile)]
    content = commit.content(paths.entry_path(policy, max(numbers))) if numbers else None
    try:
        return read_record(content)[0] if content is not None else None
    except ValueError:  # what it is instead, 'verify' says
        return None


def _by_hand(commit: CommitUnderWay, message: str) -> Iterator[Remark]:
    trailers = written_trailers(message)
    if trailers.names and not _describes(commit, trailers):
        names = ", ".join(trailers.names)
        yield Remark(
            message=f"the message has trailers of policyctl that no entry stands behind: {names}",
            hint="leave them out: policyctl writes them, and they prove nothing by themselves",
        )


def _describes(commit: CommitUnderWay, trailers: WrittenTrailers) -> bool:
    """Whether all that is claimed is in the ledger, as in a rebased or amended commit."""
    claimed = len(trailers.entries) + len(trailers.roots)
    known = sum(
        any(_holds(commit, paths.entry_path(policy, seq), digest) for policy in trailers.policies)
        for seq, digest in trailers.entries
    )
    known += sum(_holds(commit, paths.root_path(seq), digest) for seq, digest in trailers.roots)
    return claimed > 0 and known == claimed


def _holds(commit: CommitUnderWay, path: str, digest: str) -> bool:
    content = commit.content(path) if place_of(path) is not None else None
    return content is not None and sha256(content) == digest
