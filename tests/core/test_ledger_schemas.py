"""The published schemas of entries and trust roots say what the readers accept."""

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyctl.adapters.resources import shipped
from policyctl.adapters.schema_keywords import StrictValidator
from policyctl.core.canonical import decode, encode
from policyctl.core.entry import EvidenceReference, entry_bytes, parse_entry
from policyctl.core.root_document import RootError, parse_root
from policyctl.core.stages import Stage
from policyctl.core.trust_root import Emergency, root_bytes

NAMES = ("entry.v1", "root.v1")
SCHEMAS = {
    name: json.loads(shipped("schemas").joinpath(f"{name}.json").read_text()) for name in NAMES
}
BEYOND_SHAPE = ("ROOT_BAD_IDENTITY", "ROOT_SHARED_KEY", "ROOT_BAD_THRESHOLD", "ROOT_INCOMPLETE")


def fits(name, data):
    return StrictValidator(SCHEMAS[name]).is_valid(data)


def is_entry(data):
    try:
        parse_entry(encode(data))
    except ValueError:
        return False
    return True


def root_problem(data):
    """The code of what is wrong with a trust root, or the empty text."""
    try:
        parse_root(encode(data))
    except RootError as error:
        return error.code
    except ValueError:
        return "ROOT_MALFORMED"
    return ""


@pytest.fixture
def entry(forge):
    first = forge.record(forge.entry())
    reference = EvidenceReference(name="evidence/bot/000002.json", sha256="0" * 64)
    return decode(entry_bytes(replace(forge.entry(), evidence=(reference,), seq=first.seq + 1)))


@pytest.fixture
def root(forge):
    gate = {"window": "7d", "records": 10, "reviewed": 1, "false_positives": "2%"}
    return decode(
        root_bytes(
            forge.root(
                gates={"limited": gate, "enforce": {**gate, "inference": "fixed"}},
                appetite={"public-facing": {"restricted": ("L3", "L4")}},
                baselines={"house@1": "0" * 64},
                emergency=Emergency(role="security", within="72h"),
            )
        )
    )


def objects_of(node):
    if isinstance(node, dict) and node.get("type") == "object":
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from objects_of(child)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_closed_and_described_by_its_own_standard(name):
    schema = SCHEMAS[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = list(objects_of(schema))
    saying = {"description", "const", "oneOf", "$ref"}

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all("additionalProperties" in node for node in objects)
    assert schema["description"]
    assert [
        key
        for node in objects
        for key, value in node.get("properties", {}).items()
        if not saying & set(value)
    ] == []


def test_what_is_written_fits(entry, root):
    assert fits("entry.v1", entry)
    assert is_entry(entry)
    assert fits("root.v1", root)
    assert root_problem(root) == ""


SLUGS = ["a", "a-b1", "a--b", "-a", "a-", "A", "", "1a", "a\n", "\u0430", "a b", 1, None, ["a"]]
DIGESTS = ["0" * 64, "f" * 64, "F" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "", 0, None, True]
COUNTS = [1, 2**53, 0, -1, True, False, "1", None, [1]]
TIMES = [
    "2026-10-05T08:00:00Z",
    "0001-01-01T00:00:00Z",
    "2024-02-29T23:59:59Z",
    "2000-02-29T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-12-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-10-05T24:00:00Z",
    "2026-10-05T08:60:00Z",
    "2026-10-05T08:00:60Z",
    "2026-10-05T08:00:00z",
    "2026-10-05T08:00:00+00:00",
    "2026-10-05T08:00:00.5Z",
    "2026-10-05 08:00:00Z",
    "2026-10-05",
    "2026-10-05T08:00:00Z\n",
    "\uff12026-10-05T08:00:00Z",
    "",
    None,
    0,
]
TEXTS = [
    "why",
    "Gr\u00fc\u00dfe, \u4e16\u754c \U0001f600",
    " x ",
    "a\u0301",
    "x" * 2000,
    "two\nlines",
    "tab\t",
    "\x00",
    "\x7f",
    "\x85",
    "no\u00a0break",
    "soft\u00adhyphen",
    "zero\u200bwidth",
    "\u2028",
    "\u202eright to left",
    "\u2066isolated",
    "\ufeffmark",
    "\ud800",
    "\ue000",
    "\ufffe",
    7,
    None,
]
RATIONALES = [*TEXTS, "", " ", "   ", "x" * 2001, "\U0001f600" * 2000, "\U0001f600" * 2001]
STAGES = [*(stage.value for stage in Stage), None, "", "live", "Logging", 0, False]
ACTIONS = ["register", "redact", "emergency_demote", "launch", "", "Edit", None, 1]
EVIDENCE = [
    [],
    [{"name": "x", "sha256": "0" * 64}] * 2,
    [{"name": "", "sha256": "0" * 64}],
    [{"name": "x", "sha256": "0"}],
    [{"name": 1, "sha256": "0" * 64}],
    [{"name": "x"}],
    [{"name": "x", "sha256": "0" * 64, "more": 1}],
    ["x"],
    {},
    None,
]
ENTRY_VALUES = {
    "type": ["policyctl/entry/v1", "policyctl/entry/v2", "", None, 1],
    "log": DIGESTS,
    "policy": SLUGS,
    "path": ["policies/bot.yaml", "", "\n", "../x", 1, None, []],
    "seq": COUNTS,
    "prev": DIGESTS,
    "change": SLUGS,
    "action": ACTIONS,
    "from": STAGES,
    "to": STAGES,
    "before": DIGESTS,
    "after": DIGESTS,
    "owner": SLUGS,
    "use_case": SLUGS,
    "rationale": RATIONALES,
    "evidence": EVIDENCE,
    "root": COUNTS,
    "requested_at": TIMES,
}


def test_schema_and_reader_of_entries_agree_on_every_value(entry):
    assert set(ENTRY_VALUES) == set(entry)
    for field, values in ENTRY_VALUES.items():
        verdicts = [(fits("entry.v1", data), is_entry(data))
                    for data in ({**entry, field: value} for value in values)]  # fmt: skip

        assert [one for one, _ in verdicts] == [other for _, other in verdicts], field
        assert {one for one, _ in verdicts} == {True, False}, field


def test_schema_and_reader_of_entries_agree_on_fields(entry):
    for field in entry:
        data = {key: value for key, value in entry.items() if key != field}
        assert (fits("entry.v1", data), is_entry(data)) == (False, False)
    for data in ({**entry, "more": 1}, {}, [], None, "x", 1):
        assert (fits("entry.v1", data), is_entry(data)) == (False, False)


@settings(max_examples=150)
@given(st.data())
def test_schema_and_reader_of_entries_agree_on_mixtures(data):
    value = {
        field: data.draw(st.sampled_from(values), label=field)
        if data.draw(st.integers(0, 9)) == 0
        else values[0]
        for field, values in ENTRY_VALUES.items()
    }

    assert fits("entry.v1", value) is is_entry(value)


LISTS_OF_PEOPLE = [["erin"], [], ["erin", "erin"], ["Erin"], ["erin", 1], "erin", None, {}]
DURATIONS = ["36h", "14d", "2w", "99999d", "0d", "07d", "d", "1m", "100000d", "7d\n", "", 7, None]
PERCENTS = [
    *("0%", "2%", "2.5%", "99.9999%", "100%", "100.0%", "099%", "00.5%", "100.0000%"),
    *("100.5%", "101%", "2", "2.%", ".5%", "-1%", "1.23456%", "1e1%", "2%\n", "", 2, None),
]
LENIENT = ("2026-10-05T08:00:00+00:00", "2026-1-5T8:0:0Z", "\uff12026-10-05T08:00:00Z")
ROOT_VALUES = {
    ("type",): ["policyctl/root/v1", "policyctl/root/v2", None],
    ("log",): DIGESTS,
    ("version",): COUNTS,
    ("created_at",): [item for item in TIMES if item not in LENIENT],
    ("people", "erin", "name"): [*TEXTS, ""],
    ("people", "erin", "email"): [*TEXTS, ""],
    ("people", "erin", "keys"): [[], ["ssh-ed25519"], ["ssh-dss AAAA"], "x", None, [1]],
    ("people", "erin"): [{}, [], None, {"name": "", "email": ""}],
    ("teams", "assistants"): LISTS_OF_PEOPLE,
    ("roles", "risk", "members"): [*LISTS_OF_PEOPLE[2:], ["rita", "pia"]],
    ("roles", "risk", "touch"): [True, False, 1, 0, "no", None],
    ("root",): [{"members": ["erin"], "threshold": 1}, {"members": ["erin"]}, [], None],
    ("root", "members"): [*LISTS_OF_PEOPLE[2:], ["erin"]],
    ("root", "threshold"): [1, 2, True, "1", None],
    ("approvals", 0, "actions"): [[], ["edit"], ["edit", "edit"], ["launch"], "edit", None],
    ("approvals", 0, "to"): [[], ["limited"], ["live"], [None], "limited", None],
    ("approvals", 0, "use_cases"): [[], ["x"], [""], ["\n"], [1], "x", None],
    ("approvals", 0, "need"): [{}, {"risk": 1}, {"risk": True}, {"risk": "1"}, [], None],
    ("gates", "limited"): [{}, {"records": 1}, {"more": 1}, [], None, 7],
    ("gates", "logging"): [{}],
    ("gates", "limited", "window"): DURATIONS,
    ("gates", "limited", "records"): COUNTS,
    ("gates", "limited", "reviewed"): COUNTS,
    ("gates", "limited", "false_positives"): PERCENTS,
    ("gates", "limited", "confidence"): PERCENTS,
    ("gates", "limited", "inference"): ["anytime", "fixed", "", "guess", 1, None],
    ("appetite",): [{}, {"x": {}}, {"x": []}, [], None],
    ("appetite", "public-facing", "restricted"): [["L1"], ["L1", "L1"], [], ["L5"], "L1", None],
    ("baselines",): [{}, {"anything": "0" * 64}, {"house@1": "0"}, [], None],
    ("emergency",): [None, {}, [], {"role": "security", "within": "1h", "more": 1}],
    ("emergency", "within"): DURATIONS,
    ("emergency", "role"): ["security", "\n", 1, None],
    ("solo",): [False, 0, "no", None],
}


def with_value(data, path, value):
    copy = json.loads(json.dumps(data))
    *above, last = path
    place = copy
    for step in above:
        place = place[step]
    place[last] = value
    return copy


@pytest.mark.parametrize("path", ROOT_VALUES, ids=lambda path: ".".join(map(str, path)))
def test_schema_and_reader_of_roots_agree_on_every_shape(root, path):
    for value in ROOT_VALUES[path]:
        data = with_value(root, path, value)
        code = root_problem(data)

        if fits("root.v1", data):
            assert code == "" or code in BEYOND_SHAPE, value
        else:
            assert code, value
        assert (code == "ROOT_MALFORMED") <= (not fits("root.v1", data)), value


@pytest.mark.parametrize("value", DIGESTS[2:8])
def test_schema_and_reader_of_roots_agree_on_the_digest_before(root, value):
    data = with_value(root, ("prev",), value)

    assert fits("root.v1", data) is (root_problem(data) == "")


@pytest.mark.parametrize("value", LENIENT)
def test_schema_and_reader_of_roots_agree_on_the_spelling_of_times(root, value):
    data = with_value(root, ("created_at",), value)

    assert fits("root.v1", data) is (root_problem(data) == "")


def test_schema_and_reader_of_roots_agree_on_fields(root):
    for field in root:
        data = {key: value for key, value in root.items() if key != field}
        assert (fits("root.v1", data), root_problem(data)) == (False, "ROOT_MALFORMED")
    for data in ({**root, "more": 1}, {}, [], None, "x", 1):
        assert (fits("root.v1", data), root_problem(data)) == (False, "ROOT_MALFORMED")
