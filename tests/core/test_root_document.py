"""What is a trust root, what is none, and which code says why."""

from dataclasses import replace

import pytest

from policyctl.core.canonical import decode, encode
from policyctl.core.entry import ChangeAction
from policyctl.core.root_document import RootError, parse_root
from policyctl.core.stages import Stage
from policyctl.core.trust_root import ApprovalRule, Emergency, Role, root_bytes

CYRILLIC_A = "\u0430"
ROLES = {"security": Role(members=("sam", "pia")), "risk": Role(members=("rita", "pia"))}


def refusal(content: bytes) -> RootError:
    with pytest.raises(RootError) as caught:
        parse_root(content)
    return caught.value


def with_person(root, name, *, keys=()):
    people = {**root.people, name: replace(root.people["erin"], keys=tuple(keys))}
    return replace(root, people=people)


@pytest.mark.parametrize(
    "name",
    [
        f"s{CYRILLIC_A}m",
        "sam\u200b",
        "Sam",
        "sam ",
        "",
        "*",
        "sam*",
        "sam,erin",
        "s.m",
        "sam\n",
        "-sam",
        "1sam",
        "sam--2",
        "sam@example.org",
        "\uff53am",
    ],
)
@pytest.mark.parametrize("place", ["person", "team", "role", "member", "steward"])
def test_an_identity_is_a_plain_ascii_name(forge, name, place):
    root = forge.root()
    root = {
        "person": lambda: with_person(root, name),
        "team": lambda: replace(root, teams={name: ("erin",)}),
        "role": lambda: replace(root, roles={**root.roles, name: Role(members=("sam",))}),
        "member": lambda: replace(root, teams={"assistants": (name,)}),
        "steward": lambda: replace(root, stewards=("erin", name)),
    }[place]()

    error = refusal(root_bytes(root))

    # A line break cannot even be written as a member, so such a root is no document at all.
    unwritable = place in ("member", "steward") and not name.isprintable()
    assert error.code == ("ROOT_MALFORMED" if unwritable else "ROOT_BAD_IDENTITY")


def test_a_look_alike_is_told_in_ascii(forge):
    error = refusal(root_bytes(with_person(forge.root(), f"s{CYRILLIC_A}m")))

    assert error.message == "'s\\u0430m' is not a plain ASCII name"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teams": {"erin": ("ada",)}}, "'erin' is both a person and a team or role"),
        (
            {"roles": {**ROLES, "ada": Role(members=("sam",))}},
            "'ada' is both a person and a team or role",
        ),
        ({"teams": {"crew": ("ghost",)}}, "'ghost' is nobody this root knows"),
        ({"stewards": ("ghost",)}, "'ghost' is nobody this root knows"),
        ({"stewards": ("assistants",)}, "'assistants' is nobody this root knows"),
        ({"stewards": ("erin", "erin"), "threshold": 2}, "'erin' stands twice in one list"),
        ({"teams": {"crew": ("ada", "ada")}}, "'ada' stands twice in one list"),
        (
            {"roles": {"security": Role(members=("sam", "sam"))}},
            "'sam' stands twice in one list",
        ),
    ],
)
def test_every_member_is_one_person_whom_the_root_knows(forge, changes, message):
    error = refusal(root_bytes(forge.root(**changes)))

    assert (error.code, error.message) == ("ROOT_BAD_IDENTITY", message)


def test_a_key_belongs_to_one_person(forge):
    root = with_person(forge.root(), "zoe", keys=[forge.key("new").public, forge.key("sam").public])

    error = refusal(root_bytes(root))

    assert (error.code, error.message) == ("ROOT_SHARED_KEY", "'zoe' and 'sam' share a key")


def test_one_person_may_have_several_keys(forge):
    root = with_person(forge.root(), "zoe", keys=[forge.key("a").public, forge.key("b").public])

    assert len(parse_root(root_bytes(root)).people["zoe"].keys) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"threshold": 0}, "0 signatures of 2 stewards can never be"),
        ({"threshold": -1}, "-1 signatures of 2 stewards can never be"),
        ({"threshold": 3}, "3 signatures of 2 stewards can never be"),
        ({"stewards": ()}, "1 signatures of 0 stewards can never be"),
        (
            {"approvals": (ApprovalRule(need={"security": 0}),)},
            "0 approvals by role 'security' with 2 members can never be",
        ),
        (
            {"approvals": (ApprovalRule(need={"security": 3}),)},
            "3 approvals by role 'security' with 2 members can never be",
        ),
        (
            {"approvals": (ApprovalRule(need={"ghosts": 1}),)},
            "1 approvals by role 'ghosts' with 0 members can never be",
        ),
        (
            {"approvals": (ApprovalRule(need={"risk": 9}, to=(Stage.ENFORCE,)),)},
            "9 approvals by role 'risk' with 2 members can never be",
        ),
        (
            {"emergency": Emergency(role="ghosts", within="72h")},
            "1 approvals by role 'ghosts' with 0 members can never be",
        ),
        ({"solo": True}, "a solo root knows one person, and this one knows 5"),
    ],
)  # fmt: skip
def test_a_threshold_is_at_least_one_and_at_most_the_members(forge, changes, message):
    error = refusal(root_bytes(forge.root(**changes)))

    assert (error.code, error.message) == ("ROOT_BAD_THRESHOLD", message)


def test_who_has_no_key_does_not_count_towards_a_threshold(forge):
    people = {**forge.root().people, "sam": forge.member()}
    root = forge.root(people=people, approvals=(ApprovalRule(need={"security": 2}),))

    assert refusal(root_bytes(root)).code == "ROOT_BAD_THRESHOLD"


def test_a_kind_of_change_that_nobody_governs_makes_the_root_incomplete(forge):
    every = tuple(ChangeAction)
    rules = (
        ApprovalRule(need={}, actions=tuple(a for a in every if a is not ChangeAction.RETIRE)),
        ApprovalRule(need={}, actions=(ChangeAction.RETIRE,), use_cases=("internal",)),
    )

    error = refusal(root_bytes(forge.root(approvals=rules)))

    assert (error.code, error.message) == (
        "ROOT_INCOMPLETE",
        "no rule says who approves: retire",
    )
    assert refusal(root_bytes(forge.root(approvals=()))).code == "ROOT_INCOMPLETE"


def changed(forge, path, value):
    """The bytes of a sound root with one value replaced, or removed where it is ``...``."""
    root = forge.root(
        gates={"limited": {"window": "7d"}},
        appetite={"internal": {"restricted": ("L3",)}},
        baselines={"house@1": "0" * 64},
        emergency=Emergency(role="security", within="72h"),
    )
    data = decode(root_bytes(root))
    *above, last = path
    place = data
    for step in above:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return encode(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("type",), "policyctl/root/v2"),
        (("more",), 1),
        (("solo",), ...),
        (("log",), "AB" * 32),
        (("log",), 5),
        (("version",), 0),
        (("version",), True),
        (("version",), "1"),
        (("created_at",), "yesterday"),
        (("created_at",), "2026-02-30T00:00:00Z"),
        (("created_at",), None),
        (("people",), []),
        (("people", "erin"), []),
        (("people", "erin", "more"), 1),
        (("people", "erin", "name"), "E\nrin"),
        (("people", "erin", "name"), "\u202eniire"),
        (("people", "erin", "keys"), "ssh-ed25519 AAAA"),
        (("people", "erin", "keys"), ["ssh-ed25519 AAAA"]),
        (("people", "erin", "keys"), [7]),
        (("teams",), [["assistants", "erin"]]),
        (("teams", "assistants"), "erin"),
        (("teams", "assistants"), [1]),
        (("roles", "risk"), ["rita"]),
        (("roles", "risk", "touch"), 1),
        (("roles", "risk", "touch"), ...),
        (("root",), None),
        (("root", "threshold"), "1"),
        (("root", "threshold"), True),
        (("approvals",), {"edit": 1}),
        (("approvals", 0, "actions"), ["launch"]),
        (("approvals", 0, "actions"), "edit"),
        (("approvals", 0, "to"), ["live"]),
        (("approvals", 0, "need"), ["security"]),
        (("approvals", 0, "need", "security"), True),
        (("approvals", 0, "more"), 1),
        (("gates", "logging"), {}),
        (("gates", "limited"), 7),
        (("gates", "limited", "window"), "soon"),
        (("gates", "limited", "window"), 7),
        (("gates", "limited", "records"), 0),
        (("gates", "limited", "confidence"), "101%"),
        (("gates", "limited", "inference"), "guess"),
        (("gates", "limited", "promote"), "some"),
        (("gates", "limited", "more"), 1),
        (("appetite", "internal", "restricted"), []),
        (("appetite", "internal", "restricted"), ["L5"]),
        (("appetite", "internal"), []),
        (("baselines", "house@1"), "0"),
        (("baselines",), None),
        (("emergency",), "security"),
        (("emergency", "within"), "soon"),
        (("emergency", "more"), 1),
        (("solo",), "no"),
    ],
)
def test_a_value_that_does_not_fit_makes_the_root_malformed(forge, path, value):
    assert refusal(changed(forge, path, value)).code == "ROOT_MALFORMED"


@pytest.mark.parametrize("value", [5, "yes", "AB" * 32, []])
def test_the_digest_of_the_version_before_is_a_digest(forge, value):
    assert refusal(changed(forge, ("prev",), value)).code == "ROOT_MALFORMED"


@pytest.mark.parametrize(
    "value", ["2026-1-5T8:0:0Z", "2026-10-05T08:00:00+02:00", "2026-10-05T08:00:00+0000"]
)
def test_a_time_has_one_spelling(forge, value):
    assert refusal(changed(forge, ("created_at",), value)).code == "ROOT_MALFORMED"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: b"{}\n",
        lambda content: b"[]\n",
        lambda content: b"null\n",
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b'"solo": false', b'"solo": false,\n "solo": true'),
        lambda content: content.replace(b'"version": 1', b'"version": 1.0'),
        lambda content: content.replace(b'"version": 1', b'"version": 01'),
        lambda content: content.replace(b"Somebody", "S\u00f6mebody".encode()),
        lambda content: content.replace(b"erin", b"\\u0065rin"),
        lambda content: b"[" * 100_000,
        lambda content: content.replace(b'"version": 1', b'"version": ' + b"9" * 5000),
    ],
)
def test_bytes_that_are_not_the_one_spelling_are_malformed(forge, spoil):
    content = root_bytes(forge.root())
    assert spoil(content) != content

    assert refusal(spoil(content)).code == "ROOT_MALFORMED"


@pytest.mark.parametrize(
    "spell",
    [
        lambda line: line + " erin@laptop",
        lambda line: line + "\n",
        lambda line: line.replace(" ", "  "),
        lambda line: " " + line,
        lambda line: line.rstrip("=") + "====",
    ],
)
def test_a_key_is_spelt_in_one_way(forge, spell):
    line = spell(forge.key("erin").public.line)

    assert refusal(changed(forge, ("people", "erin", "keys"), [line])).code == "ROOT_MALFORMED"
