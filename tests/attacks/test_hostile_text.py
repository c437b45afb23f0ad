"""Text that steers terminals, turns the direction of reading or is markup, in every free field.

Each command prints it as text, in each of its formats.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from ruamel.yaml import YAML

import policyctl.demo_data
from policyctl.cli.app import COMMANDS
from policyctl.core.frozen import replace

if TYPE_CHECKING:
    from conftest import Scene

EVENTS = Path(policyctl.demo_data.__file__).parent / "records.jsonl.gz"
STEERING = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202egnp\u2066\u200b\x85\u2028\x08\r"
MARKUP = "<script>alert(1)</script>|`x`[go](javascript:alert) @all ![i](//evil.example)"
LINES = "\n::error::owned\n- [ ] owned\r\n%0A::stop-commands::owned\n\n# owned\n<b>owned</b>"
EVIL = STEERING + MARKUP + LINES
NAME = STEERING + MARKUP[:70]  # a name is short
RATIONALE = f"{MARKUP} %0A::error::owned ::add-mask::owned"  # more is refused, or forged below
BOT, PII = "team-assistant", "pii"
SGR = re.compile(r"\x1b\[[0-9;]*m")

FILES = {
    "policies/odd\x1b[2J\u202elmay.yaml": "x",
    "policies/<img src=x onerror=alert(1)>@all.yaml": "x: [",
    "policies/a\n::error::owned.yaml": "x",
}


EVENT = {
    "ts": "2026-10-05T00:09:46.876Z",
    "request_id": MARKUP,
    "app": MARKUP,
    "direction": "input",
    "detector": "prompt_attack",
    "level": "l1_confident",
    "key": MARKUP,
    "status": "ok",
}

TEXT, DATA = ("",), ("", "json")
FINDINGS = ("", "json", "github", "sarif", "junit", "markdown")
RUNS: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "demo": (((EVIL,), TEXT),),
    "init": (((EVIL, "--as", EVIL), DATA), (("--role", f"{EVIL}={EVIL}", "--as", EVIL), DATA)),
    "new": (((EVIL, "--use-case", EVIL, "--owner", EVIL), DATA),),
    "validate": (((), FINDINGS), ((EVIL,), FINDINGS)),
    "lint": (((), FINDINGS), (("--select", EVIL), FINDINGS)),
    "show": (((PII,), DATA), ((PII, "--effective"), DATA), ((EVIL,), DATA)),
    "diff": (((), (*DATA, "markdown", "github")), (("HEAD~1",), (*DATA, "markdown", "github"))),
    "record": (((PII, "--rationale", RATIONALE), DATA), ((PII, "--rationale", EVIL), DATA)),
    "evidence": (
        ((BOT, "--events", str(EVENTS)), (*DATA, "markdown", "html")),
        ((PII, "--events", "odd.jsonl"), (*DATA, "markdown", "html")),
        ((PII, "--events", "evil.jsonl"), (*DATA, "markdown", "html")),
    ),
    "replay": (
        ((PII, "--events", str(EVENTS), "--base", "HEAD~1"), (*DATA, "markdown")),
        ((PII, "--events", "odd.jsonl", "--base", "HEAD~1"), (*DATA, "markdown")),
    ),
    "promote": (
        (("--check", "--base", "HEAD~1"), (*DATA, "markdown", "github", "sarif")),
        ((PII, "--to", "limited", "--rationale", RATIONALE, "--events", str(EVENTS)), DATA),
    ),
    "approve": (((PII, "--yes"), DATA), ((BOT, "--yes"), DATA), ((EVIL,), DATA)),
    "demote": (((BOT, "--to", "logging", "--rationale", RATIONALE, "--dry-run"), DATA),),
    "withdraw": (((PII,), DATA), ((EVIL,), DATA)),
    "void": (((BOT, "--rationale", RATIONALE, "--dry-run"), DATA),),
    "redact": (
        ((PII, "2", "--rationale", RATIONALE), DATA),
        ((EVIL, "2", "--rationale", EVIL), DATA),
    ),
    "retire": (((BOT, "--rationale", RATIONALE, "--dry-run"), DATA),),
    "status": (((), DATA), (("--owner", EVIL), DATA)),
    "report": ((("--out", "-"), TEXT),),
    "log": (((), DATA), ((PII,), DATA)),
    "verify": (((), DATA), (("--base", "HEAD~1"), DATA), (("--rev", EVIL), DATA)),
    "checkpoint": (((), DATA), (("--show",), TEXT)),
    "changelog": (((), DATA),),
    "export": (
        ((PII, "--target", "azure", "--draft"), TEXT),
        ((PII, "--target", EVIL), TEXT),
        ((PII,), ("oscal-component-definition", "oscal-assessment-results")),
    ),
    "import": (
        (("odd.json", "--from", "azure", "--owner", "assistants", "--use-case", "x"), DATA),
        (("odd.json", "--from", "bedrock", "--owner", EVIL, "--use-case", EVIL), DATA),
    ),
    "drift": (((PII, "--target", "azure", "--live", "odd.json"), (*DATA, "sarif")),),
    "coverage": (((), (*DATA, "markdown")), (("--framework", EVIL), DATA)),
    "rule": (((EVIL,), DATA),),
    "codeowners": (((), DATA), (("--out", EVIL, "--check"), DATA)),
    "migrate": (((), DATA), ((EVIL,), DATA)),
    "schema": (((EVIL,), TEXT), (("policy.v1",), TEXT)),
    "doctor": (((), DATA), (("--key", EVIL), DATA)),
    "root": ((("show",), (*DATA, "yaml")), (("log",), DATA), (("export",), TEXT)),
    "records": (
        (("import", "odd.jsonl", "--from", "plain", "--out", "prepared"), DATA),
        (("import", "odd.jsonl", "--from", "bedrock", "--out", "prepared"), DATA),
    ),
    "review": (
        (("sample", PII, "--events", "odd.jsonl", "--to", "limited", "--out", "w.csv"), DATA),
        (("import", PII, "odd.jsonl", "--events", "odd.jsonl", "--out", "l.csv"), DATA),
    ),
    "hook": (
        (("commit-msg", "message"), TEXT),
        (("textconv", "policies/pii.yaml"), TEXT),
    ),
}
"""What each command is asked, and the formats that it has for that; empty for its own."""

SIGNING = {
    *("record", "promote", "approve", "demote", "withdraw", "void", "redact", "retire"),
    "checkpoint",
}
CHANGING = {*SIGNING, "demo", "init", "new", "import", "records", "review"}


def nasty_policy(text: str) -> str:
    """A policy with text from outside in every field that its schema leaves free."""
    data = YAML(typ="safe").load(text)
    data["name"], data["purpose"] = NAME, EVIL
    topic = {"name": NAME[:100], "definition": EVIL, "examples": [EVIL]}
    data["guardrails"] = [
        {
            "detector": "custom/odd",
            "action": "block",
            "words": [MARKUP[:60]],
            "regex": [re.escape(MARKUP)],
            "reason": EVIL,
        },
        {"detector": "topic/odd", "action": "block", "topics": [topic], "reason": EVIL},
    ]
    data["exceptions"] = [
        {
            "id": "EX-1",
            "guardrail": "prompt_attack",
            "when": {"app": "redteam-lab"},
            "reason": EVIL,
            "ticket": EVIL[:200],
            "owner": "assistants",
            "expires": "2026-12-01",
        }
    ]
    data["reasons"]["sensitivity"] = EVIL
    # JSON is YAML, and can write every character.
    return json.dumps(data, indent=1) + "\n"


def prepare(scene: Scene) -> None:
    """Whatever else a command reads from outside."""
    scene.write("odd.jsonl", json.dumps(EVENT) + "\n")
    scene.write("evil.jsonl", json.dumps({**EVENT, "request_id": EVIL, "detector": EVIL}) + "\n")
    policy = {"name": EVIL, "properties": {"contentFilters": [{"name": EVIL, "source": EVIL}]}}
    scene.write("odd.json", json.dumps({"id": EVIL, **policy}))
    scene.write("message", f"{EVIL}\n\nPolicy-Id: {EVIL}\n")
    author = f"{STEERING}{MARKUP}".replace("\r", "").replace("<", "&lt;").replace("\n", "")
    scene.git("config", "user.name", author)
    scene.git("config", "user.email", f"{MARKUP}@example.org")


@pytest.fixture(scope="module")
def recorded(base: Scene, workshop: Path) -> Iterator[Scene]:
    """Everything is recorded as it should be; one more edit waits."""
    scene = base.copy(workshop / "hostile-recorded")
    prepare(scene)
    people = {who: replace(member, name=MARKUP) for who, member in scene.root().people.items()}
    scene.rotate(people=people)
    scene.commit("names for people")
    text = nasty_policy(scene.read("policies/pii.yaml").decode())
    scene.write("policies/pii.yaml", text)
    done = scene.policyctl("record", PII, "--rationale", RATIONALE, by="erin")
    assert done.code == 0, done.err
    scene.write("policies/pii.yaml", text.replace("owned</b>", "more</b>"))
    waiting = nasty_policy(scene.read("policies/team-assistant.yaml").decode())
    scene.write("policies/team-assistant.yaml", waiting)
    done = scene.policyctl("record", BOT, "--rationale", RATIONALE, by="erin")
    assert done.code == 0, done.err
    yield scene
    shutil.rmtree(scene.folder)


@pytest.fixture(scope="module")
def forged(recorded: Scene, workshop: Path) -> Iterator[Scene]:
    """What the commands refuse is put there by hand: an entry, files, a policy, a commit."""
    scene = recorded.copy(workshop / "hostile-forged")
    content = scene.read("policies/pii.yaml")
    scene.forge(PII, content, rationale=EVIL)
    for name, text in FILES.items():
        scene.write(name, text)
    broken = {**json.loads(content), "id": "broken", "controls": {EVIL: [STEERING]}, EVIL: EVIL}
    scene.write("policies/broken.yaml", json.dumps(broken))
    scene.commit(f"{EVIL}\n\nPolicy-Id: {EVIL}")
    yield scene
    shutil.rmtree(scene.folder)


def cases() -> Iterator[Any]:
    for name, runs in RUNS.items():
        for number, (arguments, forms) in enumerate(runs):
            for form in forms:
                asked = (name, *arguments, *(("--format", form) if form else ()))
                case = f"{name}-{number}-{form or 'default'}"
                yield pytest.param("recorded", asked, id=f"{case}-recorded")
                # Arguments are refused before the repository is read, and JSON has one writer.
                if EVIL not in arguments and form != "json":
                    yield pytest.param("forged", asked, id=f"{case}-forged")


def shown(text: str) -> str:
    """The text, of which no character steers a terminal or turns the direction of reading."""
    steering = {
        character
        for character in text
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs")
    }
    assert not steering
    return text


def is_text(text: str) -> None:
    """No line is one of the text's own."""
    owned = ("::", "- [ ] owned", "# owned", "<b>owned", "%0A")
    assert not [row for row in shown(text).splitlines() if row.startswith(owned)]


def is_markdown(text: str) -> None:
    """Nothing in it is markup, a link, an image, a mention or a heading of the text's own."""
    is_text(text)
    live = r"<(script|img|b>owned)|(?<!\\)\[(go|i)(?<!\\)\]\(|(?<![>`])@all|(?<!\\)`x"
    assert not re.search(live, text)


def is_github(text: str) -> None:
    """Every command is one of ours."""
    commands = [row for row in shown(text).splitlines() if row.startswith("::")]
    assert all(re.match(r"::(error|warning|notice) (file|title)=", row) for row in commands)


def is_json(text: str) -> Any:
    """A document, whatever its values say."""
    return json.loads(shown(text))


def is_sarif(text: str) -> None:
    """No message has a link of the text's own."""
    [run] = is_json(text)["runs"]
    said = [result["message"]["text"] for result in run["results"]]
    assert not [message for message in said if "](" in message]
    for message in said:
        shown(message)


def is_junit(text: str) -> None:
    ET.fromstring(shown(text))


class Page(HTMLParser):
    """Notes what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.acted: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        odd = [
            name for name, value in attrs if name.startswith("on") or "javascript:" in f"{value}"
        ]
        if odd or tag in ("img", "iframe", "object", "embed", "base"):
            self.acted.append(f"{tag} {odd}")

    def handle_data(self, data: str) -> None:
        if (self.inside == "script" and "alert(1)" in data) or (
            self.inside == "b" and data == "owned"
        ):
            self.acted.append(data)


def is_html(text: str) -> None:
    page = Page()
    page.feed(shown(text))
    assert page.acted == []


SHAPES: Mapping[str, Callable[[str], object]] = {
    "text": is_text,
    "json": is_json,
    "github": is_github,
    "sarif": is_sarif,
    "junit": is_junit,
    "markdown": is_markdown,
    "html": is_html,
    "yaml": shown,
    "oscal-component-definition": is_json,
    "oscal-assessment-results": is_json,
}
DEFAULTS = {"report": "html", "changelog": "markdown", "schema": "yaml", "export": "yaml"}


def test_every_command_is_tried():
    assert set(RUNS) == set(COMMANDS)


@pytest.mark.parametrize(("kind", "asked"), tuple(cases()))
def test_text_from_outside_is_shown_and_does_nothing(request, place, kind, asked):
    scene = request.getfixturevalue(kind)
    if asked[0] in CHANGING:
        scene = scene.copy(place / "repository")
    form = asked[-1] if "--format" in asked else DEFAULTS.get(asked[0], "text")
    signs = asked[0] in SIGNING and "--check" not in asked
    key = ("--key", str(scene.keys / ("sam" if asked[0] == "approve" else "erin"))) if signs else ()

    done = scene.policyctl(*asked, *key)

    assert "this is a bug" not in done.err
    is_text(done.err)
    if done.out:
        SHAPES[form](done.out)


@pytest.mark.parametrize("asked", [("verify",), ("status",), ("root", "log"), ("lint",)])
def test_nor_does_a_trust_root_that_nobody_would_sign(recorded, place, asked):
    scene = recorded.copy(place / "repository")
    root = scene.root()
    member = replace(root.people["sam"], name=EVIL, email=EVIL)
    scene.rotate(people={**root.people, "sam": member})
    scene.commit(EVIL)

    done = scene.policyctl(*asked)

    is_text(done.err)
    is_text(done.out)
    assert "trust root" in done.out + done.err
