"""``policyctl promote --check``: the gate before a merge."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import assert_never

from policyctl.adapters.catalogues import catalogues_in
from policyctl.adapters.commit_files import CommitFiles
from policyctl.adapters.commits import Commits, commits_of
from policyctl.adapters.findings_file import findings_in
from policyctl.adapters.settings_file import parse_settings
from policyctl.adapters.ssh_verification import verify
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.cli.formats import GateFormat
from policyctl.cli.options import checked_pin
from policyctl.cli.output import text_of
from policyctl.cli.present import moment
from policyctl.core.frozen import frozen
from policyctl.core.merge_verdict import Verdict
from policyctl.errors import TamperingError
from policyctl.usecases.branch_rules import SETTINGS
from policyctl.usecases.check_promotions import GateReaders, check_promotions
from policyctl.usecases.memo import ledger_memo
from policyctl.usecases.promotion_check import PromotionCheck
from policyctl.usecases.selection import KNOWN


@frozen
class Asked:
    """What the user wants judged.

    Attributes:
        baseline: a file of known findings, from the top of the repository, or empty.
        pin: sha256 that trust root 1 must have; empty for that of the environment.
        now: the moment to take for the present, or None.
    """

    base: str
    head: str
    baseline: str
    pin: str
    now: str | None


def run_check(asked: Asked, form: GateFormat) -> int:
    """Judge, print, and return the exit code."""
    now = moment(asked.now)
    with commits_of(Path.cwd()) as commits:
        report = check_promotions(
            base=asked.base,
            head=asked.head,
            readers=_readers(commits, asked, now),
            now=now,
            known=asked.baseline,
        )
    sys.stdout.write(_shown(report, form))
    sys.stdout.flush()
    if report.verdict is Verdict.TAMPERED:
        return TamperingError.exit_code
    return 0 if report.verdict is Verdict.READY else 1


def _readers(commits: Commits, asked: Asked, now: datetime) -> GateReaders:
    documents = YamlDocuments()
    names = ("POLICYCTL_PIN", "POLICYCTL_ROOT")
    pin = checked_pin(asked.pin or next(filter(None, map(os.environ.get, names)), ""))
    return GateReaders(
        commits=commits,
        files=CommitFiles(commits.store),
        memo=ledger_memo(documents, verify, pin, now),
        documents=documents,
        settings=lambda content: parse_settings(content, SETTINGS, KNOWN),
        catalogues=catalogues_in,
        known=lambda content: findings_in(content, asked.baseline),
    )


def _shown(report: PromotionCheck, form: GateFormat) -> str:
    match form:
        case GateFormat.TEXT:
            from policyctl.render.text.promote_check import render as as_text

            return text_of(lambda width: as_text(report, width))
        case GateFormat.JSON:
            from policyctl.render.json.promote_check import render as as_json

            return as_json(report)
        case GateFormat.MARKDOWN:
            from policyctl.render.promote_check_markdown import render as as_markdown

            return as_markdown(report)
        case GateFormat.GITHUB:
            from policyctl.render.promote_check_github import render as as_commands

            return as_commands(report)
        case GateFormat.SARIF:
            return _sarif(report)
        case _:
            assert_never(form)


def _sarif(report: PromotionCheck) -> str:
    from policyctl.adapters.rule_pages import documentation_uri, rule_pages
    from policyctl.render.promote_check_summary import weighed
    from policyctl.render.sarif import render
    from policyctl.usecases.validate import Validation

    found = Validation(
        files=len(report.changes.files), findings=weighed(report), sources=dict(report.sources)
    )
    return render(found, rule_pages(), command="promote-check", docs=documentation_uri())
