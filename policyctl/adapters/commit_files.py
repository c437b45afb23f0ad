"""Files of commits, governed or not: what a branch changes, and what its base says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policyctl.adapters.git_objects import PATHS, ObjectStore
from policyctl.errors import NotJudgedError, RepositoryError

_REGULAR = ("100644", "100755")
_MOST_CHANGED = 1_000_000
_MOST_VERSIONS = 50
_MOST_BYTES = 64 * 2**20
_DEEPEN = "git fetch --unshallow, or fetch-depth: 0 in a workflow"


class CommitFiles:
    """Satisfies `ports.CommitFiles`: reads what it is asked for, and nothing else."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._read: dict[tuple[str, str], bytes | None] = {}

    def content(self, commit: str, path: str) -> bytes | None:
        """The bytes of a regular file of a commit, or None if there is none."""
        key = (commit, path)
        if key not in self._read:
            entry = self._store.tree(commit, [path]).get(path)
            found = self._store.blob(entry.oid) if entry and entry.mode in _REGULAR else None
            self._read[key] = found
        return self._read[key]

    def below(self, commit: str, folder: str) -> Mapping[str, bytes]:
        """The regular files directly in a folder of a commit, by their names in it.

        Raises:
            RepositoryError: they hold more than anybody reads.
        """
        found: dict[str, bytes] = {}
        size = 0
        for path, entry in sorted(self._store.tree(commit, [folder]).items()):
            name = path.removeprefix(f"{folder}/")
            if "/" in name or entry.mode not in _REGULAR:
                continue
            found[name] = self._store.blob(entry.oid)
            size += len(found[name])
            if size > _MOST_BYTES:
                raise RepositoryError(f"{folder}/ holds more than {_MOST_BYTES >> 20} MiB")
        return found

    def versions(self, path: str, head: str, since: Sequence[str]) -> Iterator[bytes]:
        """What a file was in the commits that a branch has and none of ``since``, newest first.

        At most `_MOST_VERSIONS` of them: whoever makes a branch decides how many there are.
        """
        known = [f"^{commit}" for commit in since]
        bound = f"--max-count={_MOST_VERSIONS}"
        listed = self._store.run("rev-list", "--full-history", bound, head, *known, "--", path)
        for commit in listed.decode("ascii").split():
            content = self.content(commit, path)
            if content is not None:
                yield content

    def changed(self, old: str, new: str) -> tuple[str, ...]:
        """All files that differ between two commits, a rename being two of them.

        Raises:
            RepositoryError: there are more than anybody reviews.
        """
        found: list[str] = []
        arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames")
        for name in self._store.records(*arguments, "--ignore-submodules=none", old, new, "--"):
            found.append(name.decode(*PATHS))
            if len(found) > _MOST_CHANGED:
                raise RepositoryError(f"{old[:12]} and {new[:12]} differ in too many files")
        return tuple(found)

    def require_reach(self, one: str, other: str) -> None:
        """Raise `NotJudgedError` if the history is cut off where the two commits differ.

        Where it is, git finds a commit from which both come all the same, and perhaps an older
        one than it should: what was lost since then would not be seen.
        """
        if not self._store.is_shallow():
            return
        try:
            cut = (self._store.location.common_dir / "shallow").read_text("ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            raise NotJudgedError("the history is cut off", hint=_DEEPEN) from error
        differing = self._store.run("rev-list", f"{one}...{other}", "--").decode("ascii").split()
        if not set(cut).isdisjoint(differing):
            raise NotJudgedError(
                f"the history is cut off before {one[:12]} and {other[:12]} meet", hint=_DEEPEN
            )
