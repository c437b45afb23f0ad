"""A gate's report in every format: the same facts, the same bytes, nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from xml.dom.minidom import parseString

import pytest

from policyctl.core.evidence import RecordSource, report_on
from policyctl.core.facts import Facts
from policyctl.core.levels import Level, Sensitivity
from policyctl.core.measuring import measure
from policyctl.core.policy import (
    Gate,
    Guardrail,
    Limited,
    Policy,
    PolicyException,
    Trigger,
)
from policyctl.core.record import Label, Record, Status
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage
from policyctl.render.evidence_html import render as as_html
from policyctl.render.evidence_markdown import render as as_markdown
from policyctl.render.evidence_notes import notes
from policyctl.render.json.evidence import render as as_json
from policyctl.render.lines import plain
from policyctl.render.text.evidence import render as as_text

START = datetime(2026, 10, 5, tzinfo=UTC)
NASTY = "<script>alert(1)</script>|@all\x1b[2J"
LEVELS = (*Level, None, None)


def policy(stage):
    return Policy(
        id="support",
        name="Support",
        purpose="Answers questions.",
        use_case="public-facing",
        data_sensitivity="internal",
        owner="team",
        stage=stage,
        sensitivity=Sensitivity.L2,
        guardrails=(
            Guardrail(
                detector="prompt_attack",
                direction=Direction.INPUT,
                action=Action.BLOCK,
                sensitivity=Sensitivity.L2,
            ),
        ),
        limited=Limited(apps=("chat", NASTY)),
        exceptions=(
            PolicyException(
                id="EX-1",
                guardrail="prompt_attack",
                reason="r",
                owner="o",
                expires=START.date() + timedelta(days=99),
                keys=("k7",),
            ),
        ),
    )


def record(number):
    return Record(
        time=START + timedelta(hours=number),
        request_id=f"r{number}",
        app=NASTY if number % 3 == 0 else "chat",
        direction=Direction.INPUT,
        detector="prompt_attack",
        level=LEVELS[number * 7 % 11 % 7],
        status=Status.OK,
        key=f"k{number % 40}",
        score=number % 97 / 96 if number % 3 else None,
        label=Label.FALSE_POSITIVE if number % 5 == 0 else Label.TRUE_POSITIVE,
    )


def report(count):
    old, new = policy(Stage.LOGGING), policy(Stage.LIMITED)
    found = measure((record(number) for number in range(count)), old, new, scores=True)
    return report_on(
        found.tally,
        Gate(),
        policy="support",
        source=Stage.LOGGING,
        target=Stage.LIMITED,
        policy_digest="0" * 64,
        sources=(RecordSource(name="r.jsonl", sha256="1" * 64, lines=count),),
        facts=Facts(
            target=Stage.LIMITED,
            daily=found.daily,
            exceptions=("EX-1", "EX-2"),
            scores=found.scores,
        ),
        escalation=(Trigger(when="flag rate above 5% for 3d", do="tighten", notify="security"),),
    )


RICH, EMPTY = report(24 * 21), report(0)
FORMATS = {
    "txt": lambda found: plain(as_text(found)),
    "wide.txt": lambda found: plain(as_text(found, 120)),
    "md": as_markdown,
    "html": as_html,
}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(("name", "found"), [("evidence", RICH), ("evidence-empty", EMPTY)])
def test_a_rich_and_an_empty_report(suffix, name, found, golden):
    golden(f"{name}.{suffix}", FORMATS[suffix](found))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_records_give_the_same_bytes_in_any_order(suffix):
    old, new = policy(Stage.LOGGING), policy(Stage.LIMITED)
    forth = measure([record(number) for number in range(300)], old, new)
    back = measure([record(number) for number in reversed(range(300))], old, new)

    assert forth == back
    assert FORMATS[suffix](report(300)) == FORMATS[suffix](report(300))


def test_every_format_tells_the_same():
    outcomes = {item.name for item in RICH.criteria}
    topics = {topic for topic, _ in notes(RICH)}

    assert topics >= {"together", "exception", "escalation", "records", "traffic"}
    for draw in FORMATS.values():
        text = draw(RICH)
        assert all(name in text for name in outcomes | topics)
    assert '"status": "fail"' in as_json(RICH)
    assert "was not needed: remove it" in as_markdown(RICH)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_page_runs_nothing_and_loads_nothing():
    text = as_html(RICH)
    page = Page()
    page.feed(text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    assert not page.tags & {"script", "img", "link", "iframe", "object", "a", "form"}
    assert not {name for name in page.attributes if name.startswith("on")} | (
        page.attributes & {"style", "src", "href"}
    )
    assert "\x1b" not in text
    assert "url(" not in style


def test_the_pictures_are_sound_drawings_with_titles():
    drawings = re.findall(r"<svg.*?</svg>", as_html(RICH), re.DOTALL)

    assert len(drawings) == 6
    for drawing in drawings:
        root = parseString(drawing).documentElement
        assert root.getElementsByTagName("title")
        assert "nan" not in drawing


def test_a_level_that_was_seen_is_seen_in_the_chart():
    lines = plain(as_text(RICH, 120)).splitlines()
    below = lines[lines.index("  detections by level: █ L1  ▓ L2  ▒ L3  ░ L4  · L5") + 1 :][:2]

    assert all(mark in row for row in below for mark in "█▓▒░·")


def test_records_without_scores_get_no_picture_of_them():
    assert "by score" in as_html(RICH)
    assert "by score" not in as_html(EMPTY)
    assert "by score" in plain(as_text(RICH, 120))
    without = replace(RICH, facts=replace(RICH.facts, scores=()))
    assert "by score" not in plain(as_text(without, 120))


def test_a_narrow_terminal_gets_no_charts():
    assert "flag rate by day" in plain(as_text(RICH, 120))
    assert "flag rate by day" not in plain(as_text(RICH, 60))
