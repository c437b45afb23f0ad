"""Findings for machines and for comments: every format shows the same facts, whatever they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from policyctl.core.finding import Finding, Severity, Span, in_order
from policyctl.core.rule_page import RulePage
from policyctl.render import github, junit, markdown, sarif
from policyctl.render.json import envelope
from policyctl.render.json import validate as as_json
from policyctl.render.lines import clean, plain
from policyctl.render.markdown_text import plain_text
from policyctl.render.text import validate as as_text
from policyctl.usecases.unreported import Unreported
from policyctl.usecases.validate import Validation

NASTY = "policies/a b,c%d:é|`x`<i>.yaml"
SOURCE = 'id: support\nname: "😀😀 | é" # 50%, <b>\npurpose: x\n'


def finding(message, *, code="a-rule", severity=Severity.ERROR, **more):
    return Finding(code=code, severity=severity, message=message, **{"file": NASTY} | more)


REPORT = Validation(
    files=3,
    findings=in_order(
        (
            finding("the file is not in the ledger", severity=Severity.NOTE, hint="record it"),
            finding("the id differs", span=Span(1, 5, 1, 12), at=("id",), policy="support"),
            finding(
                "100% | `code` <script>alert(1)</script> & **bold** {0} [x](https://e.org)",
                span=Span(2, 12, 2, 13),
                hint="write 'a', 'b': c\\d | %0A @security $x$ ~~no~~",
                code="b-rule",
                severity=Severity.WARNING,
            ),
            finding(
                "two\nlines\r\nand \x1b[31mred\x1b[0m, \u202eevil\u202c\u2066",
                span=Span(2, 1, 3, 5),
            ),
            finding("the key stands twice, first on line 1", span=Span(3, 1, 3, 8), code="c-rule"),
            finding("::error::not a command", file="policies/ü/b.yaml", span=Span(1, 1, 1, 2)),
            finding("commit 123: it mixes changes", file="", code="d-rule", hint="split it"),
        )
    ),
    sources={NASTY: SOURCE},
    unreported=Unreported(suppressed=2, known=1),
)
EMPTY = Validation(files=2, findings=(), sources={})
PAGES = {
    "a-rule": RulePage(
        id="a-rule",
        summary="a rule about 'a' | <b>",
        severity=Severity.WARNING,
        markdown="# a rule\n\n`a-rule` · warning\n\n## Why\n\nBecause\nof this.\n\n## Finds\n",
    )
}

FORMATS: dict[str, Callable[[Validation], str]] = {
    "txt": lambda report: plain(as_text.render(report)),
    "json": as_json.render,
    "github.txt": github.render,
    "sarif": lambda report: sarif.render(report, PAGES),
    "junit.xml": junit.render,
    "md": markdown.render,
}


def facts(report):
    """What every format has to say: file, line, column, code, severity, message."""
    return [
        (
            clean(item.file),
            item.span.line if item.span else None,
            item.span.column if item.span else None,
            item.code,
            item.severity.name.lower(),
            said(item.message),
        )
        for item in report.findings
    ]


def said(message):
    """A message in one line, as formats for people write it."""
    return " ".join(clean(part) for part in re.split(r"[\r\n]+", message))


def from_text(text):
    pattern = r"^(\S.*?|)(?::(\d+):(\d+))?(?:: |^)(error|warning|note): (.*) \[([a-z-]+)\]$"
    for place, line, column, severity, message, code in re.findall(pattern, text, re.MULTILINE):
        shown = re.sub(r"(\\r|\\n)+", " ", message)
        yield place, number(line), number(column), code, severity, shown


def from_json(text):
    for item in json.loads(text)["findings"]:
        place = clean(item["file"]), item["line"], item["column"]
        yield *place, item["code"], item["severity"], said(item["message"])


def from_github(text):
    names = {"error": "error", "warning": "warning", "notice": "note"}
    for row in text.splitlines():
        if match := re.match(r"::(error|warning|notice) (.*?)::(.*)", row):
            found = dict(part.split("=", 1) for part in match[2].split(","))
            message = decoded(match[3]).partition("\n= ")[0]
            place = decoded(found.get("file", "")), number(found.get("line"))
            yield (
                *place,
                number(found.get("col")),
                decoded(found["title"]),
                names[match[1]],
                said(message),
            )


def decoded(text):
    for code, character in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(code, character)
    return text.replace("%25", "%")


def from_sarif(text):
    (run,) = json.loads(text)["runs"]
    for item in run["results"]:
        place = (item["locations"] or [{}])[0].get("physicalLocation", {})
        region = place.get("region", {})
        file = place.get("artifactLocation", {}).get("index")
        name = sorted({one.file for one in REPORT.findings if one.file})[file] if place else ""
        column = region.get("startColumn")
        if column and name == NASTY:
            row = SOURCE.split("\n")[region["startLine"] - 1].encode("utf-16-le")
            column = len(row[: 2 * (column - 1)].decode("utf-16-le")) + 1
        message = item["message"]["text"].partition("\n= ")[0].replace("] (", "](")
        message = message.replace("{{", "{").replace("}}", "}")
        found = (clean(name), region.get("startLine"), column)
        yield *found, item["ruleId"], item["level"], said(message)


def from_junit(text):
    for case in ET.fromstring(text).iter("testcase"):
        failure = case.find("failure")
        if failure is not None:
            code, line, column = re.match(
                r"([a-z-]+)(?: at (\d+):(\d+))?: ", case.attrib["name"]
            ).groups()
            message = re.sub(r"(\\r|\\n)+", " ", failure.attrib["message"])
            place = case.attrib.get("file", ""), number(line), number(column)
            yield *place, code, failure.attrib["type"], message


def from_markdown(text):
    page = Page()
    page.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    for file, (place, severity, message, code) in page.rows:
        line, _, column = place.partition(":")
        name = "" if file == "not in a file" else file
        shown = message.partition(" → ")[0]
        yield name, number(line), number(column), code, severity, shown


class Page(HTMLParser):
    """The headings and table rows of a rendered page, as a reader sees them."""

    def __init__(self):
        super().__init__()
        self.rows, self.tags, self._heading, self._cells, self._text = [], set(), "", [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("h3", "td", "tr"):
            self._text = ""
        if tag == "br":
            self._text += " "

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        if tag == "h3":
            self._heading = self._text
        elif tag == "td":
            self._cells.append(self._text)
        elif tag == "tr" and self._cells:
            self.rows.append((self._heading, self._cells))
            self._cells = []


def number(text):
    return int(text) if text else None


READERS = {
    "txt": from_text,
    "json": from_json,
    "github.txt": from_github,
    "sarif": from_sarif,
    "junit.xml": from_junit,
    "md": from_markdown,
}


@pytest.fixture(autouse=True)
def version(monkeypatch):
    """A version that no release changes."""
    monkeypatch.setattr(sarif, "__version__", "1.2.3")
    monkeypatch.setattr(envelope, "__version__", "1.2.3")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("txt", "json")])
def test_a_rich_and_an_empty_report(name, golden):
    golden(f"formats.{name}", FORMATS[name](REPORT))
    golden(f"formats-empty.{name}", FORMATS[name](EMPTY))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_the_same_facts_in_the_same_order(name):
    assert list(READERS[name](FORMATS[name](REPORT))) == facts(REPORT)


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_report_has_no_findings(name):
    assert list(READERS[name](FORMATS[name](EMPTY))) == []


@pytest.mark.parametrize("name", FORMATS)
def test_the_output_ends_in_one_newline_and_is_the_same_each_time(name):
    text = FORMATS[name](REPORT)

    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert text == FORMATS[name](REPORT)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_in_the_output_steers_a_terminal_or_turns_the_line(name):
    text = FORMATS[name](REPORT)

    assert not set(text) & set("\x1b\r\u202e\u202c\u2066")


def test_no_line_of_a_policy_becomes_a_command_of_its_own():
    commands = [row for row in github.render(REPORT).splitlines() if row.startswith("::")]

    assert len(commands) == len(REPORT.findings)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "https://evil.example/x",
            "HTTP://evil.example",
            "www.evil.example",
            "someone@example.org",
        ),
        *("#7", "acme/other#7", "GH-7", "fixes gh-7", "@octocat", "acme/other@0123456789abcdef"),
    ],
)
def test_github_makes_nothing_of_text_by_itself(text):
    """It looks for links, references and mentions in stretches of text, which elements end."""
    html = MarkdownIt("commonmark").render(plain_text(text))
    stretches = re.split(r"<[^>]*>", html)

    assert "".join(stretches).strip() == text
    assert not any(
        re.search(r"://|www\.|#\d|GH-\d|@\w|\w@", part, re.IGNORECASE) for part in stretches
    )


def test_text_of_a_policy_becomes_no_element_of_a_page():
    page = Page()
    page.feed(
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown.render(REPORT))
    )

    assert not page.tags & {"script", "b", "i", "em", "a", "s", "code"}
    assert "@security" not in markdown.render(REPORT)


def test_a_comment_that_would_be_too_long_says_how_much_it_leaves_out():
    rows = tuple(finding(f"problem {number} " + "x" * 100) for number in range(2000))
    text = markdown.render(Validation(files=1, findings=rows, sources={}))
    shown = text.count("| error |")

    assert len(text) <= markdown.LIMIT
    assert text.startswith("**2000 errors in 1 file**\n")
    assert text.endswith(
        f"\n**{2000 - shown} more findings**: the comment would be too long with all.\n"
    )
    assert len(text) > markdown.LIMIT - 300


def test_a_junit_report_counts_what_it_holds():
    root = ET.fromstring(junit.render(REPORT, command="lint"))
    (suite,) = root

    assert suite.attrib["name"] == "policyctl lint"
    for node in (root, suite):
        assert int(node.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(node.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert node.attrib["errors"] == "0"
    names = [(case.attrib["classname"], case.attrib["name"]) for case in suite.iter("testcase")]
    assert len(names) == len(set(names))


def test_a_junit_report_without_findings_has_a_test_that_passed():
    (suite,) = ET.fromstring(junit.render(EMPTY))

    assert [case.attrib["name"] for case in suite.iter("testcase")] == ["nothing found in 2 files"]
    assert list(suite.iter("failure")) == []
