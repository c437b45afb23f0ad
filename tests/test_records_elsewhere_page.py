"""The page about records that stay elsewhere: its scripts are printed, and its names are real."""

from __future__ import annotations

import re
from pathlib import Path

from policyctl.adapters.analytics.scripts.layout import LAYOUTS
from policyctl.cli.elsewhere import SqlEngine

TEXT = (Path(__file__).parents[1] / "docs/records-elsewhere.md").read_text(encoding="utf-8")


def test_the_scripts_of_the_page_are_printed(recorded):
    commands = re.search(r"```sh\n(.*?)```", TEXT, re.DOTALL)[1].splitlines()

    done = [recorded.run(*line.split()[1:]) for line in commands]

    assert [(one.code, one.err) for one in done] == [(0, ""), (0, "")]
    for one in done:
        for name in LAYOUTS:
            assert f"Save as {name}.csv" in one.out


def test_every_engine_and_every_table_is_named():
    assert all(f"`{engine.value}`" in TEXT for engine in SqlEngine)
    assert all(f"`{name}`" in TEXT for name in LAYOUTS)
