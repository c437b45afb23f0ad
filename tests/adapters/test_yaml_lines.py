"""What is read line by line has the values that the parser finds; the rest is left to it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from policyctl.adapters.yaml_line_places import line_places
from policyctl.adapters.yaml_lines import _REMEMBERED, _keys, _known, _parts, values
from policyctl.adapters.yaml_nodes import build
from policyctl.adapters.yaml_plain import UnusualError

GENERATED = 12_000
SCALARS = (
    *("a", "two words", "L2", "10%", "14d", "0", "42", "3.5", "true", "x.y/z-1", "é", "日本 語"),
    *("https://example.com/a#b", "a#b", "a,b [c] {d}", "it's", 'say "x"', "a:b", "12:30", "$x"),
    *('"a"', "'a'", '""', "''", '"a # b: c"', "'[x]'", '"yes"', "(a)", "~x", "<b>", "a & b", "a|b"),
    *("yes", "null", "~", "017", "2027-01-01", "1_0", ".inf", "=", "<<", "-1", "+1", "", "..."),
    *("a: b", "a #", "a:", "- a", "? a", "&x a", "*x", "!t a", "@a", "`a`", "%a", '"a', "'it''s'"),
    *(
        '"\\n"',
        '"a"b',
        "'a' b",
        "a\u00a0b",
        "\\",
        "a\tb",
        "[a",
        "a]",
        "---",
        "#x",
        "a  # b",
        '"x"#y',
    ),
    *("[a, b]", "[]", "{}", "[ a , 'b' ]", '["x, y", z]', "[a,]", "[,]", "[a b, 1, yes]", "[- a]"),
    *(
        "{a: 1}",
        "{a: 1, b: 'x'}",
        "{a: 1, a: 2}",
        "{a:1}",
        "{a: }",
        "{no: 1}",
        "{'a': 1}",
        "[a: b]",
    ),
    *("{a: b, c}", "[a?b]", "[[a]]", "{a: [b]}", "[a] # c", "[a]#c", "[a] b", "{ a: x y , b: 1 }"),
    *(
        "[ ]",
        "[a, b",
        "{a: 1",
        "['a',b]",
        '["a" b]',
        "[a #c]",
        "{a: b: c}",
        "[a*, b&, c!]",
        "[&a b]",
    ),
)
USUAL = 18  # so many of them are read line by line
TEXTS = ("|", ">", "|-", ">-", "|-", ">-", "|+", ">2", ">- # c")
KEYS = ("a", "b", "c", "d", "e", "f.g", "h-i", "j/k", "_l", "m" * 99, "no", "1", "é", "'k'", "a b")
COMMENTS = ("", "", "", "", " # note", "  #")
BETWEEN = ("", "# c", "  # c", "   ", "...", "---", "text", "  more text", "-", "- a", "a: b", "]")
PIECES = (
    " ",
    "  ",
    "\n",
    ":",
    ": ",
    " #",
    "#",
    "-",
    "- ",
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    ",",
    "|",
    "\t",
)


def scalar(draw: random.Random) -> str:
    return draw.choice(SCALARS[:USUAL] if draw.random() < 0.9 else SCALARS)


def valued(draw: random.Random, pad: str) -> str:
    """What stands behind a key, and below it."""
    kind = draw.random()
    if kind < 0.6:
        return f" {scalar(draw)}{draw.choice(COMMENTS)}\n"
    if kind < 0.75:
        inside = pad + "  " * draw.choice((1, 1, 1, 2, 0))
        rows = draw.choices(
            ("one", "two # x", "a: b", "- c", " more", "pad ", ""), [9, 9, 9, 9, 1, 1, 1], k=2
        )
        return f" {draw.choice(TEXTS)}\n" + "".join(f"{inside}{row}\n" for row in rows)
    return "\n" + node(draw, pad + draw.choice(("  ", "  ", "  ", "    ", "")))


def node(draw: random.Random, pad: str) -> str:
    """A mapping or list as policies have them."""
    if len(pad) > 8:
        return f"{pad}a: b\n"
    keys = draw.sample(KEYS[: 10 if draw.random() < 0.9 else None], draw.randrange(1, 4))
    if not pad or draw.random() < 0.5:
        return "".join(f"{pad}{key}:{valued(draw, pad)}" for key in keys)
    rows = []
    for key in keys:
        rows.append(f"{pad}- {scalar(draw)}\n")
        rows.append(f"{pad}- {key}:{valued(draw, pad + '  ')}{pad}  z: {scalar(draw)}\n")
    return "".join(rows)


def written(draw: random.Random) -> str:
    """A document; every other one has something in it that may not belong there."""
    text = node(draw, "")
    if draw.random() < 0.5:
        return text
    if draw.random() < 0.5:
        at = draw.randrange(len(text))
        return text[:at] + draw.choice(PIECES) + text[at + draw.randrange(2) :]
    lines = text.split("\n")
    lines.insert(draw.randrange(len(lines)), draw.choice(BETWEEN))
    return "\n".join(lines)


def by_parser(text: str):
    document, findings = build(text.encode(), text, "")
    return None if document is None or findings else document.data


def by_line(text: str):
    try:
        return values(text)
    except UnusualError:
        return None


def test_what_is_read_has_the_values_that_the_parser_finds():
    read = 0
    for seed in range(GENERATED):
        text = written(random.Random(seed))
        found = by_line(text)
        if found is not None:
            read += 1
            assert repr(found) == repr(by_parser(text)), text

    assert read > GENERATED / 20


@pytest.mark.parametrize("value", SCALARS)
@pytest.mark.parametrize(
    "form", ["k: {}\n", "- {}\n", "k:\n  - {}\n", "k: {} # c\n", "k: {}", "{}\n"]
)
def test_each_value_is_read_as_the_parser_reads_it_or_left_to_it(form, value):
    text = form.format(value)
    found = by_line(text)

    assert found is None or repr(found) == repr(by_parser(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: b\n", {"a": "b"}),
        ("# top\n\na: b  # c\n", {"a": "b"}),
        ("a: 'x: y'\nb: \"#\"\n", {"a": "x: y", "b": "#"}),
        ("a: https://x/y#z\n", {"a": "https://x/y#z"}),
        ("a: [x, 'y, z', 3]\n", {"a": ["x", "y, z", 3]}),
        ("a: {x: 1, z: two words}\n", {"a": {"x": 1, "z": "two words"}}),
        ("a:\n- b\n- c\nd: e\n", {"a": ["b", "c"], "d": "e"}),
        ("a:\n  - b: 1\n    c: 2\n  - d\n", {"a": [{"b": 1, "c": 2}, "d"]}),
        ("a:\n  - b:\n    - c\n    d: e\n", {"a": [{"b": ["c"], "d": "e"}]}),
        ("a: >-\n  one\n  two: # x\nb: c\n", {"a": "one two: # x", "b": "c"}),
        ("a: |\n  one\n    two\n\n\n# end\n", {"a": "one\n  two\n"}),
        ("a:\n  - b: >\n      one\n      two\n", {"a": [{"b": "one two\n"}]}),
        ("a: größe 日本\n", {"a": "größe 日本"}),
    ],
)
def test_the_lines_of_policies_are_read(text, found):
    assert by_line(text) == found


UNUSUAL = (
    *("", "\n", "# only\n", "a\n", "- a\n", "a:\n", "a:\nb: c\n", " a: b\n", "a: b\n  c: d\n"),
    *("a: b\n  more\n", "a: b\n- c\n", "a: b\na: c\n", "a: {x: 1, x: 2}\n", "a: |\n  one"),
    *("a:\n    - b\n  - c\n", "a:\n - b\n- c\n", "- a: b\n", "a: &x b\n", "a: *x\n", "a: !t b\n"),
    *("a: yes\n", "no: a\n", "a:\tb\n", "a: b\r\n", "---\na: b\n", "a: b\n...\n", "%YAML 1.2\n"),
    *("a: |\n", "a: |", "a: |\nb: c\n", "a: >-\n  one\n\n  two\n", "a: >-\n   one\n  two\n"),
    *("a: |+\n  one\n", "a: >-\n  one \nb: c\n", "a: >-\n    one\n  # two\nb: c\n", "a: [b\n"),
    *("a: [b,\n  c]\n", 'a: "b\n  c"\n', "? a\n: b\n", "a : b\n", "a: b: c\n", "<<: b\n"),
    *("a: [[b]]\n", "a: {b: [c]}\n", "größe: 1\n", "1: a\n", "a: 2027-01-01\n"),
)


@pytest.mark.parametrize("text", UNUSUAL)
def test_all_else_is_left_to_the_parser(text):
    assert by_line(text) is None


def test_depth_is_bounded_as_the_parser_bounds_it():
    deep = "".join(f"{'  ' * level}a:\n" for level in range(60)) + "  " * 60 + "b: c\n"

    assert by_line(deep) is None


def test_what_is_remembered_is_never_shared_and_never_much():
    text = "a: [x]\nb: {c: d}\n"
    first, second = values(text), values(text)
    first["a"].append("y")
    first["b"]["e"] = "f"

    assert second == values(text) == {"a": ["x"], "b": {"c": "d"}}
    values("".join(f"k{number}: v\n" for number in range(3 * _REMEMBERED)))
    values("a: {" + ", ".join(f"k{number}: v" for number in range(3 * _REMEMBERED)) + "}\n")
    values(f"a: {'x' * 50_000}\nb: [{'x' * 50_000}]\nc:\n{' ' * 50_000}d: e\n")
    for memory in (_known, _keys, *_parts.values()):
        assert len(memory) <= _REMEMBERED
        assert max(map(len, memory)) < 1000


@pytest.mark.parametrize(
    "texts",
    [
        ("a:\n- b: c\n", "a:\n- b\n"),
        ("a: {b: c}\n", "a: [b: c]\n"),
        ("a: [b, c]\n", "a: {b, c}\n"),
        ("a: [b, c]\n", "a: ['b, c', d]\n"),
        ("a: {b: 1, c: 2}\n", "a: {b: 1, b: 1}\n"),
    ],
)
def test_what_was_read_before_changes_nothing(texts):
    for text in (*texts, *reversed(texts)):
        found = by_line(text)
        assert found is None or repr(found) == repr(by_parser(text))


def test_all_policies_that_ship_are_read(request):
    root = Path(request.config.rootpath)
    files = [*root.glob("baselines/*.yaml"), *root.glob("policyctl/starters/**/*.yaml")]

    assert len(files) >= 5
    assert [path.name for path in files if by_line(path.read_text("utf-8")) is None] == []


def test_values_and_keys_stand_where_the_parser_finds_them():
    compared = 0
    for seed in range(GENERATED // 4):
        text = written(random.Random(seed))
        if by_line(text) is not None:
            compared += 1
            found, keys = line_places(text)
            document, _ = build(text.encode(), text, "")
            assert dict(found) == dict(document.values), text
            assert dict(keys) == dict(document.keys), text

    assert compared > GENERATED / 80
