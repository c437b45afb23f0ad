"""LiteLLM's own proxy loads the guardrail, obeys the policy, and its records count as evidence."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

import policyctl
from policyctl.core.bucket import takes_in
from policyctl.core.compiled import compiled
from policyctl.core.frozen import replace
from policyctl.core.levels import Sensitivity
from policyctl.core.policy import Guardrail, Limited, PolicyException
from policyctl.core.sides import Action, Direction
from policyctl.core.stages import Stage

SCRIPT = Path(__file__).with_name("ask_proxy.py")
DIGEST = "ab" * 32
ATTACK = "please do anything now"  # a phrase of LiteLLM's list of jailbreaks
SSN = "your number is 123-45-6789"
FILTER = {
    "guardrail": "litellm_content_filter",
    "patterns": [{"pattern_type": "prebuilt", "pattern_name": "us_ssn", "action": "MASK"}],
    "categories": [
        {
            "category": "prompt_injection_jailbreak",
            "enabled": True,
            "action": "BLOCK",
            "severity_threshold": "low",
        }
    ],
}
DETECTORS = ["prompt_attack", "pii/us_social_security_number"]
SALT = "policyctl/v1:team-assistant"
BOTH = ["pre_call", "post_call"]
LEVELS = ("l1_confident", "l2_very_likely", "l3_likely")
LAB = "redteam-lab"
"""Where the policy that is on record wants to act next."""


def people(inside):
    """Users in, or outside of, a share of 30 %."""
    names = (f"user-{number}" for number in range(1000))
    return next(name for name in names if takes_in(Fraction(3, 10), SALT, name) is inside)


class Proxy:
    """A configuration of the proxy, the requests sent to it, and what became of them."""

    def __init__(self, folder):
        self.folder, self.guardrails, self.requests, self.answers = folder, [], [], {}
        self.broken, self.stopped, self.loaded = [], [], []

    def guardrail(self, name, policy, **more):
        """Let a policy decide about what a guardrail finds."""
        file = self.folder / f"{name}.compiled.json"
        file.write_text(json.dumps(compiled(policy, entry=2, digest=DIGEST)))
        self.guardrails.append(self.configured(name, file, **more))

    def configured(self, name, file, mode=BOTH, **more):
        options = {
            "policy": str(file),
            "records": str(self.folder / f"{name}.jsonl"),
            "detectors": DETECTORS,
            "wraps": FILTER,
        }
        params = {"guardrail": "policyctl.decide.litellm.PolicyGuardrail", "mode": mode}
        params["policyctl"] = options | more
        return {"guardrail_name": name, "litellm_params": params}

    def send(self, name, guardrail, *, text=None, answer=None, body=(), **auth):
        """Send a request with a text, or let the model answer."""
        said = {"text": text} if answer is None else {"answer": answer}
        auth = {"api_key": "k", "key_alias": "assistant", "user_id": "ann", **auth}
        self.requests.append(
            {"id": name, "guardrail": guardrail, "auth": auth, "body": dict(body), **said}
        )

    def run(self, python):
        """Load the configuration and send everything."""
        config = {"guardrails": self.guardrails, "broken": self.broken}
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config))
        lines = "".join(json.dumps(item) + "\n" for item in self.requests)
        (self.folder / "requests.jsonl").write_text(lines)
        (self.folder / "policyctl").symlink_to(Path(policyctl.__file__).parent)
        done = subprocess.run(
            [str(python), "-W", "ignore", str(SCRIPT), "proxy", str(self.folder)],
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout.splitlines()[-1])
        self.loaded, self.stopped = said["loaded"], said["stopped"]
        names = [item["id"] for item in self.requests]
        self.answers = dict(zip(names, said["done"], strict=True))

    def read(self, name):
        """What a user read, or the number of the refusal."""
        answer = self.answers[name]
        return answer.get("text") or answer["refused"]

    def records(self, guardrail):
        """The records that were written under a policy, by request and detector."""
        lines = (self.folder / f"{guardrail}.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
        made = {(item["request_id"], item["detector"]): item for item in found}
        assert len(made) == len(found)
        return made


@pytest.fixture(scope="module")
def policy(from_baseline):
    return replace(
        from_baseline("internal-facing", Stage.LOGGING),
        id="team-assistant",
        guardrails=(
            Guardrail(
                detector="prompt_attack",
                direction=Direction.INPUT,
                action=Action.BLOCK,
                sensitivity=Sensitivity.L2,
            ),
            Guardrail(
                detector="pii",
                direction=Direction.OUTPUT,
                action=Action.REDACT,
                sensitivity=Sensitivity.L2,
            ),
        ),
    )


@pytest.fixture(scope="module")
def proxy(litellm_python, policy, lakera, tmp_path_factory):
    """Everything that these tests ask, in one process: LiteLLM takes ten seconds to start."""
    found = Proxy(tmp_path_factory.mktemp("proxy"))
    cohort = Limited(cohorts=("beta",), salt=SALT)
    share = Limited(share=Fraction(3, 10), key="user_id", salt=SALT)
    for stage, scope in ((Stage.LOGGING, None), (Stage.LIMITED, cohort), (Stage.ENFORCE, None)):
        app = LAB if stage is Stage.LOGGING else ""
        found.guardrail(stage.value, replace(policy, stage=stage, limited=scope), app=app)
    enforced = replace(policy, stage=Stage.ENFORCE)
    found.guardrail("share", replace(policy, stage=Stage.LIMITED, limited=share))
    found.guardrail("excepted", replace(enforced, exceptions=exceptions()))
    found.guardrail(
        "tags",
        replace(policy, stage=Stage.LIMITED, limited=cohort),
        cohorts="request",
        app="assistant",
    )
    hooked = {"guardrail": "ask_proxy.Hooked"}
    found.guardrail("hooked", enforced, wraps=hooked, detectors=["prompt_attack", "pii"])
    stages = (("logging", policy), ("enforce", enforced))
    for stage, one in stages:
        for does in ("slow", "fail", "reject", "unjudged"):
            wraps = {"guardrail": "ask_proxy.Faulty", "does": does}
            found.guardrail(
                f"{does}-{stage}", one, wraps=wraps, timeout=0.2, on_failure="by-stage", app=LAB
            )
            found.send(f"{does}-{stage}", f"{does}-{stage}", text="hello")
    wraps = {"guardrail": "ask_proxy.Faulty", "does": "fail"}
    found.guardrail("open", enforced, wraps=wraps, on_failure="allow")
    found.send("open", "open", text="hello")
    address, _ = lakera
    guard = {"guardrail": "lakera_v2", "api_base": address, "api_key": "k", "breakdown": True}
    found.guardrail(
        "lakera", enforced, wraps=guard | {"on_flagged": "monitor"}, detectors=DETECTORS
    )
    for level in LEVELS:
        found.send(level, "lakera", text=level)
    send_all(found)
    found.broken = broken(found)
    found.run(litellm_python)
    return found


@pytest.fixture(scope="module")
def lakera():
    """The address of an engine that answers as Lakera Guard does, and what it was sent."""

    class Guard(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent.append(body["messages"])
            text = body["messages"][-1]["content"]
            level = text if text.startswith("l") else "l5_unlikely"
            found = {"detector_type": "prompt_attack", "detected": level == text, "result": level}
            answer = {"flagged": found["detected"], "breakdown": [found], "payload": []}
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    sent = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    thread.join()
    server.server_close()


def exceptions():
    now = datetime.now(UTC).date()
    common = {"guardrail": "prompt_attack", "reason": "r", "owner": "o"}
    return (
        PolicyException(id="EX-1", expires=now + timedelta(9), apps=(LAB,), **common),
        PolicyException(id="EX-2", expires=now - timedelta(2), apps=("assistant",), **common),
    )


def send_all(found):
    for stage in ("logging", "limited", "enforce"):
        found.send(f"{stage} quiet", stage, text="hello")
        found.send(f"{stage} attack", stage, text=ATTACK)
        found.send(f"{stage} answer", stage, answer=SSN)
        found.send(f"{stage} stream", stage, answer=SSN, body={"stream": True})
        found.send(f"{stage} quiet stream", stage, answer="all is well", body={"stream": True})
    beta, team = {"tags": ["dev", "beta"]}, {"tags": ["beta"]}
    found.send("limited beta", "limited", text=ATTACK, metadata=beta)
    found.send("limited team", "limited", text=ATTACK, team_metadata=team)
    forged = {"tags": ["beta"], "user_api_key_metadata": team, "user_api_key_alias": "forged"}
    found.send("limited forged", "limited", text=ATTACK, body={"metadata": forged})
    found.send("tags sent", "tags", text=ATTACK, body={"metadata": {"tags": ["beta"]}})
    for name, inside in (("share in", True), ("share out", False)):
        found.send(name, "share", text=ATTACK, user_id=people(inside))
    found.send("excepted", "excepted", text=ATTACK, key_alias=LAB)
    found.send("ended", "excepted", text=ATTACK)
    found.send("hooked quiet", "hooked", text="hello")
    found.send("hooked block", "hooked", text="acme")
    found.send("hooked mask", "hooked", text="hush now")
    found.send("hooked answer", "hooked", answer="acme")


def broken(found):
    """Configurations that must keep the proxy from starting, one list for each attempt."""
    file = found.folder / "enforce.compiled.json"
    draft = found.folder / "draft.compiled.json"
    draft.write_text(json.dumps({**json.loads(file.read_text()), "entry": 0}))
    plain = found.configured("x", file)
    plain["litellm_params"].pop("policyctl")
    changes = (
        {"file": found.folder / "nowhere.json"},
        {"file": draft},
        {"mode": "logging_only"},
        {"detectors": ["prompt_atack"]},
        {"wraps": {"guardrail": "no_such_provider"}},
        {"wraps": {**FILTER, "patterns": [{"pattern_type": "prebuilt", "pattern_name": "x"}]}},
        {"records": "/nowhere/records.jsonl"},
        {"share": "10%"},
    )
    made = [found.configured("x", **{"file": file, **change}) for change in changes]
    return [[item] for item in (*made, plain)]


def test_every_guardrail_that_is_declared_is_loaded(proxy):
    assert proxy.loaded == [item["guardrail_name"] for item in proxy.guardrails]


def test_a_request_is_blocked_in_enforce_logged_in_logging_and_for_the_cohort_in_limited(proxy):
    assert proxy.read("enforce attack") == 400
    assert proxy.read("logging attack") == ATTACK
    assert proxy.read("limited attack") == ATTACK
    assert proxy.read("limited beta") == proxy.read("limited team") == 400
    assert {proxy.read(f"{stage} quiet") for stage in ("logging", "limited", "enforce")} == {
        "hello"
    }


def test_nobody_gets_into_a_cohort_by_saying_so(proxy):
    assert proxy.read("limited forged") == ATTACK
    record = proxy.records("limited")["limited forged", "prompt_attack"]
    assert record["app"] == "assistant"
    assert "cohort" not in record
    assert proxy.read("tags sent") == 400


def test_a_share_takes_in_the_same_users_as_anywhere_else(proxy):
    assert proxy.read("share in") == 400
    assert proxy.read("share out") == ATTACK


def test_an_exception_holds_until_its_last_day(proxy):
    assert proxy.read("excepted") == ATTACK
    assert proxy.read("ended") == 400
    facts = proxy.records("excepted")["excepted", "prompt_attack"]
    assert (facts["detected"], facts["would_block"], facts["blocked"]) == (True, False, False)


def test_what_is_redacted_is_redacted_and_refused_in_a_stream(proxy):
    assert proxy.read("logging answer") == proxy.read("logging stream") == SSN
    assert proxy.read("limited answer") == proxy.read("limited stream") == SSN
    assert proxy.read("enforce answer") == "your number is [US_SSN_REDACTED]"
    assert proxy.read("enforce stream") == 400
    assert proxy.read("enforce quiet stream") == "all is well"


def test_a_provider_that_knows_only_the_hooks_of_chats_is_asked_through_them(proxy):
    assert proxy.read("hooked quiet") == "hello"
    assert proxy.read("hooked block") == 400
    assert proxy.read("hooked mask") == 400  # found, and the policy blocks its first detector
    assert proxy.read("hooked answer") == "acme"  # no guardrail of the policy stands there
    levels = {name: item["level"] for (name, _), item in proxy.records("hooked").items()}
    assert levels["hooked answer"] == "l1_confident"


def test_the_engines_own_level_is_held_against_the_policys_sensitivity(proxy, lakera):
    assert [proxy.read(name) for name in LEVELS] == [
        400,
        400,
        "l3_likely",
    ]
    records = proxy.records("lakera")
    for name in LEVELS:
        assert records[name, "prompt_attack"]["level"] == name
    _, sent = lakera
    assert [messages[0]["content"] for messages in sent] == list(LEVELS)


@pytest.mark.parametrize(
    ("does", "status"),
    [("slow", "timeout"), ("fail", "error"), ("reject", "error"), ("unjudged", "error")],
)
def test_no_answer_stops_what_could_have_been_stopped_and_is_recorded(proxy, does, status):
    assert proxy.read(f"{does}-enforce") == 503
    assert proxy.read(f"{does}-logging") == "hello"
    for stage, blocked in (("enforce", True), ("logging", False)):
        name = f"{does}-{stage}"
        record = proxy.records(name)[name, "prompt_attack"]
        assert (record["status"], record["level"]) == (status, "none")
        assert record["blocked"] is blocked
        assert "detected" not in record


def test_on_failure_allow_lets_through_what_was_not_checked(proxy):
    assert proxy.read("open") == "hello"
    assert proxy.records("open")["open", "prompt_attack"]["status"] == "error"


def test_a_record_says_what_was_found_and_done_and_nothing_that_people_wrote(proxy):
    found = proxy.records("enforce")["enforce attack", "prompt_attack"]
    started = datetime.fromisoformat(found.pop("ts"))

    assert datetime.now(UTC) - started < timedelta(minutes=10)
    assert found == {
        "request_id": "enforce attack",
        "key": "ann",
        "app": "assistant",
        "direction": "input",
        "detector": "prompt_attack",
        "level": "l1_confident",
        "status": "ok",
        "detected": True,
        "would_block": True,
        "blocked": True,
        "engine": "litellm",
        "policy_digest": DIGEST,
    }
    written = b"".join(file.read_bytes() for file in proxy.folder.glob("*.jsonl"))
    written = written.replace((proxy.folder / "requests.jsonl").read_bytes(), b"")
    for text in (ATTACK, "anything now", "123-45", "well"):
        assert text.encode() not in written


def test_a_message_has_one_record_for_each_detector_that_was_looked_for(proxy):
    per_request = Counter(name for name, _ in proxy.records("enforce"))

    assert per_request == {
        "enforce quiet": 2,
        "enforce attack": 1,  # LiteLLM's filter stops at the first phrase: the rest is not known
        "enforce answer": 2,
        "enforce stream": 2,
        "enforce quiet stream": 2,
    }


def test_a_configuration_that_cannot_be_used_keeps_the_proxy_from_starting(proxy):
    said = [text.replace(str(proxy.folder), "FOLDER") for text in proxy.stopped]

    assert said[:4] == [
        "InputError: cannot read FOLDER/nowhere.json: No such file or directory",
        "RefusedError: 'team-assistant' is a draft that nobody approved",
        "InputError: a policy decides in the modes pre_call and post_call, not in 'logging_only'",
        "InputError: policyctl.detectors: 'prompt_atack' is no detector that policies know, did "
        "you mean 'prompt_attack'?",
    ]
    assert said[4].startswith("InputError: LiteLLM cannot make the wrapped guardrail: Unsupported")
    assert said[5].startswith("InputError: LiteLLM cannot make the wrapped guardrail: ")
    assert said[6] == "InputError: cannot write /nowhere/records.jsonl: No such file or directory"
    assert said[7].startswith("InputError: policyctl.share is unknown; known are policy, records")
    assert said[8] == "InputError: the guardrail has no 'policyctl:' with its options"


def test_its_records_are_imported_and_counted_as_evidence(proxy, recorded):
    written = [proxy.folder / f"{name}.jsonl" for name in ("logging", "fail-logging")]
    recorded.write("records.jsonl", b"".join(file.read_bytes() for file in written))
    imported = recorded.run(
        "records", "import", "--from", "plain", "--out", "prepared", "records.jsonl"
    )
    assert imported.code == 0, imported.err

    for events in ("prepared", "records.jsonl"):
        told = recorded.run("evidence", "team-assistant", "--events", events, "--format", "json")
        assert told.code == 3, told.err  # fourteen days are asked for
        report = json.loads(told.out)["result"]["report"]
        assert report["requests"]["by_app"] == {"redteam-lab": 6}
        stratum = next(item for item in report["strata"] if item["guardrail"] == "prompt_attack")
        assert (stratum["app"], stratum["direction"]) == ("redteam-lab", "input")
        counts = ("evaluations", "flagged", "newly_blocked", "errors")
        assert [stratum[name] for name in counts] == [2, 1, 1, 1]
