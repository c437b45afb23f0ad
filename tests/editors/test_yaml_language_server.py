"""What a person sees who edits a policy: the schema, through a real YAML language server."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import policyctl
from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.adapters.yaml_documents import YamlDocuments

CHECKOUT = Path(policyctl.__file__).parent.parent
POLICY = (CHECKOUT / "tests" / "data" / "team-assistant.yaml").read_text(encoding="utf-8")
SCHEMA = json.loads((CHECKOUT / "schemas" / "policy.v1.json").read_text(encoding="utf-8"))
MODELINE, BODY = POLICY.split("\n", 1)
UNSTAGED = POLICY.replace("stage: logging        # moved by policyctl\n", "")
EXCEPTION = """\
exceptions:
  - id: EX-1
    guardrail: pii/email
    when: {app: assistant}
    reason: the assistant repeats the address of the person who asks
    owner: assistants
    expires: "2027-02-01"
"""
GUARDRAIL = "guardrails:\n  - detector: custom/names\n"


def changed(old, new, text=POLICY):
    assert old in text
    return text.replace(old, new, 1)


def line_of(text, start):
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith(start))


def described(name):
    return SCHEMA["properties"][name].get("description") or SCHEMA["$defs"][name]["description"]


def findings(text):
    """What the reader and the schema of `policyctl validate` say about a policy."""
    documents = YamlDocuments()
    document, problems = documents.parse(text.encode(), "policy.yaml")
    assert document is not None
    return [one.message for one in (*problems, *documents.check(document, "policy.v1"))]


def places(schema=SCHEMA, above=()):
    """The path to every schema inside the schema of policies, and the schema."""
    yield above, schema
    for key, value in schema.items():
        inner = value.items() if key in {"properties", "$defs"} else [("", value)]
        if key in {"properties", "$defs", "items", "additionalProperties", "propertyNames"}:
            for name, one in inner:
                if isinstance(one, dict):
                    yield from places(one, (*above, key, name))


def test_the_schema_is_json_schema_2020_12():
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_says_what_it_means():
    silent = [
        "/".join((*at, name))
        for at, schema in places()
        for name, one in schema.get("properties", {}).items()
        if not one.get("description")
        and not SCHEMA["$defs"].get(one.get("$ref", "").rpartition("/")[2], {}).get("description")
    ]

    assert silent == []


def test_every_value_of_a_closed_set_is_explained():
    counts = [
        (at, len(one["enum"]), len(one.get("enumDescriptions", ())))
        for at, one in places()
        if "enum" in one
    ]

    assert counts
    assert [(at, values) for at, values, said in counts if values != said] == []


def test_every_pattern_says_in_words_what_it_wants():
    patterns = [(at, one) for at, one in places() if "pattern" in one]

    assert patterns
    assert [at for at, one in patterns if not one.get("patternErrorMessage")] == []


def test_every_shipped_framework_is_offered():
    offered = [snippet["label"] for snippet in SCHEMA["$defs"]["controls"]["defaultSnippets"]]

    assert offered == sorted(shipped_catalogues())


def test_a_good_policy_has_no_problems(editor):
    assert editor.problems(POLICY + EXCEPTION + GUARDRAIL) == []


def test_what_init_and_new_write_fits_together(editor, world):
    done = world.run("new", "fresh", "--use-case", "public-facing", "--owner", "assistants")
    assert done.code == 0, done.err
    path = world.folder / "policies/fresh.yaml"
    text = path.read_text(encoding="utf-8")

    assert editor.problems(text, path) == []
    wrong, other = changed("stage: logging", "stage: loging", text), path.with_name("other.yaml")
    [(line, _)] = editor.problems(wrong, other)
    assert line == line_of(text, "stage:")


@pytest.mark.parametrize("path", sorted((CHECKOUT / "baselines").glob("*.yaml")), ids=str)
def test_a_shipped_baseline_has_no_problems(editor, path):
    assert editor.problems(path.read_text(encoding="utf-8"), path) == []


def test_the_recommended_settings_find_the_schema_of_a_policy_without_a_first_line(editor):
    assert editor.problems(BODY) == []
    assert editor.problems(changed("owner: assistants\n", "", BODY)) == [
        (1, 'Missing property "owner".')
    ]


def test_a_wrong_value_is_a_problem_on_its_line(editor):
    text = changed("stage: logging", "stage: loging")

    assert editor.problems(text) == [
        (
            line_of(text, "stage:"),
            'Value is not accepted. Valid values: "logging", "limited", "enforce".',
        )
    ]


def test_an_unknown_key_is_a_problem_on_its_line(editor):
    text = POLICY + "sensitivty: L2\n"

    assert editor.problems(text) == [
        (line_of(text, "sensitivty:"), "Property sensitivty is not allowed.")
    ]


def test_a_missing_key_of_the_policy_is_a_problem_on_its_first_line(editor):
    text = changed("owner: assistants\n", "")

    assert editor.problems(text) == [(line_of(text, "schema:"), 'Missing property "owner".')]


def test_a_missing_key_of_an_item_is_a_problem_on_the_item(editor):
    text = POLICY + changed("    owner: assistants\n", "", EXCEPTION)

    assert editor.problems(text) == [(line_of(text, "- id:"), 'Missing property "owner".')]


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        (
            changed("owner: assistants", "owner: Team A"),
            "owner:",
            SCHEMA["$defs"]["identity"]["patternErrorMessage"],
        ),
        (
            POLICY + "escalation:\n  - when: flag rate above 5\n    do: tighten\n",
            "- when:",
            "<flag rate|false positives|error rate> [of DETECTOR] above PERCENT for DURATION, "
            "as in flag rate above 5% for 3d.",
        ),
        (
            POLICY + changed('"2027-02-01"', "tomorrow", EXCEPTION),
            "expires:",
            'A day in quotes, as in "2027-02-01".',
        ),
    ],
)
def test_a_value_of_the_wrong_form_is_told_the_right_one(editor, text, start, message):
    assert editor.problems(text) == [(line_of(text, start), message)]


def test_an_empty_line_offers_the_keys_that_are_left_with_their_descriptions(editor):
    offers = editor.offers(POLICY + "‸\n")
    left = set(SCHEMA["properties"]) - {line.partition(":")[0] for line in BODY.splitlines()}

    assert (
        set(offers) == left == {"controls", "escalation", "exceptions", "guardrails", "sensitivity"}
    )
    assert {name: offer.documentation for name, offer in offers.items()} == {
        name: described(name) for name in left
    }


def test_an_empty_file_offers_everything_a_policy_needs(editor):
    offers = editor.offers(MODELINE + "\n‸")
    whole = offers["policyctl policy, version 1"].inserted

    assert set(SCHEMA["properties"]) < set(offers)
    assert [line.partition(":")[0] for line in whole.splitlines()] == SCHEMA["required"]
    assert "schema: policyctl/policy/v1" in whole


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        (UNSTAGED + "stage: ‸\n", SCHEMA["properties"]["stage"]),
        (POLICY + "sensitivity: ‸\n", SCHEMA["$defs"]["sensitivity"]),
        (POLICY + GUARDRAIL + "    direction: ‸\n", SCHEMA["$defs"]["direction"]),
        (
            changed("data_sensitivity: confidential", "data_sensitivity: ‸"),
            SCHEMA["$defs"]["sensitive_data"],
        ),
        (
            changed("applies_to:\n", "applies_to:\n  engine: ‸\n"),
            SCHEMA["$defs"]["applies_to"]["properties"]["engine"],
        ),
        (
            POLICY + "escalation:\n  - do: ‸\n",
            SCHEMA["$defs"]["trigger"]["properties"]["do"],
        ),
    ],
    ids=["stage", "sensitivity", "direction", "data_sensitivity", "engine", "do"],
)
def test_a_closed_set_offers_its_values_each_with_its_meaning(editor, text, schema):
    offers = editor.offers(text)

    assert [(offer.label, offer.documentation) for offer in offers.values()] == list(
        zip(schema["enum"], schema["enumDescriptions"], strict=True)
    )


def test_the_stages_and_levels_are_those_of_every_policy(editor):
    assert list(editor.offers(UNSTAGED + "stage: ‸\n")) == ["logging", "limited", "enforce"]
    assert list(editor.offers(POLICY + "sensitivity: ‸\n")) == ["L1", "L2", "L3", "L4"]


@pytest.mark.parametrize(
    ("text", "examples"),
    [
        (POLICY + "guardrails:\n  - detector: ‸\n", SCHEMA["$defs"]["detector"]["examples"]),
        (
            changed("extends: internal-facing@1", "extends: ‸"),
            SCHEMA["properties"]["extends"]["examples"],
        ),
        (
            changed("use_case: internal-facing", "use_case: ‸"),
            SCHEMA["properties"]["use_case"]["examples"],
        ),
    ],
    ids=["detector", "extends", "use_case"],
)
def test_an_open_set_offers_its_examples(editor, text, examples):
    assert list(editor.offers(text)) == examples


def test_controls_offer_the_frameworks_by_name(editor):
    offers = editor.offers(POLICY + "controls:\n  ‸\n")
    frameworks = {name: one.title for name, one in shipped_catalogues().items()}

    assert (
        frameworks.items() <= {name: offer.documentation for name, offer in offers.items()}.items()
    )
    assert offers["owasp-llm-2026"].text.endswith("controls:\n  owasp-llm-2026:\n    - \n")


def test_a_day_is_offered_in_the_quotes_that_it_needs(editor):
    text = POLICY + changed('"2027-02-01"', "‸", EXCEPTION)
    [offer] = editor.offers(text).values()

    assert offer.inserted == '"YYYY-MM-DD"'
    assert findings(offer.text.replace("YYYY-MM-DD", "2027-02-01")) == []


@pytest.mark.parametrize(
    "text",
    [
        changed("use_case: internal-facing", "use_case: ‸"),
        changed("data_sensitivity: confidential", "data_sensitivity: ‸"),
        changed("applies_to:\n", "applies_to:\n  engine: ‸\n"),
        changed("  limited: {records: 2000}", "  limited:\n    ‸"),
        changed("thresholds:\n", "thresholds:\n  ‸\n"),
        POLICY + changed("    owner:", "    ‸\n    owner:", EXCEPTION),
        POLICY + GUARDRAIL + "    sensitivity: ‸\n",
        POLICY + GUARDRAIL + "    action: ‸\n",
        POLICY + GUARDRAIL + "  - detector: unknown_links\n    allowed_domains:\n      - ‸\n",
        POLICY + "escalation:\n  - do: notify\n    when: ‸\n",
    ],
)
def test_what_is_offered_is_of_a_form_that_validate_accepts(editor, text):
    whole = [one for one in editor.offers(text).values() if not one.inserted.endswith((":", ": "))]

    assert whole
    assert {offer.label: findings(offer.text) for offer in whole} == {
        offer.label: [] for offer in whole
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed("owner:", "ow‸ner:"), described("owner")),
        (changed("purpose:", "pur‸pose:"), described("purpose")),
        (changed("limited:", "limi‸ted:"), described("limited")),
        (changed("records:", "rec‸ords:"), "Evaluations of the policy's guardrails"),
        (changed("reviewer:", "review‸er:"), "Who reviews false positives."),
        (POLICY + changed("    when:", "    wh‸en:", EXCEPTION), "Every line has to hold"),
        (changed("stage:", "sta‸ge:"), "* `logging`: Detections are logged; nothing is blocked."),
        (POLICY + "sensi‸tivity: L2\n", "* `L2`: Flags very likely detections too."),
    ],
)
def test_a_key_shows_its_description(editor, text, said):
    assert said in editor.hover(text)


class Proxy:
    """Takes every connection, notes what it asks for, and answers nothing."""

    def __init__(self):
        self.asked = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        # A connection of our own ends the loop: a closed socket would not.
        with socket.create_connection(self._socket.getsockname()) as last:
            last.sendall(b"end\r\n")
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while True:
            connection, _ = self._socket.accept()
            with connection, connection.makefile("rb") as lines:
                line = lines.readline().decode().strip()
            if line == "end":
                return
            self.asked.append(line)


@pytest.mark.parametrize("asks", [False, True], ids=["recommended", "store enabled"])
def test_with_the_recommended_settings_nothing_is_fetched(open_editor, settings, asks):
    store = {"yaml": {**settings["yaml"], "schemaStore": {"enable": True}}}
    with (
        Proxy() as proxy,
        open_editor(
            store if asks else settings, HTTP_PROXY=proxy.url, HTTPS_PROXY=proxy.url
        ) as editor,
    ):
        assert editor.problems(POLICY) == []

    assert any("schemastore" in line for line in proxy.asked) is asks
    assert bool(proxy.asked) is asks
