"""The clone: how much of the history it has, and what of it git may show otherwise than it is."""

from __future__ import annotations

import os
from collections.abc import Iterator

from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.git_writing import WritableStore
from policyctl.adapters.write_journal import JournalFolder
from policyctl.core import paths
from policyctl.core.snapshot import REGULAR
from policyctl.usecases.doctor import Check, advice, fine, repair

_FOREIGN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE")


def clone_checks(workspace: Workspace) -> Iterator[Check]:
    """Where the repository is, its history, its working tree."""
    location = workspace.location
    kind = " (linked worktree)" if location.git_dir != location.common_dir else ""
    yield fine("repository", f"{location.work_tree}{kind}")
    yield from _environment()
    yield from _ownership(workspace)
    with WritableStore(location) as store:
        yield from _history(store)
        if store.value("HEAD") is not None:
            yield from _files(store)


def _environment() -> Iterator[Check]:
    named = [name for name in _FOREIGN if name in os.environ]
    if named:
        yield advice(
            "environment",
            f"{' and '.join(named)} set for git: policyctl works on the repository it stands in",
            "go to the folder of the repository that you mean",
        )


def _ownership(workspace: Workspace) -> Iterator[Check]:
    location = workspace.location
    owner = location.common_dir.stat().st_uid
    if owner == os.geteuid():
        return
    top = str(location.work_tree)
    if {top, "*"} & set(workspace.settings("safe.directory")):
        return
    yield advice(
        "safe.directory",
        f"{top} belongs to somebody else, so git itself may refuse to work there",
        f"if you trust it: git config --global --add safe.directory {top}",
    )


def _history(store: WritableStore) -> Iterator[Check]:
    if store.is_shallow():
        yield advice(
            "history",
            "the clone is shallow: what came before it cannot be judged",
            "git fetch --unshallow",
        )
    elif store.is_partial():
        yield advice(
            "history",
            "the clone is partial: policyctl fetches nothing, so a missing object is an error",
            "git fetch --refetch --no-filter",
        )
    else:
        yield fine("history", "the clone has the whole history")
    replaced = store.run("for-each-ref", "--count=3", "--format=%(refname)", "refs/replace").split()
    if replaced:
        yield advice(
            "replaced objects",
            f"{os.fsdecode(replaced[0])} makes git show other content than the ledger has",
            "look at 'git replace -l', and delete what you do not know: git replace -d",
        )
    if (store.location.common_dir / "info/grafts").exists():
        yield advice(
            "grafts",
            ".git/info/grafts makes git show another history than there is",
            "remove the file",
        )
    if store.branch() is None:
        yield advice(
            "branch", "no branch is checked out, so nothing can be recorded", "git switch main"
        )


def _files(store: WritableStore) -> Iterator[Check]:
    top = [name for name, _ in store.top("HEAD") if name in ("policies", ".policyctl")]
    if not top:
        yield advice(
            "governance", "the last commit has neither policies/ nor .policyctl/", "policyctl init"
        )
        return
    tree = store.tree("HEAD", top)
    odd = [path for path, entry in tree.items() if paths.place_of(path) and entry.mode != REGULAR]
    if odd:
        yield repair(
            "file modes",
            f"{_some(odd)}: no plain file in the last commit, which 'verify' reports",
            f"git update-index --chmod=-x {odd[0]}, then commit",
        )
    # A change that is half done explains what is missing, and is reported elsewhere.
    expected = () if JournalFolder(store.location).is_there else tree
    absent = [
        path
        for path in expected
        if paths.place_of(path) and not os.path.lexists(store.location.work_tree / path)
    ]
    if absent:
        yield repair(
            "governed files",
            f"{_some(absent)}: not in the working tree",
            "git sparse-checkout disable, or git restore policies .policyctl",
        )
    closed = [path for path in tree if _is_closed(store, path)]
    if closed:
        yield repair("governed files", f"{_some(closed)}: cannot be read", f"chmod u+r {closed[0]}")
    if not (odd or absent or closed):
        yield fine("governed files", f"{len(tree)} files are there and plain")


def _is_closed(store: WritableStore, path: str) -> bool:
    file = store.location.work_tree / path
    try:
        return file.is_file() and not os.access(file, os.R_OK)
    except OSError:  # a folder on the way is closed
        return True


def _some(found: list[str]) -> str:
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]}{more}"
