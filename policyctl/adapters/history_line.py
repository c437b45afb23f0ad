"""How a commit stands to others in git's history, and which branch is the main line."""

from __future__ import annotations

from functools import cached_property

from policyctl.adapters.git_objects import ObjectStore
from policyctl.errors import RepositoryError


class HistoryLine:
    """Satisfies `witness_ports.Line`: how the judged commit stands to others in git's history."""

    def __init__(self, store: ObjectStore, head: str) -> None:
        self._store = store
        self._head = head
        self._followed = ""

    def follow(self, name: str) -> None:
        """Take a ref for the main line, too, that was it when a commit of it was remembered.

        Whoever may push could otherwise push a branch with a usual name, and the line that was
        followed until then would be one among others. To be called before anything is asked.
        """
        self._followed = name

    def name(self) -> str:
        """The ref that is the main line, below ``refs/``; empty if nobody can tell."""
        if len(self._mains) != 1:
            return ""
        name = self._mains[0][0]
        if name.endswith("/HEAD"):
            said = self._store.attempt("symbolic-ref", "--quiet", f"refs/{name}") or ""
            return said.removeprefix("refs/")
        return name

    def contains(self, commit: str) -> bool:
        """True if the judged commit is this one or came after it."""
        return self._is_within(commit, self._head)

    def is_on_a_branch(self, commit: str) -> bool:
        """True if a branch, local or fetched, contains the commit."""
        asked = ("--count=1", f"--contains={commit}", "refs/heads", "refs/remotes")
        return bool(self._store.attempt("for-each-ref", *asked))

    def is_tip(self) -> bool:
        """True if the judged commit is the newest one of the main line."""
        return any(tip == self._head for _, tip in self._mains)

    def is_on_main(self) -> bool:
        """True if the main line contains the judged commit."""
        return len(self._mains) == 1 and self._is_within(self._head, self._mains[0][1])

    def is_ahead_of_main(self) -> bool:
        """True if the main branch is checked out, with commits that its remote lacks."""
        if len(self._mains) != 1:
            return False
        [(_, tip)] = self._mains
        here = (self._store.branch() or "").removeprefix("refs/heads/")
        return (
            bool(here)
            and self.name().removeprefix("remotes/origin/").removeprefix("heads/") == here
            and self._is_within(tip, self._head)
        )

    def is_shallow(self) -> bool:
        """True if the history was cut off when the repository was cloned."""
        return self._store.is_shallow()

    def _is_within(self, commit: str, later: str) -> bool:
        if commit == later:
            return True
        try:
            self._store.run("merge-base", "--is-ancestor", commit, later)
        except RepositoryError:  # git says no, or does not have the commit
            return False
        return True

    def doubt(self) -> str:
        """What to know where the main line was told by a name, which anybody may push."""
        names = [name.removeprefix("remotes/") for name, _ in self._mains]
        if self._known or not names or not names[0].startswith("origin/"):
            return ""
        said = f"'{names[0]}' is taken for the main line by its name"
        if len(names) > 1:
            said = f"'{names[0]}' and '{names[1]}' may both be the main line"
        return f"{said}: 'git remote set-head origin --auto' says which branch it is"

    @cached_property
    def _known(self) -> tuple[tuple[str, str], ...]:
        """The main line as the user or the remote names it, and its tip."""
        file = str(self._store.location.common_dir / "config")
        asked = ("config", "--file", file, "--no-includes", "--get", "policyctl.branch")
        named = self._store.attempt(*asked) or ""
        return (
            self._found(f"remotes/origin/{named}", f"heads/{named}")[:1]
            if named
            else self._found("remotes/origin/HEAD")
        )

    @cached_property
    def _mains(self) -> tuple[tuple[str, str], ...]:
        """The branches that may be the main line, with their tips: one, unless nobody can tell.

        A branch is local because the user made it, and on a remote because anybody pushed it. So of
        two usual names on a remote neither is preferred: what is on either is compared strictly,
        and nothing is remembered of it.
        """
        if self._known:
            return self._known
        followed = self._found(self._followed) if self._followed else ()
        tips: dict[str, str] = {}
        for name, tip in (*followed, *self._usual()):
            tips.setdefault(tip, name)  # a usual name at the same commit does not take its place
        return tuple((name, tip) for tip, name in tips.items())

    def _usual(self) -> tuple[tuple[str, str], ...]:
        here = (self._store.branch() or "").removeprefix("refs/heads/")
        return (
            self._found("remotes/origin/main", "remotes/origin/master")
            or (here and self._found(f"remotes/origin/{here}"))
            or self._found("heads/main", "heads/master", *([f"heads/{here}"] if here else []))[:1]
        )

    def _found(self, *names: str) -> tuple[tuple[str, str], ...]:
        """Those of some refs that are there, with the commits that they name, each commit once."""
        found: dict[str, str] = {}
        for name in names:
            commit = f"refs/{name}^{{commit}}"
            tip = self._store.attempt("rev-parse", "--verify", "--quiet", commit)
            if tip:
                found.setdefault(tip, name)
        return tuple((name, tip) for tip, name in found.items())
