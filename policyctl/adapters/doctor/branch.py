"""Which branch is governed: the one whose ledger others rely on."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.git_writing import WritableStore
from policyctl.adapters.history_line import HistoryLine
from policyctl.usecases.doctor import Check, advice, fine

_NAME = "governed branch"


def branch_checks(workspace: Workspace) -> Iterator[Check]:
    """Whether it can be told which branch is the main line."""
    with WritableStore(workspace.location) as store:
        if store.value("HEAD") is None:
            return
        named = workspace.setting("policyctl.branch")
        if named and not _is_there(store, named):
            yield advice(
                _NAME,
                f"policyctl.branch says '{named}', and there is no such branch",
                "git config policyctl.branch NAME, or git config --unset policyctl.branch",
            )
            return
        line = HistoryLine(store, store.head())
        name, doubt = line.name(), line.doubt()
    if doubt:
        said, _, hint = doubt.partition(": ")
        yield advice(_NAME, said, hint)
    elif name:
        yield fine(_NAME, f"it is {name.removeprefix('heads/').removeprefix('refs/')}")
    else:
        yield advice(
            _NAME, "nobody can tell which branch it is", "git config policyctl.branch NAME"
        )


def _is_there(store: WritableStore, name: str) -> bool:
    refs = (f"refs/heads/{name}", f"refs/remotes/origin/{name}")
    return any(store.attempt("rev-parse", "--verify", "--quiet", ref) for ref in refs)
