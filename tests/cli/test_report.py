"""The report on an estate: one page, the same bytes for the same ledger, honest about limits."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from policyctl.adapters.governed_repository import GovernedRepository
from policyctl.core import paths

DAY = ("--now", "2026-07-10T12:00:00Z")
VOID = {"meta", "input", "line", "rect", "circle", "path", "polyline"}
CLOSES_BY_ITSELF = {"tr", "td", "th", "li", "thead", "tbody"}


class Page(HTMLParser):
    """What a page holds, read by Python's own parser."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.open, self.attributes = [], [], [], set()
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attributes |= {name for name, _ in attrs}
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if tag not in VOID | CLOSES_BY_ITSELF:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID | CLOSES_BY_ITSELF:
            assert self.open.pop() == tag

    def section(self, name):
        """The words between a section's start and the next one's, without markup."""
        found = re.search(rf'<section id="{name}".*?</section>', self.text, re.DOTALL)[0]
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", found)).split())


def page_of(world, *arguments, code=0):
    ran = world.run("report", "--out", "-", *DAY, *arguments)
    assert (ran.code, ran.err) == (code, ""), ran.err
    return Page(ran.out)


def test_every_link_leads_somewhere_and_every_element_ends(estate):
    page = page_of(estate, "--since", "2026-06-01")

    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(page.links) > 20


def test_the_page_allows_its_own_style_and_script_and_nothing_else(estate):
    page = page_of(estate)

    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page.text)[1]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in unescape(policy)
    assert unescape(policy).startswith("default-src 'none'; ")
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not page.attributes & {"src", "style", "srcset", "action"}
    assert re.findall(r"url\(|@import|https?:", page.text) == []


def test_the_same_ledger_gives_the_same_bytes(estate):
    assert page_of(estate).text == page_of(estate).text


@pytest.mark.parametrize(
    "asked", [("report", "--out", "-"), ("export", "--format", "oscal-component-definition")]
)
def test_of_files_that_were_verified_only_those_are_read_again_that_it_tells_of(
    estate, monkeypatch, asked
):
    read = set()
    snapshot = GovernedRepository.snapshot

    def watched(self, *arguments):
        found = snapshot(self, *arguments)
        read.update(found)
        return found

    monkeypatch.setattr(GovernedRepository, "snapshot", watched)

    assert estate.run(*asked).code == 0
    assert {path.partition("/")[0] for path in read} == {"policies", ".policyctl"}
    assert {path.split("/")[1] for path in read if path.startswith(paths.HOME)} == {
        "baselines",
        "evidence",
    }


def test_each_policy_shows_what_was_approved_and_where_it_comes_from(estate):
    page = page_of(estate)

    words = page.section("policies")
    assert "In force: blocks prompt_attack input from L2, in redteam-lab" in words
    assert "prompt_attack input block L2 baseline internal-facing@1" in words
    assert "approval: entry 3 (edit) waits for 1 x security → sam" in words
    assert "Evidence of entry 2 18165 records" in words
    assert "met records: 4086 evaluations where the stage acts (2000 asked for)" in words
    assert "exception expired: exception 'old-lab' expired after 2026-06-15 → sam" in words
    assert "20/28 days to enforce" in words


def test_every_entry_says_who_signed_it_and_what_covers_it(estate):
    words = page_of(estate).section("changes")

    assert (
        "promote logging → limited the window is complete erin (author); sam as security" in words
    )
    assert "edit fewer false alarms erin (author); waits for 1 x security" in words
    assert words.count("this commit") == 7 + 1  # and the sentence above the tables
    assert "checkpoint 1" not in words


def test_what_a_checkpoint_covers_is_told_and_what_came_after_it_is_new(estate):
    world = estate
    review = ("record", "parked", "--reviewed", "--rationale", "the dials fit")
    for by, arguments in (
        ("sam", ("approve", "team-assistant", "--yes")),
        ("erin", ("checkpoint",)),
        ("ada", (*review, "--now", "2026-07-09")),
    ):
        ran = world.run(*arguments, by=by)
        assert ran.code == 0, ran.err

    page = page_of(world, "--since", "checkpoint-1")

    words = page.section("new")
    assert words.startswith("New since checkpoint 1 1 change, newest first.")
    assert words.endswith("2026-07-09 00:00 UTC parked review the dials fit")
    assert page.section("changes").count("checkpoint 1") == 7
    assert " erin" in page.section("verify").partition("Checkpoints with which")[2]


def test_what_is_new_since_a_day_is_called_out(estate):
    words = page_of(estate, "--since", "2026-06-20").section("new")

    assert words.startswith("New since 2026-06-20 00:00 UTC 3 changes, newest first.")
    assert page_of(estate).text.count('id="new"') == 0


def test_controls_say_in_which_stage_who_serves_them(estate):
    words = page_of(estate).section("controls")

    assert "LLM01 Prompt Injection team-assistant help-desk , parked" in words
    assert "no policy" in words


def test_a_ledger_that_does_not_verify_is_shown_as_one(estate):
    world = estate
    entry = world.folder / ".policyctl/log/help-desk/000001.json"
    entry.write_bytes(entry.read_bytes().replace(b"why there is", b"why this is"))
    world.git("commit", "-qam", "nobody will see")

    page = page_of(world, code=4)

    assert re.search(
        r'<p class="verdict bad">this ledger does not verify: \d findings?</p>', page.text
    )
    assert "tampered" in page.section("risks")
    assert ".policyctl/log/help-desk/000001.json" in page.section("verify")


def test_signatures_that_are_owed_are_no_failure(estate):
    page = page_of(estate)

    assert '<p class="verdict open">verified, but for signatures that are owed</p>' in page.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--since", "yesterday"), "--since 'yesterday' is no time and no checkpoint"),
        (("--since", "checkpoint-4"), "there is no checkpoint 4"),
        (("--applied", "nowhere"), "cannot read nowhere"),
        (("--pin", "abc"), "--pin 'abc' is not a sha256"),
    ],
)
def test_what_cannot_be_done_gets_one_message_and_no_page(estate, asked, said):
    ran = estate.run("report", "--out", "page.html", *asked)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (estate.folder / "page.html").exists()


def test_the_page_is_written_whole_beside_what_was_there(estate):
    (estate.folder / "out").mkdir()
    (estate.folder / "out/page.html").write_text("old")

    ran = estate.run("report", "--out", "out/page.html", *DAY)

    assert (ran.code, ran.out) == (0, "")
    assert re.fullmatch(r"out/page.html: \d+ KiB\n", ran.err)
    assert [item.name for item in (estate.folder / "out").iterdir()] == ["page.html"]
    assert (estate.folder / "out/page.html").read_text().startswith("<!doctype html>")


def test_no_character_can_steer_or_turn_what_is_read(recorded):
    world = recorded
    content = world.read("policies/team-assistant.yaml").decode()
    name = '"safe\\u202Egnihton skcolb\\u202C \\u200B\\u001B[2J"'
    world.write(
        "policies/odd.yaml",
        content.replace("id: team-assistant", "id: odd").replace(
            "name: Team assistant", f"name: {name}"
        ),
    )
    ran = world.run("record", "odd", "--rationale", "an odd name", by="erin")
    if ran.code:  # refused before it can get in
        assert ran.code == 2, ran.err
        return

    text = world.run("report", "--out", "-").out

    assert not set(text) & set("\u202e\u202c\u200b\x1b")
    assert "\\u202e" in text
