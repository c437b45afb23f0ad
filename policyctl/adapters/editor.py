"""The user's editor, as git finds it for a commit's message."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from policyctl.adapters.git_process import installed_git, user_environment
from policyctl.errors import InputError, UsageError

_MOST_BYTES = 1024 * 1024
_OWN = "GIT_EDITOR"


class TypedFile:
    """A file of the repository's git folder that the user writes into.

    Its name is a new one, so that nothing which stands in that folder is written to.
    """

    def __init__(self, git_dir: Path) -> None:
        self._folder = git_dir
        self.path: Path | None = None

    def ask(self, content: str) -> str:
        """Open the editor on some content; what it left.

        Raises:
            UsageError: there is no editor, or it ended with an error.
            InputError: the file cannot be written or read.
        """
        self.keep(content)
        command = ["sh", "-c", f'{_editor()} "$@"', "editor", str(self.path)]
        if subprocess.run(command, check=False).returncode != 0:
            self.discard()
            raise UsageError(
                "the editor ended with an error, so nothing was changed",
                hint="git var GIT_EDITOR says which one it is; or --rationale 'why, in one line'",
            )
        return self._content()

    def keep(self, content: str) -> None:
        """Put content into the file."""
        try:
            if self.path is None:
                opened, name = tempfile.mkstemp(
                    prefix="POLICYCTL_RATIONALE-", suffix=".txt", dir=self._folder
                )
                os.close(opened)
                self.path = Path(name)
            self.path.write_text(content, encoding="utf-8", newline="\n")
        except OSError as error:
            raise InputError(f"cannot write into {self._folder}: {error.strerror}") from error

    def discard(self) -> None:
        """Remove the file."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            self.path = None

    def _content(self) -> str:
        assert self.path is not None
        try:
            with self.path.open("rb") as stream:
                return stream.read(_MOST_BYTES).decode("utf-8", "replace")
        except OSError as error:
            raise InputError(f"cannot read {self.path}: {error.strerror}") from error


def _editor() -> str:
    """The editor's command line, for a shell.

    It is the user's: a repository that somebody else wrote must not choose a program, so git is
    asked outside of it.
    """
    own = {_OWN: os.environ[_OWN]} if _OWN in os.environ else {}
    done = subprocess.run(
        [installed_git(), "var", _OWN],
        env={**user_environment(), **own},
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise UsageError(
            "there is no editor to write a rationale in",
            hint="--rationale 'why, in one line', or git config --global core.editor",
        )
    return done.stdout.strip()
