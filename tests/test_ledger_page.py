"""The page about the ledger lists every code of `verify`, and its examples are a real ledger."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

import policyctl
from policyctl.adapters import schemas
from policyctl.adapters.ssh_verification import verify
from policyctl.core import paths
from policyctl.core.canonical import encode, sha256
from policyctl.core.document import Document
from policyctl.core.entry import Entry, parse_entry
from policyctl.core.root_document import parse_root
from policyctl.core.sshsig import dearmor
from policyctl.core.trust_root import TrustRoot, allowed_signers, approval_namespace

TOP = Path(policyctl.__file__).parent.parent
PAGE = TOP / "docs" / "ledger.md"

if not PAGE.exists():
    pytest.skip("no docs beside the package: run this in a checkout", allow_module_level=True)

TEXT = PAGE.read_text(encoding="utf-8")


def example(label: str) -> str:
    [text] = re.findall(rf"^```\w+ {label}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return text


@pytest.fixture
def entry() -> Entry:
    return parse_entry(example("entry").encode())


@pytest.fixture
def root() -> TrustRoot:
    return parse_root(encode(json.loads(example("root"))))


NO_FINDINGS = {"expression.py", "expression_syntax.py"}
"""They name the operations of Python's own expressions, which are spelt like codes."""


def codes() -> set[str]:
    """Every literal spelt like a code, in all modules that can make a finding about a ledger."""
    found = set()
    for folder in ("core", "usecases"):
        for module in (TOP / "policyctl" / folder).glob("*.py"):
            if module.name not in NO_FINDINGS:
                for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        found |= set(re.findall(r"\A[A-Z]+(?:_[A-Z0-9]+)+\Z", node.value))
    return found


def listed(text: str) -> list[str]:
    """The codes in the first column of a page's tables, each with all that a reader needs."""
    return re.findall(r"^\| `([A-Z]+(?:_[A-Z0-9]+)+)` \| \S.* \| \S.* \|$", text, re.MULTILINE)


def test_the_tables_list_every_code_once_and_no_other():
    elsewhere = listed((TOP / "docs/status.md").read_text(encoding="utf-8"))

    assert elsewhere
    assert sorted([*listed(TEXT), *elsewhere]) == sorted(codes())


def test_no_row_of_a_table_of_codes_is_left_unread():
    for page in (TEXT, (TOP / "docs/status.md").read_text(encoding="utf-8")):
        tables = re.findall(r"^\| code \| .*\n\| ---.*\n((?:\|.*\n)+)", page, re.MULTILINE)

        assert [row for table in tables for row in table.splitlines() if not listed(row)] == []
        assert sum(len(table.splitlines()) for table in tables) == len(listed(page))


def test_the_paths_of_the_layout_are_those_of_the_code(entry):
    who, role, policy, seq = "sam", "security", entry.policy, entry.seq
    places = {
        line.split()[0]
        .replace("<policy>", policy)
        .replace("<version>", "0001")
        .replace("<seq>", f"{seq:06}")
        .replace("<who>", who)
        .replace("<role>", role)
        .replace("<id>@0001", "default@1")
        for line in re.findall(r"^(?:policies|\.policyctl)/.*$", TEXT, re.MULTILINE)
    }

    assert places == {
        paths.policy_path(policy),
        paths.root_path(1),
        paths.root_signature_path(1, who),
        paths.entry_path(policy, seq),
        paths.signature_path(policy, seq, who),
        paths.signature_path(policy, seq, who, role),
        paths.tombstone_signature_path(policy, seq, who),
        paths.HOME + paths.evidence_name(policy, seq),
        paths.baseline_path("default@1"),
        paths.SCHEMAS + "*.json",
        paths.CHANGELOG,
        paths.CHANGELOG_SIGNATURE,
    }


@pytest.mark.parametrize("name", ["entry", "root", "evidence"])
def test_an_example_fits_its_schema(name):
    text = example(name)
    document = Document(file=f"{name}.json", text=text, data=json.loads(text))

    assert schemas.check(document, f"{name}.v1") == ()


@pytest.mark.parametrize("name", ["entry", "root"])
def test_every_field_of_an_example_is_explained(name):
    section = TEXT.split(f"```json {name}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \| ", section, re.MULTILINE)

    assert {field for cell in cells for field in re.findall(r"`(\w+)`", cell)} == set(
        json.loads(example(name))
    )


def test_the_examples_belong_together(entry, root):
    evidence = json.loads(example("evidence"))

    assert f"`{sha256(encode(json.loads(example('root'))))}`" in TEXT
    assert entry.log == root.log
    assert entry.root == root.version
    assert evidence["policy_digest"] == entry.before
    assert evidence["baseline"]["sha256"] == root.baselines[evidence["baseline"]["name"]]
    assert example("allowed_signers") == allowed_signers(root)


def test_the_signature_is_an_approval_of_the_entry(root):
    signature = dearmor(example("signature").encode())

    assert verify(signature, example("entry").encode())
    assert signature.namespace == approval_namespace("security")
    assert root.holder(signature.key) == "sam"


def test_stock_openssh_accepts_the_signature_by_the_command_on_the_page(tmp_path):
    for name, label in (
        ("allowed_signers", "allowed_signers"),
        ("000003.json", "entry"),
        ("000003.json.sam.security.sig", "signature"),
    ):
        (tmp_path / name).write_text(example(label), encoding="ascii")

    done = subprocess.run(
        ["/bin/sh", "-c", example("verify")],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert 'Good "policyctl/approve/security" signature for sam' in done.stdout
