"""Every word of a guardrail adds something to the others."""

from __future__ import annotations

from collections.abc import Iterator

from policyctl.core.finding import Path, Severity
from policyctl.rules.rule import Problem, Rule, Subject

_Phrase = tuple[str, ...]


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for each word that is blank, repeated, or holds another one."""
    for index, item in enumerate(subject.data.get("guardrails", ())):
        if item.get("words"):
            yield from _overlaps(item["detector"], item["words"], ("guardrails", index, "words"))


def _overlaps(detector: str, words: list[str], at: Path) -> Iterator[Problem]:
    phrases = [tuple(word.casefold().split()) for word in words]
    first: dict[_Phrase, int] = {}
    for position, phrase in enumerate(phrases):
        first.setdefault(phrase, position)
    longest = max(map(len, first), default=0)
    for position, (word, phrase) in enumerate(zip(words, phrases, strict=True)):
        part = _part(phrase, first, longest)
        if not phrase:
            message, hint = "has a word that is blank", "remove it: it fits nothing, or everything"
        elif first[phrase] != position:
            earlier = words[first[phrase]]
            message = (
                f"has '{word}' already, as '{earlier}'"
                if earlier != word
                else (f"has '{word}' twice")
            )
            hint = "remove one: case and blanks make no difference"
        elif part is not None:
            message = f"has '{word}', which holds '{words[first[part]]}'"
            hint = f"remove '{word}': the shorter one fits wherever it does"
        else:
            continue
        yield Problem(message=f"guardrail '{detector}' {message}", at=(*at, position), hint=hint)


def _part(phrase: _Phrase, known: dict[_Phrase, int], longest: int) -> _Phrase | None:
    """A shorter phrase of the list that stands in the phrase, as whole words."""
    for size in range(1, min(len(phrase) - 1, longest) + 1):
        for start in range(len(phrase) - size + 1):
            if phrase[start : start + size] in known:
                return phrase[start : start + size]
    return None


RULE = Rule(
    id="words-overlap",
    summary="a word of a guardrail is blank, repeated, or holds another one",
    severity=Severity.WARNING,
    check=check,
)
