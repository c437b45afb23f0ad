"""Expressions are read as trees, within bounds, and never executed."""

from __future__ import annotations

import re
import time

import pytest

from policyctl.core.expression import (
    Anchor,
    Atomic,
    Chars,
    Choice,
    Look,
    Reference,
    Repeat,
    Sequence,
    expression,
)


def chars(text, *, among):
    """The characters of a string that an expression of one character takes."""
    read = expression(text)
    assert isinstance(read.tree, Chars)
    return "".join(char for char in among if read.tree.mask >> read.alphabet.index(char) & 1)


@pytest.mark.parametrize(
    ("text", "among", "taken"),
    [
        ("a", "abA", "a"),
        ("(?i)a", "abA", "aA"),
        ("(?i:ä)", "aäÄ", "äÄ"),
        ("[^a]", "ab\n", "b\n"),
        ("(?i)[^a]", "abA", "b"),
        (".", "a \n", "a "),
        ("(?s).", "a \n", "a \n"),
        (r"\d", "a1٣", "1٣"),
        (r"(?a)\d", "a1٣", "1"),
        (r"\w", "a_1ä-中", "a_1ä中"),
        (r"\W", "a_- ", "- "),
        (r"[\s\d]", "a1 \xa0", "1 \xa0"),
        (r"[^\s\d]", "a1 ", "a"),
        ("[a-c-]", "abd-", "ab-"),
        ("(?i)[a-c]", "aBd", "aB"),
        ("(?-i:a)", "aA", "a"),
        ("a|b|c", "abcd", "abc"),
        ("§", "a§", "§"),
    ],
)
def test_a_mask_holds_the_characters_that_python_would_match(text, among, taken):
    assert chars(text, among=among) == taken
    assert [char for char in among if re.fullmatch(text, char)] == list(taken)


def test_parts_choices_and_repetitions_keep_their_shape():
    tree = expression("ab*(?:cd|e)?f{2,5}g{3,}").tree

    assert isinstance(tree, Sequence)
    _, many, choice, few, least = tree.parts
    assert isinstance(many, Repeat)
    assert (many.least, many.most) == (0, None)
    assert isinstance(choice, Repeat)
    assert isinstance(choice.body, Choice)
    assert isinstance(few, Repeat)
    assert (few.least, few.most) == (2, 5)
    assert isinstance(least, Repeat)
    assert (least.least, least.most) == (3, None)


@pytest.mark.parametrize(
    ("text", "kind"), [("^", "start"), (r"\A", "start"), ("$", "end"), (r"\b", "boundary")]
)
def test_anchors_are_told_apart(text, kind):
    assert expression(text).tree == Anchor(kind=kind)


@pytest.mark.parametrize(
    ("text", "shape", "feature"),
    [
        ("(?=a)", Look, "a look-ahead"),
        ("(?!ab)", Look, "a look-ahead"),
        ("(?<=a)", Look, "a look-behind"),
        ("(?>a)", Atomic, "an atomic group"),
        ("a++", Atomic, "a possessive quantifier"),
        (r"(a)\1", Sequence, "a back-reference"),
        ("(a)?(?(1)b|c)", Sequence, "a conditional group"),
        ("(a)?(?(1)b)", Sequence, "a conditional group"),
        ("[[:alpha:]]", Sequence, "a set that looks like an operation on sets"),
    ],
)
def test_what_not_every_engine_has_is_noted(text, shape, feature):
    read = expression(text)

    assert isinstance(read.tree, shape)
    assert read.features == (feature,)


def test_a_back_reference_and_a_place_between_words_have_nodes_of_their_own():
    tree = expression(r"(a)\1\B").tree

    assert isinstance(tree, Sequence)
    assert tree.parts[1:] == (Reference(), Look(body=Sequence()))


def test_sets_of_a_million_characters_are_read_at_once():
    started = time.process_time()

    expression("(?i)" + r"[\x00-\U0010ffff]" * 22)

    assert time.process_time() - started < 1
