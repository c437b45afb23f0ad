"""Thousands of small changes of a signed repository: each is found, whatever file it hits.

The changes come from a fixed seed and are judged in process, on the files of one commit. A change
that is found by nobody must belong to `HARMLESS`, and every entry of that list does happen.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from unittest import mock

import pytest

from policyctl.adapters.governed_repository import GovernedRepository
from policyctl.adapters.ssh_verification import verify
from policyctl.adapters.yaml_documents import YamlDocuments
from policyctl.core import paths
from policyctl.core.canonical import decode, encode
from policyctl.core.entry import ChangeAction
from policyctl.core.ledger import check_ledger
from policyctl.core.snapshot import REGULAR, File
from policyctl.usecases.policy_facts import facts_reader

BOT = "team-assistant"
EACH = 2000
"""How many changes of each kind."""

Files = dict[str, File]
EITHER = {paths.signature_path(BOT, 3, who, "security") for who in ("pia", "sam")}
HARMLESS: dict[str, Callable[[str, File | None, File | None], bool]] = {
    "a schema for editors, by which nothing is judged": lambda path, *_: path.startswith(
        paths.SCHEMAS
    ),
    "a note for people beside the policies": lambda path, *_: (
        path.startswith(paths.POLICIES) and not path.endswith((".yaml", ".yml", ".json"))
    ),
    "an approval above the threshold is gone, which only a checkpoint shows": (
        lambda path, before, after: path in EITHER and before is not None and after is None
    ),
}
"""What may happen to one file without a finding; no change at all is harmless too."""


def reasons(before: Files, after: Files) -> dict[str, str]:
    """Each path that differs, and why that is harmless, or nothing."""
    paths_of_both = sorted(before.keys() | after.keys())
    differing = [path for path in paths_of_both if before.get(path) != after.get(path)]
    return {
        path: next(
            (
                name
                for name, fits in HARMLESS.items()
                if fits(path, before.get(path), after.get(path))
            ),
            "",
        )
        for path in differing
    }


@pytest.fixture(scope="module")
def files(base, workshop) -> Files:
    """A repository with two trust roots, an approval more than needed, and notes."""
    scene = base.copy(workshop / "mutated")
    scene.sign(BOT, 3, "pia", "security")
    scene.rotate(people={**scene.root().people, "ada": scene.member("ada", "new")})
    policy = scene.read("policies/pii.yaml") + b"# under the second root\n"
    scene.forge("pii", policy, action=ChangeAction.EDIT, root=2, approved={})
    scene.write("policies/README.md", "for people\n")
    scene.write(paths.SCHEMAS + "policy.v1.json", "{}\n")
    scene.commit()
    with GovernedRepository.open(scene.folder) as repository:
        found = dict(repository.snapshot())
    assert len(found) > 30
    return found


remembered = lru_cache(maxsize=4096)
PARSERS = {"policyctl.core.evidence_files.decode": decode}


@pytest.fixture(scope="module")
def judge() -> Iterator[Callable[[Files], set[str]]]:
    """The codes that verification reports; what was parsed or verified once is remembered."""
    facts = remembered(facts_reader(YamlDocuments()))
    signatures = remembered(verify)

    def codes(files: Files) -> set[str]:
        ledger = check_ledger(files, verify=signatures, read_facts=facts)
        return {finding.code for finding in ledger.findings}

    with contextlib.ExitStack() as stack:
        for place, read in PARSERS.items():
            stack.enter_context(mock.patch(place, remembered(read)))
        yield codes


def put(files: Files, path: str, file: File) -> None:
    """As a commit would have it: what has no place is not read."""
    known = paths.place_of(path) is not None and file.mode == REGULAR
    files[path] = file if known else replace(file, content=None)


def pick(rng: random.Random, files: Files, *endings: str) -> str:
    """A file that is read, of those with one of the endings."""
    return rng.choice(
        [
            path
            for path, file in sorted(files.items())
            if file.content is not None and path.endswith(endings or ("",))
        ]
    )


def rewrite(files: Files, path: str, content: bytes) -> None:
    files[path] = replace(files[path], content=content)


def flip_a_bit(rng, files):
    path = pick(rng, files)
    content = bytearray(files[path].content)
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    rewrite(files, path, bytes(content))


def replace_a_byte(rng, files):
    path = pick(rng, files)
    content = bytearray(files[path].content)
    content[rng.randrange(len(content))] = rng.choice(b' "\\{}[]:,0aA=+/\n\r\t\0\x7f\xff')
    rewrite(files, path, bytes(content))


def delete_bytes(rng, files):
    path = pick(rng, files)
    content = files[path].content
    at = rng.randrange(len(content))
    rewrite(files, path, content[:at] + content[at + rng.choice((1, 1, 2, 5, 40)) :])


def insert_bytes(rng, files):
    path = pick(rng, files)
    content = files[path].content
    at = rng.choice((0, len(content), rng.randrange(len(content))))
    more = rng.choice((b" ", b"\n", b"\r", b"\0", b"\xef\xbb\xbf", b"# x\n", b"=", b"A", b"\t\t"))
    rewrite(files, path, content[:at] + more + content[at:])


def repeat_or_move_lines(rng, files):
    path = pick(rng, files)
    lines = files[path].content.splitlines(keepends=True)
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    line = lines[at] if rng.random() < 0.5 else lines.pop(at)
    lines.insert(to, line)
    rewrite(files, path, b"".join(lines))


def change_line_endings(rng, files):
    path = pick(rng, files)
    content = files[path].content
    ways = (
        content.replace(b"\n", b"\r\n"),
        content.replace(b"\n", b"\r"),
        content.replace(b"\n", b"\r\n", rng.randint(1, 9)),
        content.rstrip(b"\n"),
        content + b"\n",
        content.replace(b"\n", b" \n", rng.randint(1, 9)),
        content.replace(b"\n", b"", rng.randint(1, 9)),
    )
    rewrite(files, path, rng.choice(ways))


def truncate(rng, files):
    path = pick(rng, files)
    content = files[path].content
    at = rng.randrange(len(content))
    rewrite(files, path, rng.choice((content[:at], content[at:])))


def edit_a_json_value(rng, files):
    """Another value in a document that is spelt as it has to be."""
    path = pick(rng, files, ".json")
    document = decode(files[path].content)
    holder, key = rng.choice(list(slots(document)))
    holder[key] = other_value(rng, holder[key], files)
    rewrite(files, path, encode(document))


def edit_a_json_shape(rng, files):
    """A key or an item more, less, elsewhere."""
    path = pick(rng, files, ".json")
    document = decode(files[path].content)
    holder, key = rng.choice(list(slots(document)))
    value = holder.pop(key)
    if rng.random() < 0.6:
        target, _ = rng.choice(list(slots(document)) or [(document, "")])
        if isinstance(target, list):
            target.insert(rng.randint(0, len(target)), value)
        else:
            target[rng.choice((str(key), f"{key}x", "root", "role"))] = value
    rewrite(files, path, encode(document))


def slots(value: object) -> Iterator[tuple[object, object]]:
    """Every place in a document that holds a value."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield value, key
        yield from slots(value[key])


def other_value(rng: random.Random, value: object, files: Files) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((-1, 1, 2**40, -value))
    if isinstance(value, str) and rng.random() < 0.5:
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
    document = decode(files[pick(rng, files, ".json")].content)
    holder, key = rng.choice(list(slots(document)))
    return rng.choice((holder[key], None, [], {}, "", "enforce", "sam", 0, 1))


def swap_two_files(rng, files):
    one, two = pick(rng, files), pick(rng, files)
    files[one], files[two] = files[two], files[one]


def copy_over_another(rng, files):
    ending = rng.choice((".sig", ".json", ".yaml", ""))
    files[pick(rng, files, ending)] = files[pick(rng, files, ending)]


def remove_a_file(rng, files):
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        del files[rng.choice(sorted(files))]


def new_name(rng: random.Random, path: str) -> str:
    """A name like this one, for another person, role, policy, number or kind of file."""
    words = (
        *(
            ("sam", "pia"),
            ("erin", "olga"),
            ("security", "risk"),
            (".security.", "."),
            ("log", "root"),
        ),
        *(("team-assistant", "pii"), ("pii", "pij"), ("000001", "000004"), ("000002", "000003")),
        *(
            ("000003", "000002"),
            ("0001", "0003"),
            ("0002", "0001"),
            (".json", ".JSON"),
            ("@1", "@2"),
        ),
        *(
            (".yaml", ".yml"),
            (".sig", ".sig2"),
            ("policies", "Policies"),
            ("p", "\u0440"),
            ("/", "/x"),
        ),
        *((".json.", ".json.ada."), (".policyctl/", ".policyctl/log/"), ("i", "I"), ("a", "a\n")),
    )
    fitting = [pair for pair in words if pair[0] in path]
    return path.replace(*rng.choice(fitting), 1) if fitting else path + "x"


def rename_a_file(rng, files):
    path = rng.choice(sorted(files))
    file = files.pop(path)
    put(files, new_name(rng, path), file)


def add_a_file_like_another(rng, files):
    path = rng.choice(sorted(files))
    name = new_name(rng, path)
    put(files, name, replace(files[path], content=files[path].content or b"x"))


def move_an_entry_with_its_signatures(rng, files):
    """A whole record elsewhere in its chain, or in another chain."""
    entry = rng.choice([path for path in sorted(files) if path.startswith(paths.LOG)])
    entry = entry.partition(".json")[0]
    policy = rng.choice((BOT, "pii", "twin"))
    target = f"{paths.LOG}{policy}/{rng.randint(1, 5):06}"
    moved = [path for path in sorted(files) if path.startswith(entry)]
    taken = {path: files.pop(path) for path in moved}
    if rng.random() < 0.5:
        files.update(taken)
    for path, file in taken.items():
        put(files, target + path.removeprefix(entry), file)


def change_a_mode(rng, files):
    path = rng.choice(sorted(files))
    mode = rng.choice(("100755", "120000", "160000", "100664", "040000", "100644"))
    put(files, path, replace(files[path], mode=mode))


KINDS = (
    flip_a_bit,
    replace_a_byte,
    delete_bytes,
    insert_bytes,
    repeat_or_move_lines,
    change_line_endings,
    truncate,
    edit_a_json_value,
    edit_a_json_shape,
    swap_two_files,
    copy_over_another,
    remove_a_file,
    rename_a_file,
    add_a_file_like_another,
    move_an_entry_with_its_signatures,
    change_a_mode,
)


@pytest.fixture(scope="module")
def harmless() -> Counter[str]:
    """How often each kind of harmless change came about."""
    return Counter()


@pytest.mark.parametrize("mutate", KINDS, ids=lambda mutate: mutate.__name__)
def test_no_change_passes_in_silence_unless_it_is_known_to_be_harmless(
    mutate, files, judge, harmless
):
    rng = random.Random(f"policyctl {mutate.__name__}")
    found: Counter[str] = Counter()
    for number in range(EACH):
        after = dict(files)
        mutate(rng, after)
        codes = judge(after)
        found.update(codes)
        if not codes:
            why = reasons(files, after)
            assert all(why.values()), (number, why)
            harmless.update(why.values())
    assert sum(found.values()) > EACH / 2


def test_the_repository_itself_is_sound(files, judge):
    assert judge(files) == set()


def test_twenty_thousand_changes_were_tried_and_each_harmless_kind_came_about(harmless):
    assert EACH * len(KINDS) >= 20_000
    assert set(harmless) == set(HARMLESS)
