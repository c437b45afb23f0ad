"""The comment as people see it on a pull request: the verdict first, the details folded.

Set POLICYCTL_PICTURES to a folder to keep the pictures.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
WIDTH, HEIGHT = 860, 640  # a comment's column, and what is seen of it without scrolling
STYLE = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1f2328;
       margin: 24px; width: 812px; word-wrap: break-word }
h3 { font-size: 1.25em; margin: 0 0 16px } p, ul, table, details { margin: 0 0 16px }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%;
        overflow: auto }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left }
tr:nth-child(2n) { background: #f6f8fa } summary { cursor: pointer } sub { font-size: 75% }
code, pre { background: #f6f8fa; font-size: 85% }
"""
MEASURE = """
(() => {
  const all = name => [...document.querySelectorAll(name)];
  const top = name => Math.round(document.querySelector(name).getBoundingClientRect().top);
  const tables = all('table').filter(node => node.checkVisibility());
  document.body.dataset.report = JSON.stringify({
    verdict: top('h3'),
    table: top('table'),
    folded: all('details').filter(node => !node.open).length,
    open: all('details').filter(node => node.open).length,
    tables: all('table').length,
    seen: tables.length,
    cutOff: tables.filter(node => node.scrollWidth > node.clientWidth).length,
    height: document.documentElement.scrollHeight,
  });
})();
"""

if BROWSER is None:
    pytest.skip("there is no chromium: .ci/run installs it where it may", allow_module_level=True)


def page(markdown):
    """A comment as a page of its own: GitHub's tables, and the HTML that GitHub lets through."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><body>"
        f"{parser.render(markdown)}<script>{MEASURE}</script>"
    )


def browse(folder, html, *options):
    """Run the browser on a page; what it printed."""
    file = folder / "comment.html"
    file.write_text(html, "utf-8")
    profile = folder / "profile"
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--hide-scrollbars", "--no-first-run", f"--user-data-dir={profile}"),
            *(f"--window-size={WIDTH},{HEIGHT}", *options, file.as_uri()),
        ],
        env={"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    return done.stdout


def measured(folder, html, name):
    """Where things are on the page; a picture is kept where somebody wants it."""
    if wanted := os.environ.get("POLICYCTL_PICTURES"):
        Path(wanted).mkdir(parents=True, exist_ok=True)
        browse(folder, html, f"--screenshot={Path(wanted) / name}.png")
    found = re.search(r'data-report="([^"]*)"', browse(folder, html, "--dump-dom"))
    return json.loads(unescape(found[1]))


POLICY = (Path(__file__).parents[1] / "data/team-assistant.yaml").read_text("utf-8")


def policy(name, **changes):
    text = POLICY.replace("id: team-assistant", f"id: {name}")
    for old, new in changes.values():
        text = text.replace(old, new)
    return text


@pytest.fixture
def changed(origin, job, api):
    """The comment on a pull request about four policies: two recorded, one owed, one by hand."""
    author = origin.author
    names = ("search-helper", "shop-chat", "voice-agent")
    for name in names:
        author.write(f"policies/{name}.yaml", policy(name))
    done = author.run("record", *names, "--rationale", "new assistants", by="erin")
    assert done.code == 0, done.err
    origin.push("main")
    author.git("switch", "-q", "-c", "feature")
    scope = ("apps: [redteam-lab]", "apps: [redteam-lab, assistant]")
    gate = ("records: 2000", "records: 1000")
    author.write("policies/shop-chat.yaml", policy("shop-chat", a=scope, b=gate))
    tighter = policy("team-assistant", a=("records: 2000", "records: 5000"))
    author.write("policies/team-assistant.yaml", tighter)
    done = author.run(
        *("record", "shop-chat", "team-assistant"), "--rationale", "a wider trial", by="erin"
    )
    assert done.code == 0, done.err
    assert author.run("retire", "voice-agent", "--rationale", "gone", by="erin").code == 0
    by_hand = policy("search-helper", a=("Answers questions", "Finds documents"), b=gate)
    author.write("policies/search-helper.yaml", by_hand)
    author.git("commit", "-qam", "by hand")
    head = origin.push("feature")
    job(origin.checkout(head), "pull_request", origin.pull_request(head)).action(install="none")
    [comment] = api.comments
    return comment["body"]


def test_verdict_and_table_are_in_the_first_screenful_and_the_details_are_folded(changed, tmp_path):
    found = measured(tmp_path, page(changed), "comment")

    assert found["verdict"] < 60
    assert found["verdict"] < found["table"] < HEIGHT // 3
    assert found["open"] == 0
    assert found["folded"] >= 4
    assert found["seen"] == 1 < found["tables"]
    assert found["cutOff"] == 0
    assert found["height"] < 2 * HEIGHT


def test_everything_is_there_once_it_is_unfolded(changed, tmp_path):
    html = page(changed).replace("<details>", "<details open>")

    found = measured(tmp_path, html, "comment-unfolded")

    assert found["folded"] == 0
    assert found["seen"] == found["tables"]
