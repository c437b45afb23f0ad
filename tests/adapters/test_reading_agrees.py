"""Our reader finds what ruamel.yaml finds by YAML 1.2, in every file that it does not refuse."""

from __future__ import annotations

import os
import random
import sys
from itertools import islice
from pathlib import Path

import pytest

from policyctl.adapters.yaml_edit import agree
from policyctl.adapters.yaml_files import parse

GENERATED = 20_000
WANTED = 500
MOST = 800
SMALL = 20_000
PLAIN = (
    *("a", "text", "two words", "L2", "10%", "14d", "-1", "0", "42", "3.5", "true", "False", "~"),
    *("null", "", "x: y"[:1], "https://example.com/a#b", "a,b", "é", "日本", "0x1F", "1.5e+3"),
    *("yes", "12:30", "2027-01-01", "017", "0o17", ".inf", "1_000", "<<", "=", "- a", "? b"),
)
QUOTED = ('"a"', "'a'", '"\\u00e9\\n"', "'it''s'", '"yes"', "'2027-01-01'", '""', "' '", '"a # b"')
COMMENTS = ("", "", "", " # note", "  # 'quoted'")


class Draw:
    """Random YAML, mostly right and a little wrong."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def scalar(self) -> str:
        return self.random.choice(PLAIN if self.random.random() < 0.7 else QUOTED)

    def key(self) -> str:
        return self.random.choice(("a", "b", "c", "d e", "'f'", '"g"', "no", "1", "é"))

    def flow(self, depth: int) -> str:
        if depth > 2 or self.random.random() < 0.6:
            return self.random.choice(("a", "'b'", '"c"', "1", "true", "x y"))
        inner = [self.flow(depth + 1) for _ in range(self.random.randrange(3))]
        if self.random.random() < 0.5:
            return f"[{', '.join(inner)}]"
        return "{" + ", ".join(f"k{number}: {text}" for number, text in enumerate(inner)) + "}"

    def block(self, indent: int) -> str:
        style = self.random.choice(("|", ">", "|-", ">-", "|+"))
        rows = [self.random.choice(("one", "two # no comment", "'three'", "")) for _ in range(3)]
        pad = " " * (indent + 2)
        return style + "\n" + "\n".join(pad + row if row else "" for row in ["first", *rows])

    def value(self, indent: int, depth: int) -> str:
        kind = self.random.random()
        if depth > 3 or kind < 0.55:
            return " " + self.scalar() + self.random.choice(COMMENTS)
        if kind < 0.65:
            return " " + self.flow(0) + self.random.choice(COMMENTS)
        if kind < 0.72:
            return " " + self.block(indent)
        if kind < 0.76:
            return f" &x{self.random.randrange(9)} {self.scalar()}"
        if kind < 0.78:
            return f" *x{self.random.randrange(9)}"
        return "\n" + self.node(indent + 2, depth + 1)

    def node(self, indent: int, depth: int) -> str:
        pad = " " * indent
        if self.random.random() < 0.65:
            rows = [
                f"{pad}{self.key()}:{self.value(indent, depth)}"
                for _ in range(self.random.randrange(1, 4))
            ]
        else:
            rows = [
                f"{pad}-{self.value(indent, depth)}" for _ in range(self.random.randrange(1, 4))
            ]
        return "\n".join(rows)

    def document(self) -> bytes:
        text = self.random.choice(("", "", "---\n", "# top\n")) + self.node(0, 0)
        text += self.random.choice(("\n", "", "\n\n", "\n# end\n"))
        if self.random.random() < 0.05:
            text = text.replace("\n", "\r\n")
        return text.encode()


def test_generated_files_are_read_as_ruamel_reads_them():
    differing, read = [], 0
    for seed in range(GENERATED):
        content = Draw(seed).document()
        document, findings = parse(content, "")
        if document is None or findings:
            continue
        read += 1
        if not agree(content, document):
            differing.append(content)

    assert differing[:3] == []
    assert read > GENERATED / 20


def real_files() -> list[Path]:
    """YAML files that the packages of this machine ship, and those that somebody points to."""
    named = os.environ.get("POLICYCTL_REAL_CONFIGS", "")
    folders = [named] if named else []
    folders += [sys.prefix, sys.base_prefix, "/usr/lib", "/usr/share"]
    found = (
        Path(place, name)
        for folder in folders
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith((".yaml", ".yml"))
    )
    small = (path for path in found if path.is_file() and path.stat().st_size < SMALL)
    return list(dict.fromkeys(islice(small, MOST)))


def test_real_files_are_read_as_ruamel_reads_them():
    files = real_files()
    if len(files) < WANTED:
        pytest.skip(f"{len(files)} YAML files lie here: a machine with {WANTED} runs it")
    differing, compared = [], 0
    for path in files:
        content = path.read_bytes()
        document, findings = parse(content, "")
        if document is None or findings:
            continue
        compared += 1
        if not agree(content, document):
            differing.append(path)

    assert differing == []
    assert compared > len(files) / 4
