"""Settings of git that change bytes on the way into a checkout or out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from policyctl.adapters.git_objects import PATHS
from policyctl.adapters.git_repo import Workspace
from policyctl.adapters.git_writing import WritableStore
from policyctl.core import paths
from policyctl.usecases.doctor import Check, advice, fine, repair

_CONVERTING = ("filter", "ident", "working-tree-encoding")
_OFF = ("unset", "unspecified")
_CURE = "add 'policies/** -text' and '.policyctl/** -text' to .gitattributes"


def setting_checks(workspace: Workspace) -> Iterator[Check]:
    """Attributes and settings that touch governed files."""
    found = [*_conversions(workspace), *_file_system(workspace)]
    yield from found or [fine("git's settings", "git keeps the bytes of governed files")]


def _conversions(workspace: Workspace) -> Iterator[Check]:
    autocrlf = (workspace.setting("core.autocrlf") or "false").lower()
    converts = autocrlf in ("true", "yes", "on", "1", "input")
    for path, values in _attributes(workspace).items():
        named = [name for name in _CONVERTING if values.get(name, "unset") not in _OFF]
        if named:
            yield repair(
                "attributes",
                f"git runs '{named[0]}={values[named[0]]}' over {path} when you add or check out",
                f"take it out of .gitattributes or .git/info/attributes for {path}",
            )
            return
        text = values.get("text", "unspecified")
        if text in ("set", "auto") or (text == "unspecified" and converts):
            why = f"core.autocrlf is {autocrlf}" if text == "unspecified" else f"text is {text}"
            yield repair("line endings", f"git converts line endings of {path}: {why}", _CURE)
            return


def _attributes(workspace: Workspace) -> dict[str, dict[str, str]]:
    """The attributes of each governed file that the index has, by path."""
    with WritableStore(workspace.location) as store:
        known = [path for path in store.index(("policies", ".policyctl")) if paths.place_of(path)]
        if not known:
            return {}
        output = store.run(
            *("check-attr", "-z", "--stdin", "text", *_CONVERTING),
            stdin=b"".join(path.encode(*PATHS) + b"\0" for path in known),
        )
    fields = [os.fsdecode(field) for field in output.split(b"\0")]
    found: dict[str, dict[str, str]] = {}
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        found.setdefault(path, {})[name] = value
    return found


def _file_system(workspace: Workspace) -> Iterator[Check]:
    git_dir = workspace.location.git_dir
    # HEAD is always there; another file system finds it by another name too.
    if (git_dir / "head").exists():
        yield advice(
            "file system",
            "upper and lower case are one here: of two policies that differ in case, one is lost",
            "keep ids lower case, as 'validate' demands",
        )
    if (workspace.setting("core.sparseCheckout") or "").lower() == "true":
        yield advice(
            "sparse checkout",
            "git leaves files out of the working tree",
            "keep policies and .policyctl in: git sparse-checkout add policies .policyctl",
        )
