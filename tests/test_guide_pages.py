"""The tutorial and the guides, followed line by line: every command prints what the page shows.

A page is followed from an empty folder, by one shell, block by block:

- ``console``: behind ``$`` stands a command, behind ``>`` the rest of one. What follows is all that
  it prints, but for lines ``...``, which stand for any number of lines, and for ``(exit code N)``,
  without which it ends with 0.
  The auditor's script is there as ``check.sh``, because its page says to save it so.
- ``yaml add FILE``, ``json add FILE``: lines that the reader adds at the end of a file, new or not.
- ``yaml change FILE``: lines that the reader puts in the place of those with the same keys.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import policyctl

DOCS = Path(policyctl.__file__).parent.parent / "docs"

if not DOCS.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "guides").glob("*.md"))]
FENCE = re.compile(
    r"^```(console|(?:json|yaml) (?:add|change) \S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
SCRIPT = re.compile(r"^```sh check\.sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "=== the next command ==="

Step = tuple[str, list[str]]


def steps(page: Path) -> list[Step]:
    """What the reader of a page does, each with what stands below it."""
    found: list[Step] = []
    for kind, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "console":
            assert block.startswith("$ "), block
            found += commands(block.splitlines())
        else:
            _, how, file = kind.split()
            found.append((added(file, block) if how == "add" else changed(file, block), []))
    return found


def commands(rows: list[str]) -> list[Step]:
    found: list[Step] = []
    for row in rows:
        if row.startswith("$ "):
            found.append((row[2:], []))
        elif re.match("> |>$", row) and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{row[2:]}", [])
        else:
            found[-1][1].append(row)
    return found


def added(file: str, lines: str) -> str:
    return f"cat >> {shlex.quote(file)} <<'END'\n{lines}END"


def changed(file: str, lines: str) -> str:
    """A command that fails unless each line finds the one that it replaces."""
    program = "".join(f"/^{line.partition(':')[0]}:/c\\\n{line}\n" for line in lines.splitlines())
    keys = [shlex.quote(f"^{line.partition(':')[0]}:") for line in lines.splitlines()]
    there = " && ".join(f"grep -q {key} {file}" for key in keys)
    return f"{there} && sed {shlex.quote(program)} {file} > {file}.new && mv {file}.new {file}"


def timeless(text: str) -> str:
    """The text without what differs from run to run: digests, fingerprints, moments, days.

    Nor with spaces at the ends of lines, which git puts behind what a server says.
    """
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{12})\b", "HEX", text)
    text = re.sub(r"SHA256:[A-Za-z0-9+/]{43}", "FINGERPRINT", text)
    text = re.sub(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ| \d\d:\d\d UTC)", "MOMENT", text)
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", "DAY", text)


def is_shown(said: str, rows: list[str]) -> bool:
    """True if the rows of a page show all that a command said."""
    parts = ["(?:.*\n)*" if row == "..." else re.escape(timeless(row)) + "\n" for row in rows]
    return re.fullmatch("".join(parts), timeless(said)) is not None


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The repository of the demo, made once: pages that make it get a copy."""
    folder = tmp_path_factory.mktemp("demo") / "story"
    subprocess.run(
        [sys.executable, "-P", "-m", "policyctl", "demo", str(folder)],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return folder


@pytest.fixture
def follow(tmp_path, own_world, demo):
    def run(done_by_the_reader):
        """The exit code and the output of each step."""
        rows = [
            f'policyctl() {{ if [ "$1" = demo ]; then cp -R {shlex.quote(str(demo))} "$2";',
            f'  else {shlex.quote(sys.executable)} -P -m policyctl "$@"; fi; }}',
            "exec 2>&1",
        ]
        for command in done_by_the_reader:
            rows += [f"echo '{MARK}'", command, 'echo "= $?"']
        saved = SCRIPT.findall((DOCS / "verify-without-policyctl.md").read_text(encoding="utf-8"))
        (tmp_path / "check.sh").write_text(*saved, encoding="utf-8")
        script = own_world / "page.sh"
        script.write_text("\n".join([*rows, ""]), encoding="utf-8")
        done = subprocess.run(
            ["/bin/sh", str(script)],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
        for piece in done.stdout.split(f"{MARK}\n")[1:]:
            said, _, code = piece.rpartition("= ")
            yield int(code), said

    return run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_prints_what_the_page_shows(page, follow):
    story = steps(page)

    ran = list(follow(command for command, _ in story))

    assert len(ran) == len(story)
    for (command, rows), (code, said) in zip(story, ran, strict=True):
        ended = re.fullmatch(r"\(exit code (\d)\)", rows[-1]) if rows else None
        assert code == (int(ended[1]) if ended else 0), f"$ {command}\n{said}"
        assert is_shown(said, rows[:-1] if ended else rows), f"$ {command}\n{said}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_block_of_a_page_is_left_out(page):
    text = page.read_text(encoding="utf-8")

    assert len(FENCE.findall(text)) * 2 == len(re.findall(r"^```", text, re.MULTILINE))
