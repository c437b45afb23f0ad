"""Tags of policyctl: notes that are kept beside the branch. What they hold is hostile input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from policyctl.adapters.git_objects import ObjectStore
from policyctl.adapters.object_ids import is_object_id
from policyctl.core.comparison import KeptNote
from policyctl.core.frozen import frozen
from policyctl.core.signed_note import MAX_NOTE
from policyctl.errors import NotJudgedError, RepositoryError
from policyctl.usecases.ports import Person

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from policyctl.adapters.git_writing import WritableStore

_CHECKPOINTS = "policyctl/checkpoint/"
_TIMESTAMPS = "policyctl/timestamp/"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z")
_MOST_TAGS = 100_000
_MOST_BYTES = 1 << 28


@frozen
class _Tag:
    """A tag's name below ``refs/tags/``, and the object that it names."""

    name: str
    oid: str


class CheckpointTags:
    """The checkpoints of a repository, and the time stamps beside them."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def notes(self) -> tuple[KeptNote, ...]:
        """The note of each checkpoint tag; one that is no checkpoint has no content.

        Raises:
            NotJudgedError: there are more of them than anybody makes.
        """
        return self._notes(self._tags(_CHECKPOINTS))

    def kept(self) -> tuple[tuple[KeptNote, ...], dict[int, bytes]]:
        """The notes and the time stamps, as `notes` and `timestamps` tell them, asked for at once.

        Raises:
            NotJudgedError: there are more of them than anybody makes.
        """
        tags = tuple(self._tags(_CHECKPOINTS, _TIMESTAMPS))
        stamps = (tag for tag in tags if tag.name.startswith(_TIMESTAMPS))
        notes = (tag for tag in tags if tag.name.startswith(_CHECKPOINTS))
        return self._notes(notes), self._stamps(stamps)

    def _notes(self, tags: Iterable[_Tag]) -> tuple[KeptNote, ...]:
        found: list[KeptNote] = []
        size = 0
        for tag in tags:
            note = self._note(tag)
            size += len(note.content)
            if size > _MOST_BYTES:
                raise NotJudgedError(f"the checkpoint tags hold more than {_MOST_BYTES >> 20} MiB")
            found.append(note)
        return tuple(found)

    def pushed(self, ref: str, oid: str) -> KeptNote:
        """The note of a tag that is not there yet."""
        return self._note(_Tag(name=ref.removeprefix("refs/tags/"), oid=oid))

    def timestamps(self) -> dict[int, bytes]:
        """The time stamp beside each checkpoint, by number; empty where a tag holds none."""
        return self._stamps(self._tags(_TIMESTAMPS))

    def _stamps(self, tags: Iterable[_Tag]) -> dict[int, bytes]:
        found = {}
        for tag in tags:
            number = tag.name.removeprefix(_TIMESTAMPS)
            if _NUMBER.match(number):
                found[int(number)] = self._message(tag, "tag")[1]
        return found

    def _tags(self, *under: str) -> Iterator[_Tag]:
        most = f"--count={_MOST_TAGS + 1}"
        form = "--format=%(objectname) %(refname)"
        output = self._store.run(
            "for-each-ref", most, form, *(f"refs/tags/{name}" for name in under)
        )
        lines = output.decode("utf-8", "replace").splitlines()
        if len(lines) > _MOST_TAGS:
            raise NotJudgedError(
                f"there are more than {_MOST_TAGS} tags below {' and '.join(under)}"
            )
        for line in lines:
            oid, _, ref = line.partition(" ")
            yield _Tag(name=ref.removeprefix("refs/tags/"), oid=oid)

    def _note(self, tag: _Tag) -> KeptNote:
        number = tag.name.removeprefix(_CHECKPOINTS)
        source = f"the tag {ascii(tag.name)[1:-1]}"
        if not _NUMBER.match(number):
            return KeptNote(source=source, content=b"", commit=tag.oid)
        commit, content = self._message(tag, "commit")
        return KeptNote(source=source, content=content, commit=commit, number=int(number))

    def _message(self, tag: _Tag, kind: str) -> tuple[str, bytes]:
        """What an annotated tag names and says; no content where it is not one of ours."""
        try:
            content = self._store.tag(tag.oid, MAX_NOTE)
        except RepositoryError:
            return tag.oid, b""
        header, _, message = content.partition(b"\n\n")
        lines = header.decode("utf-8", "replace").split("\n")
        target = lines[0].removeprefix("object ")
        if lines[1:3] != [f"type {kind}", f"tag {tag.name}"] or not is_object_id(target):
            return tag.oid, b""
        return target, message


class WritableTags(CheckpointTags):
    """Satisfies `witness_ports.Checkpoints`."""

    def __init__(self, store: WritableStore) -> None:
        super().__init__(store)
        self._writable = store

    def keep(self, number: int, note: bytes, *, commit: str, by: Person, now: datetime) -> str:
        """Tag a commit with a note; the tag's name. An existing tag is never replaced.

        Raises:
            RepositoryError: the tag exists, or could not be written.
        """
        name = f"{_CHECKPOINTS}{number}"
        self._writable.tag_new(name, commit, note, by=by, now=now, kind="commit")
        return name

    def stamp(self, number: int, token: bytes, *, by: Person, now: datetime) -> str:
        """Put a time stamp beside a checkpoint; the name of its tag.

        Raises:
            RepositoryError: the checkpoint is not there or has one already, or git said no.
        """
        name = f"{_TIMESTAMPS}{number}"
        target = self._writable.text(
            "rev-parse", "--verify", "--quiet", f"refs/tags/{_CHECKPOINTS}{number}"
        )
        self._writable.tag_new(name, target, token, by=by, now=now, kind="tag")
        return name
