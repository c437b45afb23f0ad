"""What reads foreign bytes, as functions of bytes: each returns, whatever the bytes are.

`test_any_bytes.py` calls them with what Hypothesis draws, `coverage_guided.py` with what a
coverage-guided fuzzer finds. An error that the product raises on purpose is an answer; anything
else that is raised is a defect.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import re
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from policyctl.adapters.catalogues import catalogues_of
from policyctl.adapters.findings_file import findings_in
from policyctl.adapters.records.opening import open_records
from policyctl.adapters.settings_file import parse_settings
from policyctl.adapters.ssh_verification import verify
from policyctl.adapters.verdicts import Verdicts
from policyctl.adapters.working_governance import WorkingGovernance
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.adapters.yaml_files import parse
from policyctl.adapters.yaml_limits import decode
from policyctl.adapters.yaml_lines import values as line_values
from policyctl.adapters.yaml_nodes import build
from policyctl.adapters.yaml_plain import UnusualError
from policyctl.cli.findings_output import emit_findings
from policyctl.cli.formats import FindingsFormat
from policyctl.core.backtracking import backtracking
from policyctl.core.engine_logs.engines import READERS
from policyctl.core.engine_logs.identities import Identities, Keys
from policyctl.core.engine_logs.level_table import LevelTable
from policyctl.core.engine_logs.normalise import Defaults, normaliser
from policyctl.core.entry import ChangeAction, Entry, entry_bytes, parse_entry
from policyctl.core.expression import expression
from policyctl.core.expression_syntax import compile_problem
from policyctl.core.json_line import decode_line
from policyctl.core.record import FIELDS, record_from
from policyctl.core.record_table import cells_of, delimiter_of, fields_of
from policyctl.core.records_manifest import (
    ImportedFile,
    Manifest,
    manifest_bytes,
    manifest_from,
)
from policyctl.core.root_document import parse_root
from policyctl.core.ssh_keys import parse_public_key
from policyctl.core.ssh_wire import string
from policyctl.core.sshsig import Signature, armor, dearmor, encode
from policyctl.core.stages import Stage
from policyctl.core.trust_root import Member, Role, TrustRoot, root_bytes
from policyctl.core.unusable import UnusableError
from policyctl.errors import PolicyctlError, SignatureError
from policyctl.rules.registry import RULES
from policyctl.rules.settings import Settings
from policyctl.rules.wider import Change
from policyctl.usecases.fix import cures, mend
from policyctl.usecases.lint import adopt, lint
from policyctl.usecases.lint_reading import Surroundings
from policyctl.usecases.migrate import migrate
from policyctl.usecases.show import show
from policyctl.usecases.validate import validate

NAME = "policies/every-key.yaml"
SAMPLE = (Path(__file__).parents[1] / "data/every-key.yaml").read_bytes()
KNOWN = frozenset(rule.id for rule in RULES)
MOST_OUTPUT = 8 * 2**20
"""Bytes of one report; a document has at most one mebibyte."""

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ANY = ("L1", "L2", "L3", "L4")
ROOT = TrustRoot(
    log="0" * 64,
    version=1,
    prev=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    people={name: Member(name=name.title(), keys=()) for name in ("alice", "bob", "crm")},
    roles={"ai-security": Role(members=("alice",)), "vacant": Role(members=())},
    stewards=("alice",),
    threshold=1,
    approvals=(),
    teams={"support-platform": ("bob",), "disbanded": ()},
    gates={"limited": {"window": "7d", "records": 1000}},
    appetite={"public-facing": dict.fromkeys(("public", "internal"), _ANY)},
)


ENTRY = Entry(
    log="0" * 64,
    policy="every-key",
    path=NAME,
    seq=1,
    prev=None,
    change="c1",
    action=ChangeAction.EDIT,
    source=Stage.LOGGING,
    target=Stage.LOGGING,
    before=None,
    after="1" * 64,
    owner="support-platform",
    use_case="public-facing",
    rationale="as agreed",
    root=1,
    requested_at=datetime(2026, 11, 22, tzinfo=UTC),
)
_KEY = string(b"ssh-ed25519") + string(b"k" * 32)
SIGNATURE = Signature(
    public_key=_KEY,
    namespace="policyctl/v1/entry",
    hash_algorithm="sha512",
    algorithm="ssh-ed25519",
    signature=b"s" * 64,
)


class Governance(WorkingGovernance):
    """The shipped baselines and catalogues, and a trust root."""

    root = ROOT


class NoTrail:
    """No ledger."""

    def entries(self, policy: str) -> tuple[bytes, ...]:
        return ()


class Past:
    """A range of commits before which the file was the sample."""

    def changes(self) -> tuple[Change, ...]:
        return (Change(commit="a" * 40, subject="x", paths=(NAME, "main.tf")),)

    def before(self, file: str) -> bytes | None:
        return SAMPLE


def around(**more: Any) -> Surroundings:
    given: dict[str, Any] = {
        "documents": YamlDocuments(),
        "governance": Governance(None),
        "trails": NoTrail(),
        "settings": Settings(),
        "now": datetime(2026, 11, 22, 12, tzinfo=UTC),
    }
    return Surroundings(**given | more)


AROUND = around()
IN_RANGE = around(history=Past())


MANIFEST = Manifest(
    inputs=(
        ImportedFile(
            name="log.jsonl",
            sha256="ab" * 32,
            engine="lakera",
            settings="cd" * 32,
            size=1,
            lines=1,
            used=1,
            silent=0,
            records=1,
        ),
    ),
    files={},
    policyctl="0.1.0",
    duckdb="2.0.0",
)


def policy(content: bytes) -> None:
    """YAML: read, check, every rule, suppressions, every format."""
    given = [(NAME, content)]
    try:
        validate(given, documents=AROUND.documents, governance=AROUND.governance)
        reports = [lint(given, around=IN_RANGE), lint(given, around=AROUND, estate=given * 2)]
        rest, baseline = adopt(given, around=AROUND)
        findings_in(baseline, "known.json")
    except PolicyctlError:
        return
    for report in (*reports, rest):
        for form in FindingsFormat:
            readable(form, printed(report, form))


def printed(report: Any, form: FindingsFormat) -> str:
    with redirect_stdout(io.StringIO()) as out:
        emit_findings("lint", report, form)
    return out.getvalue()


def readable(form: FindingsFormat, text: str) -> None:
    """Fail unless whoever reads this format can: a terminal, a parser."""
    size = len(text.encode("utf-8", "backslashreplace"))
    assert size <= MOST_OUTPUT, f"{form.value}: {size} bytes"
    match form:
        case FindingsFormat.JSON | FindingsFormat.SARIF:
            json.loads(text)
        case FindingsFormat.JUNIT:
            ET.fromstring(text)
        case _:
            found = _CONTROL.search(text)
            assert found is None, f"{form.value}: {text[max(0, found.start() - 20) :][:40]!r}"


def changed_policy(instructions: bytes) -> None:
    """A sound policy after some changes, which gets further than bytes without a plan."""
    policy(changed(instructions))


_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**53, 2**64, 0.5, "", " ", "x", "é", "\u202e", "\ud83d\ude00"),
    *("100%", "0%", "0.0001%", "1h", "99999w", "L1", "L4", "logging", "enforce", "0001-01-01"),
    *("9999-12-31", "2026-02-30", "(a+)+$", "(?P<a>x)(?P=a)", "[", "a{1,4294967294}", "(?i)\u017f"),
    *("flag rate of pii above 0% for 1h", "error rate above 100% for 99999w", "pii/email"),
    *("AKIAIOSFODNN7EXAMPLE", "4111 1111 1111 1111", "DE89370400440532013000", "a@example.org"),
    *("custom/competitors", "topic/advice", "default@1", "default@999999", "nist-csf-2.0"),
    *([], {}, ["x"], [{}], ["a", "a"], {"x": []}, "x" * 2000, ["x" * 200] * 50, "line\nline"),
)


def changed(instructions: bytes) -> bytes:
    """The sample policy with changes that the bytes choose: a place, a way, a value, three each."""
    document, findings = parse(SAMPLE, NAME)
    assert document is not None
    assert not findings
    data = copy.deepcopy(document.data)
    for start in range(0, min(len(instructions), 60) - 2, 3):
        where, way, what = instructions[start : start + 3]
        found = list(_places(data))
        holder, key = found[(where * 256 + what) % len(found)]
        value = _VALUES[what % len(_VALUES)]
        if way % 8 == 0:
            del holder[key]
        elif way % 8 == 1 and isinstance(holder, dict):
            holder[f"{key}{chr(what)}"] = holder.pop(key)
        elif way % 8 == 2 and isinstance(holder, list):
            holder += [holder[key]] * (what // 16)
        elif way % 8 == 3 and isinstance(holder[key], str):
            holder[key] = holder[key][: what % 9] + chr(what) + holder[key][what % 9 :]
        else:
            holder[key] = copy.deepcopy(value)
        if not data:
            break
    text = json.dumps(data, ensure_ascii=bool(len(instructions) % 2), indent=1)
    comment = "".join(chr(32 + byte % 95) for byte in instructions[60:160])
    return f"# policyctl: {comment}\n{text}\n".encode("utf-8", "replace")


def _places(data: Any) -> Any:
    for key, value in list(data.items()) if isinstance(data, dict) else list(enumerate(data)):
        yield data, key
        if isinstance(value, (dict, list)) and value:
            yield from _places(value)


def cured(instructions: bytes) -> None:
    """`lint --fix`: what it writes is a policy, and nothing is left to cure."""
    for content in (changed(instructions), instructions):
        with suppress(PolicyctlError):
            mended = mend(NAME, content, AROUND)
            list(cures(NAME, content, AROUND))
            if mended.fixed:
                assert mended.after != content
                assert mend(NAME, mended.after, AROUND).after == mended.after
            else:
                assert mended.after == content


def lines(content: bytes) -> None:
    """YAML line by line: what is read has the values that the parser finds."""
    text, problems = decode(content, "p.yaml")
    if text is None or problems:
        return
    try:
        found = line_values(text)
    except UnusualError:
        return
    document, findings = build(content, text, "p.yaml")
    assert not findings
    assert document
    assert repr(found) == repr(document.data)


def shown(instructions: bytes) -> None:
    """`show` and `migrate`."""
    for content in (changed(instructions), instructions):
        with suppress(PolicyctlError):
            show(content, file=NAME, documents=AROUND.documents, governance=AROUND.governance)
        with suppress(PolicyctlError):
            migrate(content, file=NAME, documents=AROUND.documents)
        with suppress(PolicyctlError):
            document, _ = parse(content, NAME)
            if document is not None:
                AROUND.documents.read_alike(content, document)


def settings(content: bytes) -> None:
    """`policyctl.toml`."""
    for text in (content, b"[lint]\n" + content):
        with suppress(PolicyctlError):
            parse_settings(text, "policyctl.toml", KNOWN)


def suppression(content: bytes) -> None:
    """A comment that exempts a line, and what follows it."""
    policy(SAMPLE.replace(b"stage:", b"stage:  # policyctl: ignore[" + content + b"\n ", 1))
    policy(SAMPLE + b"# policyctl: ignore[purpose-thin" + content)


def trigger(content: bytes) -> None:
    """A condition of an escalation."""
    text = content.decode("utf-8", "replace")
    for words in (text, f"flag rate of {text} above 5% for 3d", f"flag rate above {text}"):
        when = json.dumps(words).encode()
        policy(SAMPLE.replace(b"flag rate above 5% for 3d", when))


def regex(content: bytes) -> None:
    """A regular expression of a policy: read, never run."""
    text = content.decode("utf-8", "replace")
    problem = compile_problem(text)
    if not problem:
        with suppress(ValueError):
            backtracking(expression(text))
    policy(SAMPLE.replace(b"'^(?:x|y)+$'", json.dumps(text).encode()))


def findings_baseline(content: bytes) -> None:
    """The file of `lint --baseline`."""
    with suppress(PolicyctlError):
        findings_in(content, "known.json")


_FOLDER = Path(tempfile.gettempdir())


def _file(content: bytes) -> Any:
    file = tempfile.NamedTemporaryFile(dir=_FOLDER, suffix=".jsonl")  # noqa: SIM115
    file.write(content)
    file.flush()
    return file


def records(content: bytes) -> None:
    """Detection records, plain or packed."""
    with _file(content) as file, suppress(PolicyctlError):
        for _ in open_records([file.name]):
            pass


def engine_log(content: bytes) -> None:
    """A line of every engine's log, and of a table."""
    who = Identities(keys=Keys.HASH, salt=b"salt")
    defaults = Defaults(app="a", direction="input")
    for engine in READERS:
        with suppress(UnusableError):
            normaliser(engine, levels=LevelTable(), identities=who, defaults=defaults)(
                decode_line(content), "x:1"
            )
    with suppress(UnusableError):
        text = content.decode("utf-8", "replace")
        delimiter = delimiter_of(text)
        record_from(fields_of(FIELDS, cells_of(text, delimiter or ",")))


def manifest(content: bytes) -> None:
    """The manifest of a prepared folder: what is read is written back, byte for byte."""
    with suppress(ValueError):
        assert manifest_bytes(manifest_from(content)) == content


def catalogue(content: bytes) -> None:
    """A control framework of an organisation's own."""
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        own = Path(folder, "catalogues/owasp-llm-2026.json")
        own.parent.mkdir()
        own.write_bytes(content)
        with suppress(PolicyctlError):
            catalogues_of(folder)


def remembered(content: bytes) -> None:
    """A file of verdicts."""
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        path = Path(folder, "verdicts-x")
        path.touch(0o600)
        path.write_bytes(content)
        assert Verdicts(folder, "x").known == {}


def entry(content: bytes) -> None:
    """A ledger entry: what is read is written back, byte for byte."""
    with suppress(ValueError):
        assert entry_bytes(parse_entry(content)) == content


def trust_root(content: bytes) -> None:
    """A trust root, likewise."""
    with suppress(ValueError):
        assert root_bytes(parse_root(content)) == content


def signature(content: bytes) -> None:
    """A signature as a file, and as what the armour holds."""
    for text in (content, armor(content)):
        with suppress(SignatureError):
            parsed = dearmor(text)
            assert armor(encode(parsed)) == text
            verify(parsed, b"message")


def public_key(content: bytes) -> None:
    """A line of a key file, and a key's wire form."""
    wire = base64.b64encode(content).decode()
    name = content[4:15].decode("latin-1")
    for line in (content.decode("utf-8", "replace"), f"{name} {wire}", f"ssh-ed25519 {wire}"):
        with suppress(SignatureError):
            parse_public_key(line)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        *(policy, changed_policy, cured, lines, shown, settings, suppression, trigger, regex),
        *(
            findings_baseline,
            records,
            engine_log,
            manifest,
            catalogue,
            remembered,
            entry,
            trust_root,
        ),
        *(signature, public_key),
    )
}


def seeds(name: str) -> list[bytes]:
    """Where the search of a target starts: things that are nearly right."""
    shipped = Path(sys.modules["policyctl"].__file__ or "").parent
    found = {
        "policy": [SAMPLE, *(path.read_bytes() for path in shipped.parent.glob("baselines/*"))],
        "changed_policy": [bytes(range(60)), b"\x05\x04\x07" * 20 + b"ignore[regex-invalid]: x"],
        "cured": [SAMPLE, bytes(range(60))],
        "lines": [SAMPLE, *(path.read_bytes() for path in shipped.parent.glob("baselines/*"))],
        "shown": [SAMPLE, bytes(range(60))],
        "settings": [
            b'select = ["no-controls"]\nmax_exceptions = 3\nexception_soon = "14d"\n',
            b'[lint.severity]\nno-controls = "note"\n',
        ],
        "suppression": [b"no-controls] until 2027-01-01: agreed", b", purpose-thin]: yes"],
        "trigger": [b"flag rate of pii above 2% for 7d", b"5% for 3d"],
        "regex": [b"(a|a)*b", b"^(?:[a-z]+)+$", b"(?<=x)y{2,9}", b"(?P<n>a)(?P=n)"],
        "findings_baseline": [
            b'{"type": "policyctl/findings-baseline/v1", "findings": ['
            b'{"policy": "a", "code": "b", "at": "", "count": 1}]}'
        ],
        "records": [
            b'{"ts": "2026-10-05T00:00:00Z", "request_id": "r1", "app": "a", "direction": "input",'
            b' "detector": "prompt_attack", "level": "none", "status": "ok"}\n'
        ],
        "engine_log": [
            line
            for log in sorted((Path(__file__).parents[1] / "data/engine_logs").glob("*.jsonl"))
            for line in log.read_bytes().splitlines(keepends=True)
        ],
        "manifest": [manifest_bytes(MANIFEST)],
        "catalogue": [(shipped / "catalogues/owasp-llm-2026.json").read_bytes()],
        "remembered": [b"policyctl verdicts 1 " + b"0" * 40 + b"\n" + b"1" * 40 + b"[]\n"],
        "entry": [entry_bytes(ENTRY)],
        "signature": [encode(SIGNATURE), armor(encode(SIGNATURE))],
        "trust_root": [root_bytes(ROOT)],
        "public_key": [b"ssh-ed25519 " + base64.b64encode(_KEY)],
    }
    return found.get(name, [])
