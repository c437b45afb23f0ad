"""Findings that an estate had when it adopted the rules: known, counted, and not reported again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.frozen import fresh, frozen
from policyctl.core.places import stable_place

TYPE = "policyctl/findings-baseline/v1"
STALE = "baseline-stale"
_FIELDS = {"policy": str, "code": str, "at": str, "count": int}
_FIRST_LINE = 4
"""The line of the first finding in the file as it is written here."""


@frozen(kw_only=False, order=True)
class Fingerprint:
    """What a finding is about, whatever its words and line are.

    Attributes:
        policy: the policy's id.
        code: the rule's id.
        at: the place in the document, list items by their identity.
    """

    policy: str
    code: str
    at: str


@frozen
class FindingsBaseline:
    """Known findings, and how often each occurs.

    Attributes:
        file: how findings about it name it.
        lines: the line of each in the file, where it is written as `baseline_bytes` does.
    """

    file: str = ""
    counts: Mapping[Fingerprint, int] = fresh(default_factory=dict)
    lines: Mapping[Fingerprint, int] = fresh(default_factory=dict)


def fingerprint(finding: Finding, data: object) -> Fingerprint:
    """The fingerprint of a finding about a policy with these values."""
    return Fingerprint(finding.policy, finding.code, stable_place(data, finding.at))


def baseline_bytes(counts: Mapping[Fingerprint, int]) -> bytes:
    """The file's bytes: one line for each fingerprint, in order, so that merges stay small."""
    lines = [
        json.dumps({"policy": one.policy, "code": one.code, "at": one.at, "count": count})
        for one, count in sorted(counts.items())
    ]
    body = "\n" + ",\n".join(f"  {line}" for line in lines) + "\n " if lines else ""
    return f'{{\n "type": "{TYPE}",\n "findings": [{body}]\n}}\n'.encode("ascii")


def parse_baseline(content: bytes, file: str = "") -> FindingsBaseline:
    """The baseline that a file holds.

    Raises:
        ValueError: it holds none; the message says why.
    """
    try:
        data = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from error
    if not isinstance(data, dict) or data.get("type") != TYPE:
        raise ValueError(f"its type is not {TYPE}")
    if set(data) != {"type", "findings"} or not isinstance(data["findings"], list):
        raise ValueError("it has other fields than 'type' and a list of 'findings'")
    counts: dict[Fingerprint, int] = {}
    for number, item in enumerate(data["findings"], start=1):
        one, count = _counted(item, number)
        if one in counts:
            raise ValueError(f"finding {number} stands there twice")
        counts[one] = count
    as_written = baseline_bytes(counts) == content
    lines = {one: _FIRST_LINE + index for index, one in enumerate(counts)} if as_written else {}
    return FindingsBaseline(file=file, counts=counts, lines=lines)


def unknown(
    found: Iterable[tuple[Finding, Fingerprint]], baseline: FindingsBaseline
) -> tuple[tuple[Finding, ...], Mapping[Fingerprint, int]]:
    """The findings that the baseline does not have, and how many of its own did not occur.

    Where a fingerprint occurs more often than it is known, the last ones are the new ones.
    """
    left = dict(baseline.counts)
    new: list[Finding] = []
    for finding, one in found:
        if left.get(one, 0):
            left[one] -= 1
        else:
            new.append(finding)
    return tuple(new), {one: count for one, count in left.items() if count}


def stale(left: Mapping[Fingerprint, int], baseline: FindingsBaseline) -> Iterator[Finding]:
    """A note for each known finding that does not occur any more, or less often."""
    for one, count in left.items():
        occurs = baseline.counts[one] - count
        line = baseline.lines.get(one)
        times = f"occurs {occurs} of {baseline.counts[one]} times" if occurs else "is gone"
        yield Finding(
            code=STALE,
            severity=Severity.NOTE,
            message=f"the known finding '{one.code}' of '{one.policy}' {times}",
            hint=f"shrink the file: policyctl lint --write-baseline {baseline.file}",
            file=baseline.file,
            span=Span(line, 1, line, 1) if line else None,
            policy=one.policy,
        )


def _counted(item: object, number: int) -> tuple[Fingerprint, int]:
    if not isinstance(item, dict) or set(item) != set(_FIELDS):
        raise ValueError(f"finding {number} has other fields than {', '.join(_FIELDS)}")
    for name, kind in _FIELDS.items():
        if type(item[name]) is not kind:
            raise ValueError(f"finding {number} has a '{name}' of the wrong type")
    if item["count"] < 1:
        raise ValueError(f"finding {number} has a count below 1")
    return Fingerprint(item["policy"], item["code"], item["at"]), item["count"]
