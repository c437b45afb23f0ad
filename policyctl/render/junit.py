"""Findings as a JUnit report, which most CI servers show as tests."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from policyctl.core.finding import Finding
from policyctl.render.lines import clean
from policyctl.render.summary import counted, several
from policyctl.usecases.validate import Validation

_NO_FILE = "policyctl"


def render(report: Validation, *, command: str = "validate") -> str:
    """One failed test for each finding, and one that passed for the files without any.

    Every finding is a failure, whatever its severity, as it is for the exit code; the failure's
    type says which. What XML cannot hold is written as its escape.
    """
    clear = report.files - len({item.file for item in report.findings if item.file})
    tests = len(report.findings) + (clear > 0)
    counts = {"tests": str(tests), "failures": str(len(report.findings)), "errors": "0"}
    root = ET.Element("testsuites", counts)
    name = f"policyctl {command}"
    suite = ET.SubElement(root, "testsuite", {"name": name, **counts, "skipped": "0"})
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", {"name": "summary", "value": counted(report)})
    for finding in report.findings:
        _add(suite, finding)
    if clear > 0:
        title = f"nothing found in {several(clear, 'file')}"
        ET.SubElement(suite, "testcase", {"classname": name, "name": title})
    ET.indent(root)
    # Plain ASCII is the same in whatever encoding the output is written.
    text: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return text.decode("ascii") + "\n"


def _add(suite: ET.Element, finding: Finding) -> None:
    where = f":{finding.span.line}:{finding.span.column}" if finding.span else ""
    place = clean(finding.file) + where
    at = f" at {where[1:]}" if where else ""
    severity, message = finding.severity.name.lower(), clean(finding.message)
    # Servers take two tests of one name for one test, and only the message tells some apart.
    name = f"{finding.code}{at}: {message}"
    described = {"classname": clean(finding.file) or _NO_FILE, "name": name}
    if finding.file:
        described["file"] = clean(finding.file)
    if finding.span:
        described["line"] = str(finding.span.line)
    case = ET.SubElement(suite, "testcase", described)
    failure = ET.SubElement(case, "failure", {"type": severity, "message": message})
    failure.text = f"{place + ': ' if place else ''}{severity}: {message} [{finding.code}]"
    if finding.hint:
        failure.text += f"\n= {clean(finding.hint)}"
