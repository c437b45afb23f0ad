"""What a command is about to do to the working tree, written down before the branch moves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from policyctl.adapters.durable import keep, write_durably
from policyctl.adapters.git_location import GitLocation
from policyctl.adapters.work_files import check_path
from policyctl.core.frozen import frozen
from policyctl.errors import RepositoryError

_FOLDER = "policyctl-write"
_NAME = "journal.json"
_MAX_FILE = 16 * 1024 * 1024


@frozen
class Step:
    """What happens to one file; blobs are named by their ids, None is no file.

    Attributes:
        staged: what the index held before.
        found: what the working tree held before.
        wanted: what both hold afterwards.
        keep: the working tree stays as it is; only the index changes.
    """

    staged: str | None
    found: str | None
    wanted: str | None
    keep: bool = False


@frozen
class Journal:
    """A change on its way into a branch and its working tree.

    Attributes:
        act: the change, in a few words.
        commit: the id of the commit that the branch gets.
        steps: what happens to each file, by path.
    """

    act: str
    commit: str
    steps: Mapping[str, Step]


class JournalFolder:
    """Where one working tree keeps the journal, and the index that is being prepared."""

    def __init__(self, location: GitLocation) -> None:
        self.path = location.git_dir / _FOLDER
        self.index = self.path / "index"
        self.tree_index = self.path / "tree-index"
        self._git_dir = location.git_dir

    @property
    def is_there(self) -> bool:
        """True if a change is under way, or was when it was interrupted."""
        return self.path.exists()

    def make(self) -> None:
        """Make the folder, empty.

        Raises:
            OSError: it cannot be made.
        """
        self.remove()
        self.path.mkdir()

    def write(self, journal: Journal) -> None:
        """From here on, an interrupted change is brought to its end.

        Raises:
            OSError: it cannot be written.
        """
        data = json.dumps(asdict(journal)).encode("ascii")
        write_durably(self.path / _NAME, data)
        keep((self._git_dir,))

    def read(self) -> Journal | None:
        """What is written, or None if nothing is, or not by us."""
        try:
            with (self.path / _NAME).open("rb") as file:
                data = json.loads(file.read(_MAX_FILE))
            steps = {path: Step(**step) for path, step in data["steps"].items()}
            for path in steps:
                check_path(path)
            int(data["commit"], 16)
            act = "".join(filter(str.isprintable, str(data["act"])))
            return Journal(act=act, commit=str(data["commit"]), steps=steps)
        except (
            *(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError),
            RepositoryError,
        ):
            return None

    def remove(self) -> None:
        """Remove everything, the journal first: what is left without it means nothing.

        Raises:
            OSError: it cannot be removed.
        """
        if (self.path / _NAME).exists():
            (self.path / _NAME).unlink()
            keep((self.path,))
        if self.path.exists():
            shutil.rmtree(self.path)

    def owns(self, lock: Path) -> bool:
        """True if git's lock of the index was made from what is prepared here."""
        try:
            return lock.samefile(self.index) or lock.read_bytes() == self.index.read_bytes()
        except OSError:
            return False
