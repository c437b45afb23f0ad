"""What programs may rely on: the page's examples run, and nothing of the surface changes unseen."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from policyctl import api

TEXT = (Path(__file__).parents[1] / "docs/python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
TABLE = re.findall(r"^\| (`\w+`.*?|each finding) \| `(\w+)` \| (.*) \|$", TEXT, re.MULTILINE)


def test_the_examples_run_and_print_nothing_of_their_own(estate, events, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records.jsonl.gz").write_bytes(Path(events).read_bytes())
    content = estate.read("policies/parked.yaml").decode()
    (tmp_path / "before.yaml").write_text(content)
    (tmp_path / "after.yaml").write_text(content.replace("stage: logging", "stage: limited"))
    before = estate.state()
    estate.capture.readouterr()

    names = {"repository": estate.folder}
    exec("\n".join(EXAMPLES), names)  # the page is ours

    said = estate.capture.readouterr()
    assert said.err == ""
    assert "there is no policies/helpdesk.yaml | there are: help-desk" in said.out
    assert estate.state() == before
    assert len(EXAMPLES) == 8


def test_no_name_and_no_argument_changes_unseen(golden):
    functions = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]
    lines = [f"{name}{inspect.signature(getattr(api, name))}" for name in sorted(functions)]
    others = sorted(set(api.__all__) - set(functions))

    golden("api.txt", "\n".join([*lines, *others]) + "\n")
    assert {name for row, _, _ in TABLE for name in re.findall(r"`(\w+)`", row)} == set(functions)


@pytest.mark.parametrize(("name", "listed"), [(name, listed) for _, name, listed in TABLE])
def test_every_attribute_of_the_page_is_there(name, listed):
    kind = getattr(api, name)

    for attribute in re.findall(r"`(\w+)`", re.sub(r" \(.*?\)", "", listed)):
        assert attribute in kind.__annotations__ or hasattr(kind, attribute), attribute


def test_only_its_own_errors_are_raised(tmp_path):
    for call in (
        lambda: api.validate(folder=tmp_path),
        lambda: api.lint("nothing.yaml", folder=tmp_path),
        lambda: api.effective("nobody", folder=tmp_path),
        lambda: api.diff(folder=tmp_path),
        lambda: api.diff_files(tmp_path / "a.yaml", tmp_path / "b.yaml"),
        lambda: api.evidence("nobody", ["no.jsonl"], folder=tmp_path),
        lambda: api.verify(folder=tmp_path),
        lambda: api.status(folder=tmp_path),
    ):
        with pytest.raises(api.PolicyctlError) as caught:
            call()
        assert caught.value.message
