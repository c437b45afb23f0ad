"""What ``policyctl hook commit-msg`` does, however its command line was read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from policyctl.errors import PolicyctlError

if TYPE_CHECKING:
    from policyctl.rules.settings import Settings
    from policyctl.usecases.explain_commit import Remark


def explain(file: str, *, refuse: bool) -> int:
    """Say what a commit leaves out of the ledger; 1 if it is refused for that.

    A commit is never stopped because something could not be looked at, unless that is asked for.

    Args:
        file: the message, as git hands it to the hook.
        refuse: whether to refuse, whatever the settings say.
    """
    from policyctl.adapters.commit_under_way import commit_under_way, read_message
    from policyctl.adapters.yaml_documents import YamlDocuments
    from policyctl.cli.formats import Format
    from policyctl.cli.output import print_error
    from policyctl.usecases.explain_commit import explain_commit
    from policyctl.usecases.policy_facts import facts_reader

    try:
        with commit_under_way(Path.cwd(), os.environ) as commit:
            refuse = refuse or commit.refuses
            remarks = explain_commit(
                commit,
                read_message(Path(file)),
                read_facts=facts_reader(YamlDocuments()),
                settings=_settings(),
            )
    except PolicyctlError as error:
        print_error(error, "hook", Format.TEXT)
        return int(refuse)
    _print(remarks, refused=refuse)
    return int(refuse and bool(remarks))


def _settings() -> Settings:
    """Which files deploy something, as the working tree says; the defaults where it says wrong."""
    from policyctl.adapters.settings_file import parse_settings, settings_path
    from policyctl.adapters.working_governance import governed_folder
    from policyctl.rules.settings import Settings

    here = Path.cwd()
    path = settings_path(governed_folder(here), here)
    if not path.exists():
        return Settings()
    from policyctl.adapters.document_bytes import read
    from policyctl.errors import InputError
    from policyctl.usecases.selection import KNOWN

    try:
        return parse_settings(read(path, file=path.name), path.name, KNOWN)
    except InputError:
        return Settings()


def _print(remarks: tuple[Remark, ...], *, refused: bool) -> None:
    from policyctl.render.lines import plain
    from policyctl.render.text.commit import render

    if remarks:
        sys.stderr.write(plain(render(remarks, refused=refused)))
        sys.stderr.flush()
