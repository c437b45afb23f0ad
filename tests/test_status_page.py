"""The page about ``status`` shows what the command prints, and names the options that it has."""

from __future__ import annotations

import re
from pathlib import Path

from policyctl.usecases.status import Order

TEXT = (Path(__file__).parents[1] / "docs/status.md").read_text(encoding="utf-8")
BOARD = Path(__file__).parent / "golden/status/board.txt"


def fences(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_page_shows_what_is_printed():
    assert fences("text") == [BOARD.read_text(encoding="utf-8")]


def test_the_commands_of_the_page_run(recorded, events, monkeypatch):
    (recorded.folder / "records.jsonl.gz").write_bytes(Path(events).read_bytes())
    monkeypatch.setenv("POLICYCTL_KEY", str(recorded.keys / "erin"))

    done = [recorded.run(*line.split()[1:]) for line in fences("sh")[0].splitlines()]

    assert [(one.code, one.err) for one in done] == [(0, "")] * 4


def test_every_order_and_every_option_is_on_the_page(recorded):
    named = re.search(r"^\| `--sort (.*?) \|", TEXT, re.MULTILINE)
    assert named[1].replace("`", "").split(", ") == [order.value for order in Order]
    options = set(re.findall(r"--[a-z-]+", recorded.run("status", "--help").out))
    general = {"--help", "--key", "--now", "--engine", "--format"}
    assert options - general <= set(re.findall(r"--[a-z-]+", TEXT))
