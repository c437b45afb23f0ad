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
    "eu-ai-act-2024-1689": {"Article": 22},
    "iso-42001-2023": {"A.": 38},
    "mitre-atlas-5.6.0": {"AML.M": 35, "AML.T": 170},
    "nist-ai-600-1": {"Section": 12, "GV": 58, "MP": 39, "MS": 72, "MG": 43},
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

    # MITRE's own names have up to nine words.
    assert max(len(title.split()) for title in titles) <= 9
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
        assert any(control.upper().startswith(spelling.means) for control in catalogue.controls)
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
                "it may mean GV-1.1-001 to GV-1.7-002 of nist-ai-600-1, GOVERN 1.1 to GOVERN 1.7 "
                "of nist-ai-rmf-1.0 or GV.OC-01 to GV.SC-10 of nist-csf-2.0; NIST AI 600-1 writes "
                "GV for GOVERN in the ids of its actions, such as GV-1.1-001"
            ),
        ),
        ("nist-ai-rmf-1.0", "GV-1.1-001", "write nist-ai-600-1: [GV-1.1-001]"),
        ("nist-ai-600-1", "GV-1.1", "name its controls: GV-1.1-001"),
        ("nist-ai-600-1", "GV-1.1-002", "its ids there are GV-1.1-001"),
        ("nist-ai-600-1", "confabulation", "write Section 2.2"),
        (
            "nist-ai-600-1",
            "Risk 2.9",
            (
                "perhaps Section 2.9 (Information Security); NIST gives the risks no ids; this "
                "catalogue cites the sections that describe them"
            ),
        ),
        ("iso-42001-2023", "A5.2", "write A.5.2 (Process for assessing impacts)"),
        ("iso-42001-2023", "A.6.1", "name its controls: A.6.1.2 to A.6.1.3"),
        ("eu-ai-act", "Article 5", "write eu-ai-act-2024-1689"),
        ("eu-ai-act-2024-1689", "Art. 5", "write Article 5 (Prohibited practices)"),
        ("eu-ai-act-2024-1689", "Article 5(1)", "did you mean Article 5 (Prohibited practices)?"),
        ("eu-ai-act-2024-1689", "Article 7", "next to it are Article 6 and Article 9"),
        ("mitre-atlas-5.6.0", "AML.T51", "write AML.T0051 (LLM Prompt Injection)"),
    ],
)
def test_the_common_mistakes_lead_to_the_right_id(framework, control, hint):
    found = problem(shipped_catalogues(), framework, control)

    assert found is not None
    assert found[1] == hint


def test_every_article_of_the_ai_act_says_from_when_it_applies():
    catalogue = shipped_catalogues()["eu-ai-act-2024-1689"]

    assert list(catalogue.applies) == list(catalogue.controls)
    for parts in catalogue.applies.values():
        days = [part.start for part in parts]
        assert days == sorted(set(days))
    high_risk = [one for one, parts in catalogue.applies.items() if len(parts) > 1]
    assert "Article 14" in high_risk
    assert [part.start for part in catalogue.applies["Article 14"]] == ["2027-12-02", "2028-08-02"]


def test_the_actions_of_the_profile_are_numbered_without_gaps():
    actions = [one for one in shipped_catalogues()["nist-ai-600-1"].controls if "-" in one]
    groups = {}
    for action in actions:
        group, _, number = action.rpartition("-")
        groups.setdefault(group, []).append(int(number))

    assert len(actions) == 212
    for numbers in groups.values():
        assert numbers == list(range(1, len(numbers) + 1))


def test_every_action_of_the_profile_is_about_a_subcategory_of_the_ai_rmf():
    rmf = shipped_catalogues()["nist-ai-rmf-1.0"]
    functions = {prefix: spelling.means for prefix, spelling in rmf.spellings.items()}

    for action in shipped_catalogues()["nist-ai-600-1"].controls:
        prefix, _, rest = action.partition("-")
        if rest:
            assert f"{functions[prefix]} {rest.rpartition('-')[0]}" in rmf.controls


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
