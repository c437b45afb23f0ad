"""The shipped catalogues: complete, consistent, and short of the sources' own text."""

import json
from pathlib import Path

import jsonschema
import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.core.catalogue import problem

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "policyctl" / "catalogues").glob("*.json"))
SCHEMA = json.loads((ROOT / "schemas" / "catalogue.v1.json").read_text(encoding="utf-8"))

COUNTS = {
    "nist-ai-rmf-1.0": {"GOVERN": 19, "MAP": 18, "MEASURE": 22, "MANAGE": 13},
    "nist-csf-2.0": {"GV": 31, "ID": 21, "PR": 22, "DE": 11, "RS": 13, "RC": 8},
    "owasp-agentic-2026": {"ASI": 10},
    "owasp-llm-2026": {"LLM": 10},
}


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request):
    return request.param


def test_there_is_one_file_for_each_edition():
    assert [file.stem for file in FILES] == sorted(COUNTS)
    assert list(shipped_catalogues()) == sorted(COUNTS)


def test_a_catalogue_fits_its_schema_and_its_file_name(file):
    data = json.loads(file.read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["id"] == file.stem
    assert data["id"].endswith(f"-{data['edition']}")


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_a_catalogue_is_complete(name):
    controls = shipped_catalogues()[name].controls
    found = {part: sum(control.startswith(part) for control in controls) for part in COUNTS[name]}

    assert found == COUNTS[name]
    assert len(controls) == sum(COUNTS[name].values())


def test_no_id_stands_twice(file):
    def distinct(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys))
        return dict(pairs)

    data = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=distinct)
    ids = [item["id"] for item in data["controls"]]

    assert len(ids) == len(set(ids))


def test_titles_are_short_and_distinct(file):
    titles = [item["title"] for item in json.loads(file.read_text(encoding="utf-8"))["controls"]]

    assert max(len(title.split()) for title in titles) <= 8
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_successors_exist_and_superseded_ids_do_not(name):
    catalogue = shipped_catalogues()[name]

    for old, became in catalogue.superseded.items():
        assert old not in catalogue.controls
        assert set(became.successors) <= set(catalogue.controls)
        assert became.edition != catalogue.edition


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_a_spelling_stands_for_a_prefix_of_the_catalogue(name):
    catalogue = shipped_catalogues()[name]

    for prefix, spelling in catalogue.spellings.items():
        assert any(control.startswith(spelling.means) for control in catalogue.controls)
        assert not any(control.startswith(f"{prefix}-") for control in catalogue.controls)


def test_all_of_csf_1_1_has_successors():
    superseded = shipped_catalogues()["nist-csf-2.0"].superseded
    kept = [old for old, became in superseded.items() if became.successors == (two_digits(old),)]

    assert len(superseded) == 108
    assert len(kept) == 29
    assert {became.edition for became in superseded.values()} == {"1.1"}


def test_all_of_owasp_2025_has_exactly_one_successor():
    superseded = shipped_catalogues()["owasp-llm-2026"].superseded
    successors = [became.successors for became in superseded.values()]

    assert sorted(superseded) == [f"LLM{number:02}:2025" for number in range(1, 11)]
    assert sorted(successors) == [(f"LLM{number:02}",) for number in range(1, 11)]


@pytest.mark.parametrize(
    ("framework", "control", "hint"),
    [
        ("nist-csf-2.0", "PR.AC-4", "write PR.AA-05 (Access permissions and least privilege)"),
        ("owasp-llm-2026", "LLM03:2025", "write LLM04 (Supply Chain)"),
        ("owasp-llm-2025", "LLM06", "write owasp-llm-2026: [LLM03]"),
        ("owasp-llm", "LLM01", "write owasp-llm-2026"),
        ("owasp-agentic-2026", "ASI-01", "write ASI01 (Agent Goal Hijack)"),
        (
            "owasp-agentic-2026",
            "AG-03",
            (
                "perhaps ASI03 (Identity and Privilege Abuse); AG is no prefix of this list, and "
                "unofficial lists number differently, so compare the titles"
            ),
        ),
        (
            "nist-ai-rmf-1.0",
            "GV-1",
            (
                "it may mean GOVERN 1.1 to GOVERN 1.7 of nist-ai-rmf-1.0 or GV.OC-01 to GV.SC-10 "
                "of nist-csf-2.0; NIST AI 600-1 writes GV for GOVERN in the ids of its actions, "
                "such as GV-1.1-001"
            ),
        ),
    ],
)
def test_the_common_mistakes_lead_to_the_right_id(framework, control, hint):
    found = problem(shipped_catalogues(), framework, control)

    assert found is not None
    assert found[1] == hint


def test_the_readme_counts_the_controls():
    text = (ROOT / "policyctl" / "catalogues" / "README.md").read_text(encoding="utf-8")

    for name, catalogue in shipped_catalogues().items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}`"))
        assert row.endswith(f"| {len(catalogue.controls)} |")
        assert catalogue.published in row
        assert catalogue.url in row


def two_digits(old):
    category, number = old.split("-")
    return f"{category}-{int(number):02}"
