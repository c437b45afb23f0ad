"""The two sides of a comparison, and which files of one belong to which of the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from policyctl.core.finding import Finding, Severity
from policyctl.core.frozen import frozen, replace
from policyctl.core.ledger import Ledger
from policyctl.usecases.ports import Documents, Governance
from policyctl.usecases.reading import Reader, Reading


@frozen
class Side:
    """One side of a comparison.

    Attributes:
        name: how messages call it: ``main``, ``the working tree``.
        files: policy files by their path from the top of the repository.
        ledger: the ledger that goes with them, where one was read.
    """

    name: str
    files: Mapping[str, bytes]
    governance: Governance
    ledger: Ledger | None = None


@frozen
class Pairs:
    """The files of two sides that differ, or may differ, side by side.

    Attributes:
        readings: a file before and after; None where it is not there.
        unread: findings in files that could not be read, on either side.
        compared: how many files were looked at.
    """

    readings: tuple[tuple[Reading | None, Reading | None], ...]
    unread: tuple[Finding, ...]
    compared: int


def paired(before: Side, after: Side, documents: Documents, only: frozenset[str]) -> Pairs:
    """The files of two sides, side by side.

    Args:
        before: where the change starts.
        after: where it leads.
        documents: reads the files.
        only: files and folders to look at; none for all.
    """
    names = [
        name
        for name in sorted({*before.files, *after.files})
        if not only or name in only or any(name.startswith(f"{top}/") for top in only)
    ]
    alike = _alike(before, after, names)
    old = _read(before, [name for name in names if name not in alike], documents)
    new = _read(after, [name for name in names if name not in alike], documents)
    # A file that one side cannot read is neither new nor gone.
    doubtful = old.doubtful | new.doubtful
    pairs = _pairs(
        {name: item for name, item in old.policies.items() if name not in doubtful},
        {name: item for name, item in new.policies.items() if name not in doubtful},
    )
    return Pairs(
        readings=tuple(pairs),
        unread=tuple(_once((*old.unread, *new.unread))),
        compared=len(names),
    )


def bare(side: Side, documents: Documents) -> Side:
    """The policies of a side without what they set themselves: what their baselines alone give."""
    files: dict[str, bytes] = {}
    for name, content in side.files.items():
        document, _ = documents.parse(content, name)
        data = document.data if document else None
        if isinstance(data, dict) and "extends" in data:
            kept = {key: data[key] for key in _IDENTITY if key in data}
            # JSON is YAML, and needs no writer of its own.
            files[name] = json.dumps(kept).encode()
    return replace(side, name="the baseline", files=files, ledger=None)


_IDENTITY = (
    *("schema", "id", "name", "purpose", "use_case", "extends", "data_sensitivity", "owner"),
    *("stage", "applies_to"),
)


@frozen
class _Read:
    """The policies of one side, and what could not be read."""

    policies: Mapping[str, Reading]
    unread: tuple[Finding, ...]
    doubtful: frozenset[str]


def _alike(before: Side, after: Side, names: Iterable[str]) -> frozenset[str]:
    """The files that need not be read: the same bytes, under the same governance."""
    if not _same_governance(before.governance, after.governance):
        return frozenset()
    return frozenset(
        name
        for name in names
        if name in before.files and before.files[name] == after.files.get(name)
    )


def _same_governance(one: Governance, other: Governance) -> bool:
    def seen(governance: Governance) -> tuple[object, object]:
        baselines = {name: governance.baseline(name) for name in governance.baseline_names()}
        return baselines, governance.root.gates if governance.root else None

    return seen(one) == seen(other)


def _read(side: Side, names: Iterable[str], documents: Documents) -> _Read:
    reader = Reader(documents, side.governance)
    policies: dict[str, Reading] = {}
    unread: list[Finding] = []
    doubtful: set[str] = set()
    for name in names:
        if name not in side.files:
            continue
        reading = reader.read(side.files[name], name)
        if reading.effective is None:
            doubtful.add(name)
            unread += [item for item in reading.findings if item.severity is Severity.ERROR] or [
                _unreadable(name)
            ]
        else:
            policies[name] = reading
    return _Read(policies=policies, unread=tuple(unread), doubtful=frozenset(doubtful))


def _unreadable(name: str) -> Finding:
    message = f"{name} extends a baseline that is not there, so it cannot be compared"
    return Finding(code="not-compared", severity=Severity.ERROR, message=message, file=name)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        if (finding.file, finding.message) not in seen:
            seen.add((finding.file, finding.message))
            yield finding


def _pairs(
    old: Mapping[str, Reading], new: Mapping[str, Reading]
) -> list[tuple[Reading | None, Reading | None]]:
    """The readings that belong together: by file, then what is gone and what is new, if alike."""
    pairs: list[tuple[Reading | None, Reading | None]] = [
        (old[name], new[name]) for name in old if name in new
    ]
    gone = {name: _lines(old[name].content) for name in old if name not in new}
    for name in new:
        if name in old:
            continue
        origin = _renamed(_lines(new[name].content), gone)
        gone.pop(origin, None)
        pairs.append((old.get(origin), new[name]))
    pairs += [(old[name], None) for name in gone]
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0] or _NOTHING).file)


_NOTHING = Reading(file="", content=b"")


def _renamed(mine: frozenset[bytes], gone: Mapping[str, frozenset[bytes]]) -> str:
    """The file that was there before under another name, if one says nearly the same."""
    likeness = {name: len(mine & lines) / max(len(mine | lines), 1) for name, lines in gone.items()}
    best = max(likeness, key=lambda name: likeness[name], default="")
    return best if best and likeness[best] >= _ALIKE else ""


_ALIKE = 0.6


def _lines(content: bytes) -> frozenset[bytes]:
    return frozenset(line.strip() for line in content.splitlines() if line.strip())
