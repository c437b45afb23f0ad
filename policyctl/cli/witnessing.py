"""Wiring: checkpoints, the verifier's memory and pins, for the commands that verify."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from policyctl import __version__
from policyctl.adapters import ssh_verification
from policyctl.adapters.commits import Commits
from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.git_tags import CheckpointTags
from policyctl.adapters.history_line import HistoryLine
from policyctl.adapters.user_settings import known_pins
from policyctl.adapters.verifier_memory import MemoryFolder, memory_folder
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core.comparison import KeptNote
from policyctl.core.frozen import frozen
from policyctl.core.signed_note import MAX_NOTE, split_notes
from policyctl.errors import InputError, UsageError
from policyctl.usecases.history import Watch
from policyctl.usecases.judge_commit import Judge
from policyctl.usecases.judge_policies import Share, Task
from policyctl.usecases.memo import ledger_memo
from policyctl.usecases.policy_facts import facts_reader
from policyctl.usecases.verify import Verification, verify_commit
from policyctl.usecases.witnesses import Witnesses

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.core.changelog import Changelog

_MOST_BYTES = 256 * MAX_NOTE


@frozen
class Wish:
    """What the user wants the commit to be compared with.

    Attributes:
        now: the present, by which deadlines are judged.
        pin: sha256 that trust root 1 must have, or empty.
        rev: the commit that is judged.
        base: the branch that it should be merged into, or empty.
        history: whether to judge the states that the branch went through, too.
        checkpoints: files of notes; ``-`` is standard input.
        certificates: a file with the root certificates of time stamp authorities, or None.
        memory: whether the verifier may remember.
        forget: whether to drop what it remembers of this repository first.
        whole: whether entries are asked for, and not a verdict about them alone.
    """

    now: datetime
    pin: str = ""
    rev: str = "HEAD"
    base: str = ""
    history: bool = False
    checkpoints: Sequence[str] = ()
    certificates: Path | None = None
    memory: bool = True
    forget: bool = False
    whole: bool = False


def verified(commits: Commits, wish: Wish, watch: Watch = iter) -> Verification:
    """Verify a commit, with all witnesses that there are.

    Raises:
        InputError: a file of notes or certificates, or the memory, cannot be read.
    """
    head = commits.resolve(wish.rev)
    witnesses = _witnesses(commits.store, head, wish)
    documents = YamlDocuments()
    return verify_commit(
        commits=commits,
        memo=ledger_memo(documents, ssh_verification.verify, wish.pin, wish.now),
        judge=Judge(
            verify=ssh_verification.verify,
            read_facts=facts_reader(documents),
            share_out=partial(_shared_out, commits),
            tool=__version__,
            pin=wish.pin,
            now=wish.now,
            memory=_memory(commits.store, wish),
            forget=wish.forget,
            whole=wish.whole,
        ),
        rev=head,
        base=wish.base,
        history=wish.history,
        watch=watch,
        witnesses=witnesses,
        render_changelog=_changelog,
    )


def _shared_out(commits: Commits, task: Task) -> Share:
    # A pull request is judged without it.
    from policyctl.adapters.judging_processes import SharedOut, processors

    return SharedOut(commits.store.location, commits.read, processors())(task)


def _witnesses(store: ObjectStore, head: str, wish: Wish) -> Witnesses:
    notes, stamps = CheckpointTags(store).kept()
    memory = _memory(store, wish)
    if wish.forget and memory is None:
        raise UsageError("there is no memory to forget: it is switched off, or cannot be kept")
    verify_stamp = None
    if wish.certificates is not None:
        from policyctl.adapters.timestamping import verifier

        verify_stamp = verifier(wish.certificates)
    return Witnesses(
        verify=ssh_verification.verify,
        notes=(*notes, *(note for name in wish.checkpoints for note in _notes(name))),
        stamps=stamps,
        verify_stamp=verify_stamp,
        pins=known_pins(os.environ),
        line=HistoryLine(store, head),
        memory=memory,
        now=datetime.now(UTC).replace(microsecond=0),
        forget=wish.forget,
        pinned=bool(wish.pin),
    )


def _memory(store: ObjectStore, wish: Wish) -> MemoryFolder | None:
    location = store.location
    folder = memory_folder(os.environ, str(location.work_tree)) if wish.memory else None
    return MemoryFolder(folder, location.common_dir) if folder else None


def _notes(name: str) -> tuple[KeptNote, ...]:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise InputError(f"{name} is larger than {_MOST_BYTES >> 20} MiB")
    source = "standard input" if name == "-" else name
    found = tuple(KeptNote(source=source, content=note) for note in split_notes(content))
    if not found:
        raise InputError(f"{source} holds no checkpoint", hint="a note of 'policyctl checkpoint'")
    return found


def _changelog(changelog: Changelog) -> str:
    from policyctl.render.changelog import render  # most commits hold no page to compare with

    return render(changelog)
