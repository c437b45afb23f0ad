"""Files of engines are foreign: decoded by what they look like, and bounded."""

from __future__ import annotations

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyctl.adapters.engine_files import read_configurations, written_bytes
from policyctl.core.engines.target import Document, Syntax
from policyctl.errors import InputError


def decoded(tmp_path, content, name="live.json"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_configurations([str(file)])[0].data


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("live.json", '{"a": [1, true, null]}'),
        ("live", '\ufeff{"a": [1, true, null]}'),
        ("live.yaml", "a: [1, true, null]\n"),
        ("live.txt", "# a comment\na:\n  - 1\n  - true\n  - ~\n"),
    ],
)
def test_json_and_yaml_are_told_apart_by_what_they_look_like(tmp_path, name, content):
    assert decoded(tmp_path, content, name) == {"a": [1, True, None]}


def test_standard_input_is_a_file_too(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))

    assert read_configurations(["-"])[0].data == {"a": 1}


def test_short_tags_of_cloudformation_become_their_long_forms(tmp_path):
    text = "a: !Ref X\nb: !GetAtt [G, Id]\nc: !Sub {x: 1}\n"

    assert decoded(tmp_path, text) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["G", "Id"]},
        "c": {"Fn::Sub": {"x": 1}},
    }


def test_terraform_is_read_without_its_quotes(tmp_path):
    text = 'resource "aws_x" "own" {\n  name = "a \\"b\\""\n  inner {\n    on = true\n  }\n}\n'

    assert decoded(tmp_path, text, "main.tf") == {
        "resource": [{"aws_x": {"own": {"name": 'a "b"', "inner": [{"on": True}]}}}]
    }


LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x", b"\xff\xfe\x00", "is not UTF-8"),
        ("x", "{\n  oops\n}", ":2:3:"),
        ("x", "a: [1\nb: 2\n", "x:2:"),
        ("x", "[" * 5000, "x"),
        ("x", "a: " + "[" * 5000, "x"),
        ("x", LAUGHS, "too many values"),
        ("x", "a: &a [*a]\n", "nested too deeply"),
        ("x", "a: !!python/object/apply:os.system [ls]\n", "x"),
        ("x.tf", 'resource "a" {', "is no Terraform"),
    ],
)
def test_hostile_or_broken_files_are_one_clear_error(tmp_path, name, content, said):
    with pytest.raises(InputError) as error:
        decoded(tmp_path, content, name)

    assert said in error.value.message


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"cannot read none\.json"):
        read_configurations(["none.json"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_is_written_as_json_is_read_back(tmp_path_factory, data):
    content = written_bytes(Document(name="x", data=data))

    assert json.loads(content) == data


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])) | st.just("a\nb\n")


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), max_size=4))
def test_what_is_written_as_yaml_is_read_back_by_another_library(data):
    yaml = pytest.importorskip("yaml")
    content = written_bytes(
        Document(name="x", data=data, syntax=Syntax.YAML, notes=("a note: [", "another"))
    )

    assert (yaml.safe_load(content) or {}) == data
