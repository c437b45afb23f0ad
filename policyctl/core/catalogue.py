"""Catalogues of controls, and what is wrong with an id that a policy names.

An id means nothing without its edition: LLM03 is one risk in 2025 and another in 2026.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policyctl.core.control_ids import LONGEST, edition_of, key_of, without_action
from policyctl.core.frozen import fresh, frozen
from policyctl.core.likeness import close_matches

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

Problem = tuple[str, str]
"""A message, and a hint that says what would be right."""


@frozen
class Superseded:
    """What became of an id of an earlier edition; the successors are ids of the catalogue."""

    successors: tuple[str, ...]
    edition: str


@frozen
class Spelling:
    """A prefix that is seen in the wild, the prefix it stands for, and a note for people."""

    means: str
    note: str


@frozen
class Application:
    """From which day (``YYYY-MM-DD``) a control, or a part of it, applies."""

    start: str
    what: str


@frozen
class Catalogue:
    """One edition of one framework.

    Attributes:
        id: what policies call it: the framework, a hyphen and the edition.
        published: the day, as ``YYYY-MM-DD``.
        controls: short titles by id, in the framework's order.
        superseded: ids of earlier editions.
        spellings: prefixes in the wild.
        applies: the days from which controls apply, for those that have such days.
    """

    id: str
    title: str
    edition: str
    published: str
    publisher: str
    document: str
    url: str
    licence: str
    controls: Mapping[str, str]
    superseded: Mapping[str, Superseded]
    spellings: Mapping[str, Spelling]
    applies: Mapping[str, tuple[Application, ...]] = fresh(default_factory=dict)

    @property
    def framework(self) -> str:
        """The id without the edition, such as ``owasp-llm``."""
        return self.id.removesuffix(f"-{self.edition}")

    def titled(self, control: str) -> str:
        """An id with its title, as people read it."""
        return f"{control} ({self.controls[control]})"

    def predecessor(self, control: str, edition: str = "") -> Superseded | None:
        """What became of an id of an earlier edition, however it is spelt; None if it is none.

        Args:
            control: the id, with or without its edition (``LLM03:2025``).
            edition: the edition of an id that does not name it.
        """
        bare, named = edition_of(control)
        if named or edition:
            control = f"{bare}:{named or edition}"
        if control in self.superseded:
            return self.superseded[control]
        key = key_of(control)
        if key is None or key in map(key_of, self.controls):
            return None
        return next((old for name, old in self.superseded.items() if key_of(name) == key), None)

    def spelt(self, control: str) -> tuple[str, str] | None:
        """The id that another spelling means, and a note; None if it is no spelling of an id."""
        bare, named = edition_of(control)
        readings = (bare if named == self.edition else control, without_action(control))
        for key in filter(None, map(key_of, readings)):
            prefix, note = self._meant(key[0])
            found = next((name for name in self.controls if key_of(name) == (prefix, key[1])), None)
            if found:
                return found, note
        return None

    def entitled(self, title: str) -> str | None:
        """The control that has this title, whatever its capitals; None if none has."""
        wanted = title.casefold()
        return next((one for one, own in self.controls.items() if own.casefold() == wanted), None)

    def group(self, control: str) -> tuple[str, ...]:
        """The controls of the function or category that ``control`` names, if it names one."""
        return tuple(
            name
            for name in self.controls
            if name.startswith(control) and name[len(control) :][:1] in (".", "-", " ")
        )

    def below(self, control: str) -> tuple[tuple[str, ...], str]:
        """The controls that an incomplete id such as ``GV-1`` may stand for, and a note."""
        key = key_of(control)
        if key is None:
            return (), ""
        prefix, note = self._meant(key[0])
        numbered = tuple(
            name
            for name in self.controls
            if (own := key_of(name)) and own[0] == prefix and own[1][: len(key[1])] == key[1]
        )
        if numbered or any(own[0] == prefix for own in map(key_of, self.controls) if own):
            return numbered, note
        return self.group(key[0]), note

    def _meant(self, prefix: str) -> tuple[str, str]:
        spelling = self.spellings.get(prefix)
        return (spelling.means, spelling.note) if spelling else (prefix, "")


def catalogue_from(data: Mapping[str, Any]) -> Catalogue:
    """The catalogue that a document describes which its schema accepts."""
    return Catalogue(
        id=data["id"],
        title=data["title"],
        edition=data["edition"],
        published=data["published"],
        publisher=data["source"]["publisher"],
        document=data["source"]["document"],
        url=data["source"]["url"],
        licence=data["licence"],
        controls={item["id"]: item["title"] for item in data["controls"]},
        superseded={
            old: Superseded(successors=tuple(item["successors"]), edition=item["from"])
            for old, item in data["superseded"].items()
        },
        spellings={
            prefix: Spelling(means=item["means"], note=item["note"])
            for prefix, item in data["spellings"].items()
        },
        applies={
            item["id"]: tuple(
                Application(start=part["from"], what=part["what"]) for part in item["applies"]
            )
            for item in data["controls"]
            if "applies" in item
        },
    )


def problem(catalogues: Mapping[str, Catalogue], framework: str, control: str) -> Problem | None:
    """What is wrong with a control that a policy names under a framework; None if nothing is.

    Returns:
        A message and a hint. Told apart are: a framework that is unknown, names no edition or an
        earlier one; and an id that is withdrawn, misspelt, a whole group, of another framework,
        ambiguous, or unknown.
    """
    catalogue = catalogues.get(framework)
    if catalogue is None:
        return _framework_problem(tuple(catalogues.values()), framework, control)
    if control in catalogue.controls:
        return None
    others = tuple(other for other in catalogues.values() if other is not catalogue)
    owner = next((other for other in others if control in other.controls), None)
    if owner:
        message = f"control '{control}' is of '{owner.id}', not of '{catalogue.id}'"
        return message, _entry(owner, (control,))
    return (
        _here(catalogue, control)
        or _misnumbered(catalogue, control)
        or _elsewhere(others, catalogue, control)
        or _incomplete((catalogue, *others), control)
        or _unknown(catalogue, control)
    )


def _here(catalogue: Catalogue, control: str) -> Problem | None:
    old = catalogue.predecessor(control)
    if old:
        if control in catalogue.superseded:
            message = f"control '{control}' is of {catalogue.framework}-{old.edition}"
            message += f", which '{catalogue.id}' replaced"
        else:
            message = f"control '{control}' is withdrawn from '{catalogue.id}'"
        return message, f"write {_listed(map(catalogue.titled, old.successors))}"
    spelt = catalogue.spelt(control)
    if spelt and not spelt[1]:
        message = f"control '{control}' is not how '{catalogue.id}' spells it"
        return message, f"write {catalogue.titled(spelt[0])}"
    if spelt:
        message = f"control '{control}' is not an id of '{catalogue.id}'"
        return message, f"perhaps {catalogue.titled(spelt[0])}; {spelt[1]}"
    group = catalogue.group(control)
    if group:
        message = f"'{control}' is a group of '{catalogue.id}', not a control"
        return message, f"name its controls: {_span(group)}"
    entitled = catalogue.entitled(control)
    if entitled:
        message = f"control '{control}' is a title of '{catalogue.id}', not an id"
        return message, f"write {entitled}"
    return None


def _elsewhere(others: Iterable[Catalogue], here: Catalogue, control: str) -> Problem | None:
    found: list[tuple[int, str, str]] = []
    for other in others:
        old, spelt = other.predecessor(control), other.spelt(control)
        # A group with a number, as in GV-1, may be one of several frameworks: `_incomplete`.
        if key_of(control) is None and (group := other.group(control)):
            hint = f"name controls of {other.id}: {_span(group)}"
            found.append((0, f"is of '{other.id}', not of '{here.id}'", hint))
        elif old:
            origin = f"{other.framework}-{old.edition}"
            successors = _entry(other, old.successors)
            found.append((1, f"is of {origin}, not of '{here.id}'", successors))
        elif spelt:
            hint = _entry(other, (spelt[0],), sure=not spelt[1]) + (spelt[1] and f"; {spelt[1]}")
            found.append((2, f"is not an id of '{here.id}'", hint))
    if not found:
        return None
    _, message, hint = min(found, key=lambda item: item[0])
    return f"control '{control}' {message}", hint


def _incomplete(catalogues: Iterable[Catalogue], control: str) -> Problem | None:
    readings, notes = [], []
    for catalogue in sorted(catalogues, key=lambda item: item.id):
        ids, note = catalogue.below(control)
        if ids:
            readings.append(f"{_span(ids)} of {catalogue.id}")
            notes += [f"; {note}"] if note else []
    if not readings:
        return None
    state = "ambiguous" if len(readings) + len(notes) > 1 else "incomplete"
    message = f"control '{control}' is {state}, and an id of no known framework"
    return message, f"it may mean {_listed(readings)}{''.join(notes)}"


def _misnumbered(catalogue: Catalogue, control: str) -> Problem | None:
    key = key_of(control)
    siblings = {
        name: own
        for name in catalogue.controls
        if key and (own := key_of(name)) and (own[0], own[1][:-1]) == (key[0], key[1][:-1])
    }
    if not key or not siblings:
        return None
    below = [name for name, own in siblings.items() if own < key]
    above = [name for name, own in siblings.items() if own > key]
    # Some catalogues are a selection: what stands beside the gap says more than the ends.
    beside = f"next to it are {below[-1]} and {above[0]}" if below and above else ""
    hint = beside or f"its ids there are {_span(siblings)}"
    return f"control '{control}' is not an id of '{catalogue.id}'", hint


def _unknown(catalogue: Catalogue, control: str) -> Problem:
    spelt = {name.upper(): name for name in catalogue.controls}
    close = close_matches(control[:LONGEST].upper(), spelt, n=1, cutoff=0.8)
    if close:
        hint = f"did you mean {catalogue.titled(spelt[close[0]])}?"
    else:
        hint = f"its ids are {_span(tuple(catalogue.controls))}: {catalogue.url}"
    return f"control '{control}' is not an id of '{catalogue.id}'", hint


def _framework_problem(catalogues: tuple[Catalogue, ...], framework: str, control: str) -> Problem:
    wanted = framework.lower().replace("_", "-").replace(" ", "-")
    editions = [item for item in catalogues if item.framework == wanted]
    if editions:
        ids = _listed(item.id for item in editions)
        return f"framework '{framework}' names no edition", f"write {ids}"
    for item in catalogues:
        edition = wanted.removeprefix(f"{item.framework}-")
        if edition in {old.edition for old in item.superseded.values()}:
            old = item.predecessor(control, edition) or item.predecessor(control)
            hint = _entry(item, old.successors) if old else f"write {item.id}"
            return f"framework '{framework}' is superseded by '{item.id}'", hint
    names = {**{item.framework: item.id for item in catalogues}, **{i.id: i.id for i in catalogues}}
    close = close_matches(wanted[:LONGEST], names, n=1, cutoff=0.6)
    if close:
        return f"framework '{framework}' is not known", f"did you mean {names[close[0]]}?"
    known = _listed(item.id for item in catalogues)
    return f"framework '{framework}' is not known", f"known are {known}" if known else ""


def _entry(catalogue: Catalogue, ids: Iterable[str], *, sure: bool = True) -> str:
    return f"{'write' if sure else 'perhaps'} {catalogue.id}: [{', '.join(ids)}]"


def _span(ids: Iterable[str]) -> str:
    first, *rest = ids
    return f"{first} to {rest[-1]}" if rest else first


def _listed(parts: Iterable[str]) -> str:
    *most, last = [*parts] or [""]
    return f"{', '.join(most)} or {last}" if most else last
