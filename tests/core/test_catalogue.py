"""What is wrong with a control, told apart and with the right id."""

import pytest

from policyctl.core.catalogue import Application, catalogue_from, problem

SOURCE = {"publisher": "Somebody", "document": "A list", "url": "https://example.org/list"}


def catalogue(name, edition, controls, superseded=None, spellings=None):
    return catalogue_from(
        {
            "id": f"{name}-{edition}",
            "title": f"{name} {edition}",
            "edition": edition,
            "published": "2026-01-01",
            "source": SOURCE,
            "licence": "CC0-1.0",
            "controls": [{"id": key, "title": title} for key, title in controls.items()],
            "superseded": superseded or {},
            "spellings": spellings or {},
        }
    )


NOTE = "the profile writes GV for GOVERN"
CATALOGUES = {
    item.id: item
    for item in (
        catalogue(
            "risks",
            "2026",
            {"R01": "Falling", "R02": "Fire", "R03": "Flood"},
            superseded={
                "R01:2025": {"successors": ["R02"], "from": "2025"},
                "R02:2025": {"successors": ["R01", "R03"], "from": "2025"},
            },
            spellings={"AR": {"means": "R", "note": "AR is unofficial"}},
        ),
        catalogue(
            "law",
            "2024-7",
            {"Article 4": "Literacy", "Article 9": "Risks", "Article 12": "Records"},
            spellings={"ART": {"means": "ARTICLE", "note": ""}},
        ),
        catalogue("profile", "1", {"XQ-1.1-001": "Align", "XQ-1.1-002": "Test"}),
        catalogue(
            "csf",
            "2.0",
            {"GV.OC-01": "Mission", "GV.PO-01": "Policy", "PR.AA-05": "Access"},
            superseded={
                "PR.AC-4": {"successors": ["PR.AA-05"], "from": "1.1"},
                "GV.OC-1": {"successors": ["GV.OC-01"], "from": "1.1"},
            },
        ),
        catalogue(
            "rmf",
            "1.0",
            {"GOVERN 1.1": "Law", "GOVERN 1.2": "Trust", "MAP 1.1": "Purpose"},
            spellings={
                "GV": {"means": "GOVERN", "note": NOTE},
                "GOV": {"means": "GOVERN", "note": ""},
            },
        ),
    )
}


@pytest.mark.parametrize(
    ("framework", "control"),
    [
        ("risks-2026", "R01"),
        ("csf-2.0", "GV.OC-01"),
        ("rmf-1.0", "GOVERN 1.1"),
        ("law-2024-7", "Article 9"),
        ("profile-1", "XQ-1.1-001"),
    ],
)
def test_an_id_of_its_catalogue_is_no_problem(framework, control):
    assert problem(CATALOGUES, framework, control) is None


@pytest.mark.parametrize(
    ("framework", "control", "message", "hint"),
    [
        (
            "riks-2026",
            "R01",
            "framework 'riks-2026' is not known",
            "did you mean risks-2026?",
        ),
        (
            "zzz",
            "R01",
            "framework 'zzz' is not known",
            "known are risks-2026, law-2024-7, profile-1, csf-2.0 or rmf-1.0",
        ),
        ("risks", "R01", "framework 'risks' names no edition", "write risks-2026"),
        (
            "risks-2025",
            "R02",
            "framework 'risks-2025' is superseded by 'risks-2026'",
            "write risks-2026: [R01, R03]",
        ),
        (
            "csf-1.1",
            "PR.AC-4",
            "framework 'csf-1.1' is superseded by 'csf-2.0'",
            "write csf-2.0: [PR.AA-05]",
        ),
        (
            "csf-1.1",
            "XX.YY-9",
            "framework 'csf-1.1' is superseded by 'csf-2.0'",
            "write csf-2.0",
        ),
    ],
)
def test_a_framework_is_unknown_without_edition_or_superseded(framework, control, message, hint):
    assert problem(CATALOGUES, framework, control) == (message, hint)


@pytest.mark.parametrize(
    ("framework", "control", "message", "hint"),
    [
        (
            "csf-2.0",
            "PR.AC-4",
            "control 'PR.AC-4' is of csf-1.1, which 'csf-2.0' replaced",
            "write PR.AA-05 (Access)",
        ),
        (
            "csf-2.0",
            "PR.AC-04",
            "control 'PR.AC-04' is withdrawn from 'csf-2.0'",
            "write PR.AA-05 (Access)",
        ),
        (
            "csf-2.0",
            "GV.OC-1",
            "control 'GV.OC-1' is of csf-1.1, which 'csf-2.0' replaced",
            "write GV.OC-01 (Mission)",
        ),
        (
            "risks-2026",
            "R02:2025",
            "control 'R02:2025' is of risks-2025, which 'risks-2026' replaced",
            "write R01 (Falling) or R03 (Flood)",
        ),
    ],
)
def test_an_id_of_an_earlier_edition_names_its_successors(framework, control, message, hint):
    assert problem(CATALOGUES, framework, control) == (message, hint)


@pytest.mark.parametrize(
    ("framework", "control", "right"),
    [
        ("risks-2026", "R-01", "R01 (Falling)"),
        ("risks-2026", "r1", "R01 (Falling)"),
        ("risks-2026", "R03:2026", "R03 (Flood)"),
        ("csf-2.0", "gv.po-1", "GV.PO-01 (Policy)"),
        ("rmf-1.0", "GOVERN-1.1", "GOVERN 1.1 (Law)"),
        ("rmf-1.0", "GOV 1.1", "GOVERN 1.1 (Law)"),
        ("law-2024-7", "Art. 9", "Article 9 (Risks)"),
        ("profile-1", "xq 1.1-001", "XQ-1.1-001 (Align)"),
    ],
)
def test_another_spelling_of_an_id_is_told_the_right_one(framework, control, right):
    assert problem(CATALOGUES, framework, control) == (
        f"control '{control}' is not how '{framework}' spells it",
        f"write {right}",
    )


@pytest.mark.parametrize(
    ("framework", "control", "hint"),
    [
        ("risks-2026", "AR-03", "perhaps R03 (Flood); AR is unofficial"),
        ("rmf-1.0", "GV-1.1", f"perhaps GOVERN 1.1 (Law); {NOTE}"),
        ("rmf-1.0", "GV-1.1-001", f"perhaps GOVERN 1.1 (Law); {NOTE}"),
        ("csf-2.0", "GV-1.1-001", f"perhaps rmf-1.0: [GOVERN 1.1]; {NOTE}"),
    ],
)
def test_a_doubtful_prefix_is_only_a_suggestion(framework, control, hint):
    assert problem(CATALOGUES, framework, control) == (
        f"control '{control}' is not an id of '{framework}'",
        hint,
    )


@pytest.mark.parametrize(
    ("framework", "control", "message", "hint"),
    [
        (
            "csf-2.0",
            "R01",
            "control 'R01' is of 'risks-2026', not of 'csf-2.0'",
            "write risks-2026: [R01]",
        ),
        (
            "risks-2026",
            "PR.AC-4",
            "control 'PR.AC-4' is of csf-1.1, not of 'risks-2026'",
            "write csf-2.0: [PR.AA-05]",
        ),
        (
            "rmf-1.0",
            "R-01",
            "control 'R-01' is not an id of 'rmf-1.0'",
            "write risks-2026: [R01]",
        ),
        (
            "rmf-1.0",
            "XQ-1.1-001",
            "control 'XQ-1.1-001' is of 'profile-1', not of 'rmf-1.0'",
            "write profile-1: [XQ-1.1-001]",
        ),
        (
            "rmf-1.0",
            "PR.AA",
            "control 'PR.AA' is of 'csf-2.0', not of 'rmf-1.0'",
            "name controls of csf-2.0: PR.AA-05",
        ),
    ],
)
def test_an_id_of_another_framework_is_sent_there(framework, control, message, hint):
    assert problem(CATALOGUES, framework, control) == (message, hint)


@pytest.mark.parametrize(
    ("framework", "control", "hint"),
    [
        ("csf-2.0", "GV", "name its controls: GV.OC-01 to GV.PO-01"),
        ("rmf-1.0", "GOVERN 1", "name its controls: GOVERN 1.1 to GOVERN 1.2"),
        ("profile-1", "XQ-1.1", "name its controls: XQ-1.1-001 to XQ-1.1-002"),
    ],
)
def test_a_group_is_not_a_control(framework, control, hint):
    assert problem(CATALOGUES, framework, control) == (
        f"'{control}' is a group of '{framework}', not a control",
        hint,
    )


@pytest.mark.parametrize("title", ["Literacy", "literacy"])
def test_a_title_is_not_an_id(title):
    assert problem(CATALOGUES, "law-2024-7", title) == (
        f"control '{title}' is a title of 'law-2024-7', not an id",
        "write Article 4",
    )


def test_a_framework_whose_edition_has_a_hyphen_is_found_without_it():
    assert problem(CATALOGUES, "law", "Article 4") == (
        "framework 'law' names no edition",
        "write law-2024-7",
    )


@pytest.mark.parametrize("framework", ["csf-2.0", "rmf-1.0", "risks-2026"])
def test_an_id_with_several_readings_is_ambiguous_wherever_it_stands(framework):
    assert problem(CATALOGUES, framework, "GV-1") == (
        "control 'GV-1' is ambiguous, and an id of no known framework",
        "it may mean GV.OC-01 to GV.PO-01 of csf-2.0 or GOVERN 1.1 to GOVERN 1.2 of rmf-1.0; "
        + NOTE,
    )


def test_an_id_with_one_reading_is_incomplete():
    assert problem(CATALOGUES, "rmf-1.0", "MAP-1") == (
        "control 'MAP-1' is incomplete, and an id of no known framework",
        "it may mean MAP 1.1 of rmf-1.0",
    )


@pytest.mark.parametrize(
    ("framework", "control", "hint"),
    [
        ("risks-2026", "R11", "its ids there are R01 to R03"),
        ("rmf-1.0", "GOVERN 1.9", "its ids there are GOVERN 1.1 to GOVERN 1.2"),
        ("csf-2.0", "GV.OCC-01", "did you mean GV.OC-01 (Mission)?"),
        ("law-2024-7", "Article 9(2)", "did you mean Article 9 (Risks)?"),
        ("law-2024-7", "Article 10", "next to it are Article 9 and Article 12"),
        ("law-2024-7", "Article 99", "its ids there are Article 4 to Article 12"),
        ("profile-1", "XQ-1.1-003", "its ids there are XQ-1.1-001 to XQ-1.1-002"),
        ("csf-2.0", "?", "its ids are GV.OC-01 to PR.AA-05: https://example.org/list"),
        ("csf-2.0", "", "its ids are GV.OC-01 to PR.AA-05: https://example.org/list"),
    ],
)
def test_an_unknown_id_is_told_what_there_is(framework, control, hint):
    assert problem(CATALOGUES, framework, control) == (
        f"control '{control}' is not an id of '{framework}'",
        hint,
    )


def test_without_catalogues_every_framework_is_unknown():
    assert problem({}, "risks-2026", "R01") == ("framework 'risks-2026' is not known", "")


def test_a_control_tells_from_which_day_it_applies():
    found = catalogue_from(
        {
            "id": "law-1",
            "title": "law",
            "edition": "1",
            "published": "2026-01-01",
            "source": SOURCE,
            "licence": "CC0-1.0",
            "controls": [
                {"id": "Article 4", "title": "Literacy"},
                {
                    "id": "Article 9",
                    "title": "Risks",
                    "applies": [
                        {"from": "2027-12-02", "what": "some"},
                        {"from": "2028-08-02", "what": "the rest"},
                    ],
                },
            ],
            "superseded": {},
            "spellings": {},
        }
    )

    assert found.applies == {
        "Article 9": (
            Application(start="2027-12-02", what="some"),
            Application(start="2028-08-02", what="the rest"),
        )
    }
