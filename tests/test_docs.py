"""The index leads to every page, every link of every page somewhere, and new pages say for whom."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import policyctl
from policyctl.cli.app import COMMANDS, loaded

TOP = Path(policyctl.__file__).parent.parent
DOCS = TOP / "docs"
INDEX = DOCS / "README.md"

if not INDEX.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

PAGES = [*sorted(DOCS.rglob("*.md")), TOP / "README.md", TOP / "SECURITY.md"]
IN_FOLDERS = ("adr", "rules", "engines")
FENCED = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


@cache
def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as forges make them."""
    found = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in found)


def links(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_leads_to_every_page():
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links(INDEX)}
    missing = [
        page.relative_to(DOCS).as_posix()
        for page in DOCS.rglob("*.md")
        if page not in (INDEX, *linked) and page.parent.name not in IN_FOLDERS
    ]

    assert missing == []
    assert all((DOCS / name).resolve() in linked for name in ("adr", "rules"))


def test_the_page_about_engines_leads_to_each_of_them():
    index = DOCS / "engines" / "README.md"
    linked = {link.partition("#")[0] for link in links(index)}

    assert {page.name for page in index.parent.glob("*.md")} - {"README.md"} <= linked


@cache
def options(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The options of a command, and the names of its own commands."""
    first, _, second = name.partition(" ")
    command: Any = loaded(first)
    inner = getattr(command, "commands", {})
    command = inner[second] if second else command
    found = {word for it in command.params for word in (*it.opts, *it.secondary_opts)}
    return frozenset({*found, "--help", "-h"}), () if second else tuple(inner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_every_command_that_a_sentence_names_is_there_with_its_options(page):
    for text in re.findall(r"`policyctl ([^`]+)`", prose(page)):
        words = text.split()
        if words[0].startswith("-"):
            continue
        assert words[0] in COMMANDS, text
        _, inner = options(words[0])
        known, _ = options(" ".join(words[:2]) if words[1:] and words[1] in inner else words[0])
        assert {word.split("=")[0].strip("[],…") for word in words if "--" in word} <= known, text


@pytest.mark.parametrize(
    "page",
    [
        DOCS / "tutorial.md",
        DOCS / "comparison.md",
        *sorted((DOCS / "guides").glob("*.md")),
        *sorted((DOCS / "explanation").glob("*.md")),
    ],
    ids=lambda page: page.stem,
)
def test_a_page_opens_with_whom_it_is_for(page):
    paragraph = page.read_text(encoding="utf-8").split("\n\n")[1]

    assert paragraph.startswith("For ")
