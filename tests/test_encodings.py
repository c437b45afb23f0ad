"""Text is read and written the same on every machine: in UTF-8, with plain line ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters.settings_file import toml_data
from policyctl.core.json_line import decode_line
from policyctl.core.unusable import UnusableError

SOURCES = sorted(Path(policyctl.__file__).parent.rglob("*.py"))
BYTES = "b"
OTHERS = {"os", "Workspace", "GovernedRepository", "ServedRepository", "Repository"}
"""What has an ``open`` of its own that opens no text."""


def text_files(tree: ast.AST) -> Iterator[tuple[int, bool, set[str]]]:
    """Each call that opens, reads or writes text: its line, whether it writes, what it names."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        named = {word.arg for word in call.keywords if word.arg}
        match call.func:
            case ast.Attribute(attr="read_text"):
                # A file of a package (Traversable) takes the encoding by its place.
                yield call.lineno, False, named | ({"encoding"} if call.args else set())
            case ast.Attribute(attr="write_text"):
                yield call.lineno, True, named
            case ast.Name(id="open") | ast.Attribute(attr="open"):
                mode = mode_of(call)
                if mode is not None and BYTES not in mode:
                    yield call.lineno, bool(set("wax+") & set(mode)), named


def mode_of(call: ast.Call) -> str | None:
    """The mode in which a file is opened; None if it is something else that is opened."""
    at = 1 if isinstance(call.func, ast.Name) else 0
    given = [*call.args[at : at + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    if given:
        value = given[0]
        known = isinstance(value, ast.Constant) and isinstance(value.value, str)
        return str(value.value) if known and set(value.value) <= set("rwaxbt+") else None
    of = call.func.value if isinstance(call.func, ast.Attribute) else None
    opened = any(word.arg in ("encoding", "errors", "newline") for word in call.keywords)
    of_files = isinstance(call.func, ast.Name) or opened
    return "r" if of_files and not (isinstance(of, ast.Name) and of.id in OTHERS) else None


def test_every_text_file_is_read_and_written_in_a_named_encoding_and_with_named_line_ends():
    found = [
        f"{file}:{line}"
        for file in SOURCES
        for line, writes, named in text_files(ast.parse(file.read_bytes()))
        if "encoding" not in named or (writes and "newline" not in named)
    ]

    assert len(SOURCES) > 100
    assert found == []


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        ("open(p)", False),
        ("open(p, encoding='utf-8')", True),
        ("open(p, 'w', encoding='utf-8')", False),
        ("p.open('w', encoding='utf-8', newline='')", True),
        ("p.open('w')", False),
        ("p.open('xb')", True),
        ("p.write_text('x', encoding='utf-8')", False),
        ("p.read_text()", False),
        ("p.read_text('utf-8', 'replace')", True),
        ("os.open(p, os.O_RDONLY)", True),
        ("Workspace.open(here)", True),
    ],
)
def test_what_depends_on_the_machine_is_found(source, fits):
    found = list(text_files(ast.parse(source)))

    assert (
        all("encoding" in named and ("newline" in named or not w) for _, w, named in found) is fits
    )


BOM = "\ufeff".encode()


def test_settings_are_read_with_the_mark_and_line_ends_that_windows_writes():
    content = BOM + b"[handles]\r\nerin = '@erin'\r\n"

    assert toml_data(content, "policyctl.toml")[1] == {"handles": {"erin": "@erin"}}


def test_a_record_after_a_byte_order_mark_is_refused_for_that_reason():
    assert decode_line(b'{"app": "x"}\r\n') == {"app": "x"}
    with pytest.raises(UnusableError, match="begins with a byte order mark"):
        decode_line(BOM + b'{"app": "x"}\r\n')


def test_a_policy_with_windows_line_ends_is_fine_and_one_with_a_mark_is_told_how_to_lose_it(world):
    text = (Path(__file__).parent / "data/team-assistant.yaml").read_bytes()
    content = text.replace(b"\n", b"\r\n")

    world.write("policies/team-assistant.yaml", content)
    assert world.run("validate").code == 0

    world.write("policies/team-assistant.yaml", BOM + content)
    done = world.run("validate")
    assert done.code == 1
    assert "policies/team-assistant.yaml:1:1: error: a byte order mark" in done.out
    assert "= save the file as UTF-8 without it\n" in done.out
