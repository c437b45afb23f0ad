"""Cure what rules can cure safely: one scalar at a time, every other byte as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from policyctl.core.finding import Finding, Span
from policyctl.core.frozen import frozen
from policyctl.core.suppressions import suppressed, suppressions
from policyctl.errors import InputError
from policyctl.rules.edit import Edit
from policyctl.rules.rule import Rule, Subject, placed
from policyctl.usecases.lint_reading import Surroundings, dressed, read_for_rules
from policyctl.usecases.selection import ABOUT_POLICIES
from policyctl.usecases.unreported import Fixed


@frozen
class Mended:
    """A file before and after."""

    file: str
    before: bytes
    after: bytes
    fixed: tuple[Fixed, ...]


@frozen
class Cure:
    """What would cure a finding: a text, and the stretch of the file that it takes the place of."""

    finding: Finding
    span: Span
    text: str


def mend(name: str, content: bytes, around: Surroundings) -> Mended:
    """The content with each cure applied that leaves a readable policy.

    After each edit the file is read anew. A cure that cannot be written safely is left out, and
    so is one that was tried before: two rules must not undo each other for ever.
    """
    after = content
    fixed: list[Fixed] = []
    tried: set[tuple[str, Edit]] = set()
    subject = read_for_rules(name, content, around).subject
    while subject is not None:
        finding, edit = next(_cures(subject, around, tried), (None, None))
        if finding is None or edit is None:
            break
        tried.add((finding.code, edit))
        try:
            edited = around.documents.replace_scalar(after, edit.at, edit.value)
        except InputError:
            continue
        reread = read_for_rules(name, edited, around).subject
        if reread is not None:
            after, subject = edited, reread
            fixed.append(Fixed(finding=finding, value=edit.value))
    return Mended(file=name, before=content, after=after, fixed=tuple(fixed))


def cures(name: str, content: bytes, around: Surroundings) -> Iterator[Cure]:
    """The safe cure of each finding of a file that has one, as the file stands."""
    subject = read_for_rules(name, content, around).subject
    if subject is None:
        return
    for finding, edit in _cures(subject, around, ()):
        span = subject.document.values.get(edit.at)
        with suppress(InputError):
            edited = around.documents.replace_scalar(content, edit.at, edit.value)
            if span is not None:
                text = _written(subject.document.text, edited.decode("utf-8"), span)
                yield Cure(finding=finding, span=span, text=text)


def _written(before: str, after: str, span: Span) -> str:
    """What an edit wrote over a stretch of one line."""
    old, new = (text.split("\n")[span.line - 1] for text in (before, after))
    return new[span.column - 1 : len(new) - (len(old) - span.end_column + 1)]


def _cures(
    subject: Subject, around: Surroundings, tried: Collection[tuple[str, Edit]]
) -> Iterator[tuple[Finding, Edit]]:
    """What could be cured now, and how."""
    for rule in around.rules:
        if not isinstance(rule, Rule) or rule.fix is None:
            continue
        for problem in rule.check(subject):
            edit = rule.fix(subject, problem)
            if edit is None or (rule.id, edit) in tried:
                continue
            finding = dressed(placed(rule, subject, problem), subject, around.settings)
            if not _is_suppressed(finding, subject, around):
                yield finding, edit


def _is_suppressed(finding: Finding, subject: Subject, around: Surroundings) -> bool:
    """True if somebody wants it left as it is."""
    document = subject.document
    among, _ = suppressions(document, ABOUT_POLICIES)
    left = suppressed([finding], among, document=document, ran=(), now=around.now)
    return not left.findings
