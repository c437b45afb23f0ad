"""Findings as SARIF 2.1.0, which code-scanning services keep and compare."""

from __future__ import annotations

import json
from collections.abc import Mapping

from policyctl import __version__
from policyctl.core.finding import Finding, Severity, Span, pointer
from policyctl.core.frozen import frozen
from policyctl.core.rule_page import RulePage
from policyctl.render.sarif_places import artifact_location, fingerprints, region
from policyctl.render.sarif_text import message_text
from policyctl.render.summary import counted
from policyctl.usecases.validate import Validation

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_TOP = "%SRCROOT%"


@frozen(kw_only=False)
class Replacement:
    """The text that would cure a finding, and the stretch of the finding's file it replaces."""

    span: Span
    text: str


def render(
    report: Validation,
    pages: Mapping[str, RulePage],
    *,
    command: str = "validate",
    docs: str = "",
    replacements: Mapping[Finding, Replacement] | None = None,
) -> str:
    """The whole log.

    Args:
        report: what a check found.
        pages: the rules' pages by the code of their findings.
        command: the command that reports; results of different commands are kept apart.
        docs: the absolute URI, ending in a slash, below which the project's documents are
            published; empty where they are not, as SARIF has no place for a relative one.
        replacements: safe cures of findings.
    """
    writer = _Writer(report, pages, docs, replacements or {})
    run = {
        "tool": {"driver": writer.driver()},
        "automationDetails": {"id": f"policyctl/{command}/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_TOP: {"description": {"text": "The folder policyctl ran in."}}},
        "invocations": [{"executionSuccessful": True}],
        "artifacts": writer.artifacts(),
        "results": writer.results(),
        "properties": {"files": report.files, "summary": counted(report)},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=True) + "\n"


class _Writer:
    """The parts of a run, which refer to each other by number."""

    def __init__(
        self,
        report: Validation,
        pages: Mapping[str, RulePage],
        docs: str,
        replacements: Mapping[Finding, Replacement],
    ) -> None:
        self._report = report
        self._pages = pages
        self._docs = docs
        self._replacements = replacements
        self._codes = sorted({finding.code for finding in report.findings})
        self._files = sorted({finding.file for finding in report.findings if finding.file})

    def driver(self) -> dict[str, object]:
        """The tool, with the rules that occur."""
        return {
            "name": "policyctl",
            "version": __version__,
            "semanticVersion": __version__,
            "rules": [self._rule(code) for code in self._codes],
        }

    def artifacts(self) -> list[dict[str, object]]:
        """The files that have findings."""
        return [
            {
                "location": artifact_location(file, _TOP),
                "sourceLanguage": "yaml",
                "encoding": "UTF-8",
            }
            for file in self._files
        ]

    def results(self) -> list[dict[str, object]]:
        """The findings."""
        marks = fingerprints(self._report.findings)
        return [
            self._result(finding, mark)
            for finding, mark in zip(self._report.findings, marks, strict=True)
        ]

    def _rule(self, code: str) -> dict[str, object]:
        page = self._pages.get(code)
        if page is None:
            # What the reader and the schemas find has no page: the code is all there is to say.
            severity = max(item.severity for item in self._report.findings if item.code == code)
            return {
                "id": code,
                "shortDescription": {"text": code.replace("-", " ")},
                "defaultConfiguration": {"level": _LEVELS[severity]},
            }
        rule: dict[str, object] = {
            "id": code,
            "shortDescription": {"text": page.summary},
            "fullDescription": {"text": page.why},
            "help": {"text": page.markdown, "markdown": page.markdown},
            "defaultConfiguration": {"level": _LEVELS[page.severity]},
        }
        if self._docs:
            rule["helpUri"] = f"{self._docs}rules/{code}.md"
        return rule

    def _result(self, finding: Finding, mark: str) -> dict[str, object]:
        result: dict[str, object] = {
            "ruleId": finding.code,
            "ruleIndex": self._codes.index(finding.code),
            "level": _LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": self._locations(finding),
            "partialFingerprints": {"policyctl/v1": mark},
        }
        replacement = self._replacements.get(finding)
        if replacement is not None:
            result["fixes"] = [self._fix(finding, replacement)]
        return result

    def _locations(self, finding: Finding) -> list[dict[str, object]]:
        location: dict[str, object] = {}
        if finding.file:
            place: dict[str, object] = {"artifactLocation": self._artifact(finding.file)}
            if finding.span:
                place["region"] = region(finding.span, self._report.sources.get(finding.file))
            location["physicalLocation"] = place
        if finding.at:
            location["logicalLocations"] = [{"fullyQualifiedName": pointer(finding.at)}]
        return [location] if location else []

    def _fix(self, finding: Finding, replacement: Replacement) -> dict[str, object]:
        deleted = region(replacement.span, self._report.sources.get(finding.file))
        change = {
            "artifactLocation": self._artifact(finding.file),
            "replacements": [
                {"deletedRegion": deleted, "insertedContent": {"text": replacement.text}}
            ],
        }
        description = message_text(finding.hint or finding.message)
        return {"description": {"text": description}, "artifactChanges": [change]}

    def _artifact(self, file: str) -> dict[str, object]:
        return {**artifact_location(file, _TOP), "index": self._files.index(file)}


def _message(finding: Finding) -> str:
    return message_text(finding.message + (f"\n= {finding.hint}" if finding.hint else ""))
