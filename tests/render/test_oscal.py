"""OSCAL's documents: the same bytes for the same ledger, honest about stages, safe to read."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from policyctl.adapters.catalogues import shipped_catalogues
from policyctl.core.applied import DriftCheck
from policyctl.core.control_claims import judged_claims
from policyctl.core.criterion import Outcome
from policyctl.core.diff.effect import Effect
from policyctl.core.effective import Effective
from policyctl.core.entry import ChangeAction, Entry, EvidenceReference, entry_bytes
from policyctl.core.estate import Estate, PolicyState
from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import replace
from policyctl.core.kept_evidence import KeptCriterion, KeptEvidence
from policyctl.core.ledger import Ledger
from policyctl.core.recorded import Recorded, in_force
from policyctl.core.root_chain import Roots
from policyctl.core.stages import Stage
from policyctl.core.trust_root import Member, Role, TrustRoot
from policyctl.errors import NotJudgedError
from policyctl.render.oscal import assessment_results, component_definition
from policyctl.render.oscal.spelling import address, line, lines, moment, token
from policyctl.usecases.assess import Assessment, require_assessable, require_definable
from policyctl.usecases.verify import Verification
from policyctl.usecases.witnesses import Witnessed

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ROOT = TrustRoot(
    log="ab" * 32,
    version=1,
    prev=None,
    created_at=datetime(2026, 10, 1, tzinfo=UTC),
    people={"erin": Member(name="Erin <b>", keys=()), "sam": Member(name="Sam", keys=())},
    roles={"security": Role(members=("sam",))},
    stewards=("erin",),
    threshold=1,
    approvals=(),
    teams={"assistants": ("erin",)},
)
CONTROLS = {"owasp-llm-2026": ["LLM01", "LLM02"], "nist-ai-rmf-1.0": ["MEASURE 2.10"]}
REPORT = EvidenceReference(name="evidence/shop/000002.json", sha256="e" * 64)
LOST = EvidenceReference(name="evidence/shop/000003.json", sha256="f" * 64)
KEPT = KeptEvidence(
    digest=REPORT.sha256,
    verdict=Outcome.MET,
    records=12000,
    first="2026-10-02T00:00:00Z",
    last="2026-10-30T00:00:00Z",
    criteria=(KeptCriterion(name="window", outcome=Outcome.MET, sentence="28 *days*"),),
    bounds=(),
)
HOSTILE = (
    "<script>alert(1)</script> {{ insert: param, x }} [a](javascript:b) \x1b[31m\u202e *b*\n# c"
)


def document(policy, stage, /, **changes):
    return {
        "id": policy,
        "name": f"The {policy}",
        "purpose": "Answers customers.",
        "use_case": "public-facing",
        "data_sensitivity": "confidential",
        "owner": "assistants",
        "stage": stage.value,
        "sensitivity": "L2",
        "guardrails": [
            {
                "detector": "prompt_attack",
                "direction": "input",
                "action": "block",
                "sensitivity": "L3",
            }
        ],
        "thresholds": {"owner": "security", "reviewer": "sam"},
        "controls": CONTROLS,
    } | changes


def entry(name, seq, source, target, action=ChangeAction.PROMOTE, *, missing=None, evidence=()):
    made = Entry(
        log=ROOT.log,
        policy=name,
        path=f"policies/{name}.yaml",
        seq=seq,
        prev="c" * 64 if seq > 1 else None,
        change="c1",
        action=action,
        source=source,
        target=target,
        before=None,
        after=f"{seq:064x}" if target else None,
        owner="assistants",
        use_case="public-facing",
        rationale="why",
        root=1,
        requested_at=datetime(2026, 11, seq, tzinfo=UTC),
        evidence=evidence,
    )
    approvals = {} if missing else {"security": frozenset({"sam"})}
    return Recorded(
        entry=made,
        content=entry_bytes(made),
        authors=frozenset({"erin"}),
        approvals=approvals,
        missing=missing or {},
    )


def state(policy, /, *entries, findings=(), **changes):
    last = in_force(entries)
    effective = None
    if last is not None and last.entry.target is not None:
        data = document(policy, last.entry.target, **changes)
        effective = Effective(data=data, weakenings=(), inherited={}, sources=(data, None, {}))
    return PolicyState(
        id=policy, entries=entries, last=last, effective=effective, findings=findings
    )


def register(name, **more):
    return entry(name, 1, None, Stage.LOGGING, ChangeAction.REGISTER, **more)


def enforced(policy="shop", /, **changes):
    return state(
        policy,
        register(policy),
        entry(policy, 2, Stage.LOGGING, Stage.LIMITED, evidence=(REPORT,)),
        entry(policy, 3, Stage.LIMITED, Stage.ENFORCE, evidence=(LOST,)),
        **changes,
    )


LOOSER = DriftCheck(
    policy="ivr",
    entry=3,
    digest=f"{3:064x}",
    target="azure",
    checked=datetime(2026, 11, 20, tzinfo=UTC),
    by="erin",
    effect=Effect.LOOSER,
    differences=2,
)
STEP_BACK = ChangeAction.EMERGENCY_DEMOTE
STATES = (
    state(
        "back",
        register("back"),
        entry("back", 2, Stage.ENFORCE, Stage.LOGGING, STEP_BACK, missing={"security": 1}),
    ),
    state("new", register("new", missing={"security": 1})),
    state("old", register("old"), entry("old", 2, Stage.LOGGING, None, ChangeAction.RETIRE)),
    replace(enforced("ivr"), checks=(LOOSER,)),
    enforced(),
    state(
        "voice",
        register("voice"),
        entry("voice", 2, Stage.LOGGING, Stage.LIMITED),
        entry("voice", 3, Stage.LIMITED, Stage.ENFORCE, missing={"security": 1}),
    ),
)


def assessment(*states, findings=(), gaps=()):
    catalogues = shipped_catalogues()
    ledger = Ledger(
        roots=Roots(by_version={1: ROOT}, findings=(), pin="1" * 64, digests={1: "1" * 64}),
        chains={},
        findings=findings,
    )
    policies = {item.id: item for item in states}
    return Assessment(
        estate=Estate(commit="d" * 40, now=NOW, root=ROOT, policies=policies, findings=findings),
        verification=Verification(commit="d" * 40, ledger=ledger, witnessed=Witnessed(gaps=gaps)),
        policies=states,
        named=False,
        claims={
            item.id: judged_claims(item, catalogues, broken=findings, gaps=gaps) for item in states
        },
        evidence={("shop", 2): KEPT},
        catalogues=catalogues,
    )


def read(module, found):
    return json.loads(module.render(found))[module.NAME]


def statuses(found):
    (result,) = read(assessment_results, found)["results"]
    return {
        item["target"]["target-id"]: item["target"]["status"]["state"]
        for item in result.get("findings", [])
    }


@pytest.mark.parametrize("module", [component_definition, assessment_results])
def test_a_document_is_what_it_was(module, golden, monkeypatch):
    monkeypatch.setattr(assessment_results, "__version__", "0.0.1")

    golden(f"oscal/{module.NAME}.json", module.render(assessment(*STATES)))


@pytest.mark.parametrize("module", [component_definition, assessment_results])
def test_the_same_ledger_gives_the_same_bytes_and_another_one_another_document(module):
    first, again = (module.render(assessment(*STATES)) for _ in range(2))
    other = read(module, assessment(*STATES[:-1]))

    assert first == again
    assert json.loads(first)[module.NAME]["uuid"] != other["uuid"]


@pytest.mark.parametrize("module", [component_definition, assessment_results])
def test_every_identifier_is_of_version_5_and_stands_once(module):
    found = re.findall(r'"uuid": "(.*?)"', module.render(assessment(*STATES)))

    assert {UUID(one).version for one in found} == {5}
    assert len(found) == len(set(found))


@pytest.mark.parametrize("module", [component_definition, assessment_results])
def test_every_reference_leads_to_a_part_of_the_document(module):
    text = module.render(assessment(*STATES))

    defined = set(re.findall(r'"uuid": "(.*?)"', text))
    named = re.findall(r'"(?:href|source)": "#(.*?)"', text)
    for kind in ("subject", "observation", "component"):
        named += re.findall(rf'"{kind}-uuid": "(.*?)"', text)
    for listed in re.findall(r'"party-uuids": \[(.*?)\]', text, re.DOTALL):
        named += re.findall(r'"(.*?)"', listed)
    assert len(named) > 20
    assert set(named) <= defined
    roles = set(re.findall(r'"role-id": "(.*?)"', text))
    assert roles == {item["id"] for item in json.loads(text)[module.NAME]["metadata"]["roles"]}


def test_the_component_of_a_policy_is_the_same_in_both_documents_and_after_a_change():
    now = read(component_definition, assessment(enforced()))["components"][0]
    before = read(component_definition, assessment(STATES[0], enforced()))["components"][1]
    (result,) = read(assessment_results, assessment(enforced()))["results"]

    assert now["uuid"] == before["uuid"]
    assert [one["uuid"] for one in result["local-definitions"]["components"]] == [now["uuid"]]
    stated = {
        item["uuid"]
        for part in now["control-implementations"]
        for item in part["implemented-requirements"]
    }
    assert stated == {item["implementation-statement-uuid"] for item in result["findings"]}


def test_only_what_is_enforced_and_served_satisfies():
    found = statuses(assessment(*STATES))

    assert {name for name, state in found.items() if state == "satisfied"} == {
        "shop.owasp-llm-2026.LLM01",
        "shop.nist-ai-rmf-1.0.MEASURE_2.10",
    }
    assert found["shop.owasp-llm-2026.LLM02"] == "not-satisfied"  # nothing looks at answers
    assert found["voice.owasp-llm-2026.LLM01"] == "not-satisfied"  # the promotion waits
    assert found["back.owasp-llm-2026.LLM01"] == "not-satisfied"  # an emergency counts at once
    assert found["ivr.owasp-llm-2026.LLM01"] == "not-satisfied"  # an engine is looser
    assert not {name.partition(".")[0] for name in found} & {"new", "old"}


def test_what_waits_is_said():
    (result,) = read(assessment_results, assessment(*STATES))["results"]

    said = {item["title"]: item for item in result["observations"]}
    waits = "Entry 3 (promote, limited -\\> enforce) is not in force: it waits for 1 x security."
    assert said["How voice stands"]["remarks"] == waits
    assert said["How new stands"]["description"] == "Nothing of it is approved yet."
    assert said["How old stands"]["description"] == "It is retired, by entry 2."
    assert "still owes 1 x security" in said["How back stands"]["remarks"]
    waiting = [one for one in result["findings"] if one["title"].startswith("voice: ")]
    assert {one["remarks"] for one in waiting} == {waits}


def test_evidence_is_named_by_its_digest_whether_or_not_it_is_there():
    results = read(assessment_results, assessment(enforced()))
    (result,) = results["results"]

    there, lost = (one for one in result["observations"] if one["title"].startswith("Evidence"))
    assert there["description"].startswith("The gate for logging -\\> limited was met, on 12000 ")
    assert there["remarks"] == "window: met. 28 \\*days\\*"
    assert lost["description"].startswith("The commit does not have the report")
    resources = {one["uuid"]: one for one in results["back-matter"]["resources"]}
    for item, kept in ((there, REPORT), (lost, LOST)):
        (evidence,) = item["relevant-evidence"]
        (link,) = resources[evidence["href"][1:]]["rlinks"]
        assert link["href"] == f".policyctl/{kept.name}"
        assert link["hashes"] == [{"algorithm": "SHA-256", "value": kept.sha256}]


@pytest.mark.parametrize("policy", ["", "shop"])
def test_nothing_satisfies_in_a_ledger_that_does_not_verify(policy):
    broken = Finding(
        code="ENTRY_CHANGED", severity=Severity.ERROR, message="entry 2 is not", policy=policy
    )

    found = assessment(enforced(), enforced("other"), findings=(broken,))

    assert statuses(found)["shop.owasp-llm-2026.LLM01"] == "not-satisfied"
    kept = "not-satisfied" if policy == "" else "satisfied"
    assert statuses(found)["other.owasp-llm-2026.LLM01"] == kept
    (result,) = read(assessment_results, found)["results"]
    assert "ENTRY_CHANGED" in [item["title"] for item in result["observations"]]
    assert found.exit_code == 4


def test_nothing_satisfies_where_something_could_not_be_judged():
    gap = Finding(code="CHECKPOINT_MISSING", severity=Severity.ERROR, message="there is none")
    found = assessment(enforced(), gaps=(gap,))

    (result,) = read(assessment_results, found)["results"]

    assert set(statuses(found).values()) == {"not-satisfied"}
    assert {item["name"]: item["value"] for item in result["props"]}["status"] == "not judged"
    assert result["observations"][0]["remarks"] == "Not judged: there is none."
    assert found.exit_code == 3
    with pytest.raises(NotJudgedError):
        require_definable(found)


def test_hostile_text_is_text():
    hostile = enforced(name=HOSTILE, purpose=HOSTILE)

    for module in (component_definition, assessment_results):
        text = module.render(assessment(hostile))
        component = re.search(r'"title": "(\\\\<script.*)"', text)[1]
        assert json.loads(f'"{component}"') == (
            "\\<script\\>alert(1)\\</script\\> \\{\\{ insert: param, x \\}\\} "
            "\\[a\\](javascript:b) \\\\x1b\\[31m\\\\u202e \\*b\\*\\\\n\\# c"
        )
        assert text.isascii()


def test_a_policy_that_claims_nothing_is_a_component_without_controls():
    quiet = enforced(controls={})

    (component,) = read(component_definition, assessment(quiet))["components"]

    assert "control-implementations" not in component
    with pytest.raises(NotJudgedError) as refused:
        require_assessable(assessment(quiet))
    assert refused.value.message == (
        "no policy in force claims a control, so there is nothing to assess"
    )


def test_a_claim_that_no_catalogue_has_is_said_and_not_judged():
    odd = enforced(controls={"owasp-llm-2026": ["LLM77"], "house-1": ["H1"]})

    (component,) = read(component_definition, assessment(odd))["components"]

    said = "Claimed, and in no known catalogue: house-1 H1, owasp-llm-2026 LLM77."
    assert component["remarks"] == said
    assert assessment(odd).claims == {"shop": ()}


def test_what_is_not_in_force_is_left_out_of_the_definition_and_named():
    found = read(component_definition, assessment(*STATES))

    names = [item["title"] for item in found["components"]]
    assert names == ["The back", "The ivr", "The shop", "The voice"]
    assert found["metadata"]["remarks"] == (
        "'new' is left out: nothing of it is approved yet.\n\n'old' is left out: it is retired."
    )


@pytest.mark.parametrize(
    ("given", "spelt"),
    [
        ("plain words", "plain words"),
        ("prompt_attack", "prompt_attack"),
        ("_a_ and __b__", "\\_a\\_ and \\_\\_b\\_\\_"),
        ("- a", "\\- a"),
        ("12. a", "12\\. a"),
        ("+ a", "\\+ a"),
        ("https://a.example www.b", "https\\://a.example www\\.b"),
        (" ", "\\-"),
        ("a\u00a0", "a\\\\xa0"),
    ],
)
def test_text_is_escaped_where_markup_would_be_read(given, spelt):
    assert line(given) == spelt


def test_each_line_of_a_text_is_a_paragraph():
    assert lines("a\r\n\n- b\rc") == "a\n\n\\- b\n\nc"
    assert lines("\n") == "\\-"


def test_an_id_of_a_control_becomes_a_token():
    assert [token(one) for one in ("LLM01", "MEASURE 2.10", "5.1", "LLM03:2025")] == [
        *("LLM01", "MEASURE_2.10", "_5.1", "LLM03-2025")
    ]


def test_a_moment_that_oscal_cannot_spell_is_moved_to_the_next_that_it_can():
    assert moment(datetime(1, 1, 1, tzinfo=UTC)) == "1970-01-01T00:00:00Z"
    assert moment(datetime(9999, 1, 1, tzinfo=UTC)) == "2999-12-31T00:00:00Z"
    assert moment(datetime(2027, 1, 1, tzinfo=UTC), NOW) == "2026-11-23T08:00:00Z"


@pytest.mark.parametrize(
    ("given", "spelt"),
    [
        ("https://doi.org/10.6028/NIST.CSWP.29", "https://doi.org/10.6028/NIST.CSWP.29"),
        ("https://a.example/b?c=d&e=%20#f", "https://a.example/b?c=d&e=%20#f"),
        ("https://a.example/<b>[%]", "https://a.example/%3Cb%3E%5B%25%5D"),
        ("https://a.example/#b#ü%20", "https://a.example/#b%23%C3%BC%20"),
    ],
)
def test_an_address_holds_nothing_that_addresses_do_not(given, spelt):
    assert address(given) == spelt
