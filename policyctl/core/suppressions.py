"""Comments that exempt a line of a policy from a rule, with a reason and perhaps a last day.

``# policyctl: ignore[rule-id, other] until 2027-01-31: reason`` speaks of the line it ends, or of
the line below where it stands alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from policyctl.core.comments import Lines
from policyctl.core.document import Document
from policyctl.core.expiry import day, is_expired
from policyctl.core.finding import Finding, Severity, Span
from policyctl.core.frozen import frozen, replace
from policyctl.core.suggestion import suggestion

MALFORMED = "suppression-malformed"
EXPIRED = "suppression-expired"
UNUSED = "suppression-unused"
FORM = "write: # policyctl: ignore[rule-id] until 2027-01-31: reason"

MOST = 1_000
"""Comments that are read in one file: a report of more would help nobody."""

Identity = tuple[frozenset[str], str, str, str]
"""What makes a suppression the same in another version of its file."""

# Also what was probably meant as one, so that no slip stays silently without effect. (It starts
# with a letter, not with a look behind: a search for that is ten times faster.)
_OURS = re.compile(r"#(?<!\S#)[ \t]*policyctl[ \t]*(?::|[ \t]ignore\b)", re.IGNORECASE)
_HEAD = re.compile(r"#[ \t]*policyctl[ \t]*:[ \t]*ignore[ \t]*\[([^\[\]]*)\]")
_TAIL = re.compile(r"[ \t]*(?:until[ \t]+([^\s:]+)[ \t]*)?(?::(.*))?")


@frozen
class Suppression:
    """One comment.

    Attributes:
        codes: the rules, as written.
        until: the last day as written, or empty if it holds for good.
        span: where the comment stands.
        line: the line it speaks of.
        place: what starts on that line, list items by their identity.
    """

    codes: tuple[str, ...]
    until: str
    reason: str
    span: Span
    line: int
    place: str

    @property
    def identity(self) -> Identity:
        """What makes it the same suppression in another version of the file."""
        return frozenset(self.codes), self.until, self.reason, self.place

    def is_expired(self, at: datetime) -> bool:
        """True if its last day is over, or is no day."""
        return bool(self.until) and is_expired(day(self.until), at)


def suppressions(
    document: Document, rules: Collection[str]
) -> tuple[tuple[Suppression, ...], tuple[Finding, ...]]:
    """The suppressions of a document, and findings about comments that fail to be one.

    Args:
        document: one that was read without a finding.
        rules: the ids that a suppression may name.
    """
    found: list[Suppression] = []
    problems: list[Finding] = []
    lines = Lines(document)
    last = 0
    for match in _OURS.finditer(document.text):
        row, column = lines.position(match.start())
        # What follows on the same line belongs to the first one's reason.
        if row == last or not lines.is_comment(row, column):
            continue
        last = row
        text = lines.rest(row, column)
        span = Span(row, column, row, column + len(text))
        if len(found) + len(problems) == MOST:
            message = (
                f"the file has more than {MOST} comments for policyctl: the rest has no effect"
            )
            problems.append(
                _finding(MALFORMED, message, "remove what is not needed", span, document)
            )
            break
        match _read(text, rules):
            case _Read(codes=codes, until=until, reason=reason):
                line = lines.spoken_of(row)
                place = lines.place(line)
                one = Suppression(
                    codes=codes, until=until, reason=reason, span=span, line=line, place=place
                )
                found.append(one)
            case _Unread(message=message, hint=hint):
                problems.append(_finding(MALFORMED, message, hint, span, document))
    return tuple(found), tuple(problems)


@frozen
class Suppressed:
    """What suppressions leave of a file's findings.

    Attributes:
        count: how many findings are suppressed.
        own: what is wrong with the suppressions.
    """

    findings: tuple[Finding, ...]
    count: int
    own: tuple[Finding, ...]


def suppressed(
    findings: Iterable[Finding],
    among: Iterable[Suppression],
    *,
    document: Document,
    ran: Collection[str],
    now: datetime,
    before: Collection[Identity] | None = None,
) -> Suppressed:
    """Leave out the findings that a suppression in force speaks of.

    Args:
        findings: what the rules found in the document.
        among: the document's suppressions.
        document: the file.
        ran: the rules that ran: of others it is unknown whether a suppression is needed.
        now: decides, with `core.expiry`, which are in force.
        before: the suppressions that count, where a change may not exempt itself; None for all.
    """
    on_line: dict[int, list[Suppression]] = defaultdict(list)
    for one in among:
        on_line[one.line].append(one)
    if not on_line:
        return Suppressed(findings=tuple(findings), count=0, own=())
    kept: list[Finding] = []
    count = 0
    used: set[tuple[Span, str]] = set()
    for finding in findings:
        here = on_line[finding.span.line] if finding.span else []
        meant = [one for one in here if finding.code in one.codes and not one.is_expired(now)]
        used |= {(one.span, finding.code) for one in meant}
        if any(before is None or one.identity in before for one in meant):
            count += 1
        else:
            kept.append(_until_merged(finding, meant[0]) if meant else finding)
    own = [
        problem
        for ones in on_line.values()
        for one in ones
        for problem in _problems(one, document, ran, now, used)
    ]
    return Suppressed(findings=tuple(kept), count=count, own=tuple(own))


def _until_merged(finding: Finding, one: Suppression) -> Finding:
    said = f"the suppression on line {one.span.line} is new in this range: it counts once merged"
    return replace(finding, hint=f"{finding.hint}; {said}" if finding.hint else said)


def _problems(
    one: Suppression,
    document: Document,
    ran: Collection[str],
    now: datetime,
    used: Collection[tuple[Span, str]],
) -> Iterator[Finding]:
    codes = ", ".join(one.codes)
    if one.is_expired(now):
        is_day = day(one.until) is not None
        ended = f"ended on {one.until}" if is_day else f"ends on '{one.until}', which is no day"
        hint = "mend what it hides, or renew it with a reason that still holds"
        yield _finding(
            EXPIRED,
            f"the suppression of {codes} {ended}",
            hint if is_day else FORM,
            one.span,
            document,
        )
        return
    for code in one.codes:
        if code in ran and (one.span, code) not in used:
            message = f"the suppression of {code} suppresses nothing"
            yield _finding(UNUSED, message, "remove it", one.span, document, Severity.WARNING)


def _finding(
    code: str,
    message: str,
    hint: str,
    span: Span,
    document: Document,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(
        code=code, severity=severity, message=message, hint=hint, file=document.file, span=span
    )


@frozen
class _Read:
    codes: tuple[str, ...]
    until: str
    reason: str


@frozen(kw_only=False)
class _Unread:
    message: str
    hint: str = FORM


def _read(text: str, rules: Collection[str]) -> _Read | _Unread:
    """What a comment says, or why it has no effect."""
    head = _HEAD.match(text)
    if head is None:
        return _Unread("the comment is no suppression, and policyctl reads no other comments")
    tail = _TAIL.fullmatch(text, head.end())
    if tail is None:
        return _Unread("the suppression goes on in a way that is not understood")
    codes = tuple(dict.fromkeys(code for code in re.split(r"[\s,]+", head[1]) if code))
    if not codes:
        return _Unread("the suppression names no rule")
    reason = (tail[2] or "").strip()
    if not reason:
        return _Unread("the suppression gives no reason")
    for code in codes:
        if code not in rules:
            message = f"the suppression names '{code}', and no rule about policies is called so"
            return _Unread(message, suggestion(code, rules) or "policyctl rule lists them")
    return _Read(codes=codes, until=tail[1] or "", reason=reason)
