"""The page about ``report``: its commands run, and it names every option."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "docs/report.md").read_text(encoding="utf-8")


def test_the_commands_of_the_page_run(recorded):
    ran = recorded.run("checkpoint", by="erin")
    assert ran.code == 0, ran.err
    commands = re.search(r"```sh\n(.*?)```", TEXT, re.DOTALL)[1].splitlines()

    done = [recorded.run(*line.split()[1:]) for line in commands]

    assert [one.code for one in done] == [0, 0, 0]
    assert (recorded.folder / "report.html").stat().st_size > 20_000


def test_every_option_is_on_the_page(recorded):
    options = set(re.findall(r"--[a-z-]+", recorded.run("report", "--help").out))
    assert options - {"--help", "--now", "--engine"} <= set(re.findall(r"--[a-z-]+", TEXT))
