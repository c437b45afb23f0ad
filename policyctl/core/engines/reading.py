"""Taking a decoded configuration apart, and keeping account of what was not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from policyctl.core.engines.target import Raw, Running, Unread
from policyctl.errors import InputError


def read_each(raws: Sequence[Raw], read: Callable[[Raw], Iterable[Running]]) -> tuple[Running, ...]:
    """What the configurations in these files do, where each file stands for itself.

    Raises:
        InputError: a file is none of the engine's; the message names it.
    """
    found: list[Running] = []
    for raw in raws:
        try:
            found += read(raw)
        except InputError as error:
            raise InputError(f"{raw.name}: {error.message}", hint=error.hint) from error
    return tuple(found)


class Part:
    """One object of a configuration.

    What nobody asks it for is surplus: policies say nothing about it.
    """

    def __init__(self, data: Mapping[str, Any], place: str = "") -> None:
        self.place = place
        self._data = data
        self._seen: set[str] = set()
        self._parts: list[Part] = []
        self._by_key: dict[str, Part] = {}
        self.unread: list[Unread] = []

    @classmethod
    def of(cls, value: object, place: str) -> Part:
        """The object at a place.

        Raises:
            InputError: something else stands there.
        """
        if not isinstance(value, Mapping):
            raise InputError(f"{place or 'the configuration'} is no mapping")
        return cls(value, place)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def expect(self, *keys: str) -> None:
        """Take these values for known although nothing is made of them."""
        self._seen.update(keys)

    def at(self, key: str) -> str:
        """The place of one of its values."""
        return f"{self.place}.{key}" if self.place else key

    def value(self, key: str, default: Any = None) -> Any:
        """A value as it is; what stands below it counts as read."""
        self._seen.add(key)
        return self._data.get(key, default)

    def text(self, key: str, default: str = "") -> str:
        """A text.

        Raises:
            InputError: something else stands there.
        """
        found = self.value(key)
        if found is None:
            return default
        if not isinstance(found, str):
            raise InputError(f"{self.at(key)} is no text")
        return found

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no.

        Raises:
            InputError: something else stands there.
        """
        found = self.value(key)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise InputError(f"{self.at(key)} is neither true nor false")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where there is none.

        Raises:
            InputError: something else stands there.
        """
        found = self.value(key)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise InputError(f"{self.at(key)} is no list of texts")
        return tuple(found)

    def part(self, key: str) -> Part | None:
        """An object below this one, or None.

        Raises:
            InputError: something else stands there.
        """
        found = self.value(key)
        if found is None:
            return None
        if key not in self._by_key:
            self._by_key[key] = self._kept(Part.of(found, self.at(key)))
        return self._by_key[key]

    def parts(self, key: str) -> Iterator[Part]:
        """The objects of a list below this one.

        Raises:
            InputError: something else stands there.
        """
        found = self.value(key)
        if found is None:
            return
        if not isinstance(found, list):
            raise InputError(f"{self.at(key)} is no list")
        for number, item in enumerate(found):
            yield self._kept(Part.of(item, f"{self.at(key)}[{number}]"))

    def unknown(self, what: str, key: str = "") -> None:
        """Say that something here was not understood, and may matter."""
        self.unread.append(Unread(place=self.at(key) if key else self.place, what=what))

    def all_unread(self) -> tuple[Unread, ...]:
        """What was not understood here and below."""
        return (*self.unread, *(item for part in self._parts for item in part.all_unread()))

    def surplus(self) -> tuple[str, ...]:
        """Places that nobody asked for, here and below."""
        own = [
            self.at(key)
            for key, value in self._data.items()
            if key not in self._seen and value is not None
        ]
        return (*own, *(place for part in self._parts for place in part.surplus()))

    def _kept(self, part: Part) -> Part:
        self._parts.append(part)
        return part
