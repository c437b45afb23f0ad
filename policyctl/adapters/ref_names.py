"""Names of refs that mean several commits, of which git takes one."""

from __future__ import annotations

import re

from policyctl.adapters.git_process import GitProcess
from policyctl.adapters.object_ids import is_object_id, is_plain
from policyctl.errors import RepositoryError

_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}")
"""Where git looks for a name, in its order (gitrevisions(7))."""
_FIELDS = "%(refname) %(objecttype) %(objectname) %(*objecttype) %(*objectname)"
_PSEUDO = re.compile(r"[A-Z_]+\Z")
_LIKE_ID = re.compile(r"(?:.*-g)?([0-9a-fA-F]{4,64})\Z")
"""The beginning of an object's id, by itself or as ``git describe`` puts it behind a tag's name."""
_MOST_ALIKE = 100
_BEHIND = re.compile(r"[\^~:]|@\{")
"""What ends the name in a revision."""


def require_one_meaning(git: GitProcess, rev: str) -> str:
    """Refuse a revision whose name stands for refs at different commits.

    Whoever may push a tag could otherwise call it as the branch is called with which a change is
    compared: fetching brings tags along, and git prefers them.

    Returns:
        the commit, where the revision is the name of a ref and no more; else empty: ask git.

    Raises:
        RepositoryError: it does.
    """
    name = _BEHIND.split(rev, maxsplit=1)[0]
    if not is_plain(name) or is_object_id(name) or _PSEUDO.match(name):
        return ""
    places = [place.format(name) for place in _PLACES]
    asked = [place for place in places if place.startswith("refs/")]
    listed = git.text("for-each-ref", f"--format={_FIELDS}", *asked)
    found: dict[str, str] = {}
    commits: set[str] = set()
    for line in listed.splitlines():
        ref, *said = line.split()
        if ref in asked:  # a pattern also matches what is below it
            kind, found[ref] = said[-2:]
            if kind == "commit":
                commits.add(ref)
    first, *others = sorted(found, key=asked.index) or [""]
    other = next((ref for ref in others if found[ref] != found[first]), None)
    if other is not None:
        raise RepositoryError(
            f"'{rev}' means {first} and {other}, which differ",
            hint="write the whole name of the one that is meant, as it stands here",
        )
    meant = _short_id(git, name, found[first]) if first else ""
    if meant:
        raise RepositoryError(
            f"'{rev}' means {first} and the commit {meant[:12]}, which differ",
            hint="write the whole name of the ref or the whole id, whichever is meant",
        )
    return found[first] if first in commits and rev == name else ""


def _short_id(git: GitProcess, name: str, known: str) -> str:
    """Another commit than a known one whose id a name may be the beginning of, or nothing.

    Somebody who writes the beginning of an id does not expect a ref of this name; git prefers it.
    """
    match = _LIKE_ID.match(name)
    if not match:
        return ""
    alike = git.run("rev-parse", f"--disambiguate={match[1].lower()}").decode("ascii").split()
    if len(alike) > _MOST_ALIKE:
        return alike[0]
    for oid in alike:
        commit = git.attempt("rev-parse", "--verify", "--quiet", f"{oid}^{{commit}}")
        if commit not in (None, known):
            return commit or ""
    return ""
