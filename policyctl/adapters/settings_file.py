"""What an organisation sets about the rules: ``policyctl.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from policyctl.adapters.wording import shown
from policyctl.core.finding import Severity
from policyctl.core.quantities import duration
from policyctl.core.suggestion import suggestion
from policyctl.errors import InputError
from policyctl.rules.settings import Settings

NAME = "policyctl.toml"
HANDLES = "handles"
"""The table that is not about rules; `handles_file` reads it."""

_TABLE = "lint"
_SEVERITIES = {severity.name.lower(): severity for severity in Severity}
_MOST = 10_000
_LONGEST = 2**16
_MOST_DOTS = 1_000
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_COMMENT = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)


def settings_path(folder: Path | None, here: Path) -> Path:
    """Where the settings stand, if there are any: in the governed folder, else the nearest upwards.

    Args:
        folder: the governed folder, or None.
        here: the present folder.
    """
    if folder is not None:
        return folder / NAME
    physical = here.resolve()
    found = (place / NAME for place in (physical, *physical.parents))
    return next((path for path in found if path.is_file()), physical / NAME)


def parse_settings(content: bytes | None, file: str, rules: Collection[str]) -> Settings:
    """The settings in a file; the defaults where there is none.

    Args:
        content: its bytes, or None.
        file: how messages name it.
        rules: the ids of the rules that there are.

    Raises:
        InputError: it is not TOML, or sets something that cannot be set.
    """
    if content is None:
        return Settings()
    text, data = toml_data(content, file)
    return _Reader(text, file, rules).settings(data)


def toml_data(content: bytes, file: str) -> tuple[str, dict[str, Any]]:
    """The text of a TOML file, and its values.

    Raises:
        InputError: it is not TOML, or too much of it.
    """
    try:
        text = content.decode("utf-8-sig")  # some editors begin with a mark
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8", hint="save the file as UTF-8") from error
    _require_readable(text, file)
    try:
        return text, tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also from a number of 5,000 digits
        raise _not_toml(str(error).partition(";")[0], file) from error


def _require_readable(text: str, file: str) -> None:
    """Refuse what tomllib would need hours for: its time grows with the square of a key's parts."""
    if len(text) > _LONGEST:
        message = f"{file} is longer than {_LONGEST} characters"
        raise InputError(message, hint="leave out what has its default")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS:
            message = f"{file}:{number}: the line has more than {_MOST_DOTS} dots"
            raise InputError(message, hint="write a list over several lines")


def _not_toml(said: str, file: str) -> InputError:
    found = _POSITION.search(said)
    place = f":{found[1]}:{found[2]}" if found and found[1] else ""
    reason = _POSITION.sub("", said)
    return InputError(f"{file}{place}: not TOML: {reason[:1].lower()}{reason[1:]}")


class _Reader:
    """Reads the tables of one file, and says where something is wrong."""

    def __init__(self, text: str, file: str, rules: Collection[str]) -> None:
        self._text = _COMMENT.sub(lambda found: " " * len(found[0]), text)
        self._file = file
        self._rules = rules

    def settings(self, data: Mapping[str, Any]) -> Settings:
        """The settings that the file's values mean."""
        for name in data:
            if name not in (_TABLE, HANDLES):
                hint = suggestion(name, [_TABLE, HANDLES])
                raise self.error(f"unknown table {shown(name)}", hint, name)
        table = data.get(_TABLE, {})
        if not isinstance(table, dict):
            raise self.error(f"'{_TABLE}' is {shown(table)}, and must be a table", "", _TABLE)
        found: dict[str, Any] = {}
        for key, value in table.items():
            if key not in _FIELDS:
                hint = suggestion(key, _FIELDS)
                raise self.error(f"unknown key {shown(key)} in [{_TABLE}]", hint, _TABLE, key)
            found[key] = _FIELDS[key](self, key, value)
        return Settings(**found)

    def rules(self, key: str, value: object) -> tuple[str, ...]:
        """Ids of rules."""
        found = self.texts(key, value)
        for name in found:
            self._require_rule(name, key)
        return found

    def texts(self, key: str, value: object) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, value, "a list of texts")
        return tuple(value)

    def severities(self, key: str, value: object) -> Mapping[str, Severity]:
        """Severities by the id of a rule."""
        if not isinstance(value, dict):
            raise self.wrong(key, value, "a table of severities by rule")
        for name, severity in value.items():
            self._require_rule(name, key)
            if not isinstance(severity, str) or severity not in _SEVERITIES:
                hint = suggestion(str(severity), _SEVERITIES)
                message = f"the severity of '{name}' is {shown(severity)}"
                raise self.error(message, hint, _TABLE, key, name)
        return {name: _SEVERITIES[severity] for name, severity in value.items()}

    def time_span(self, key: str, value: object) -> timedelta:
        """A duration as policies write it."""
        try:
            return duration(value if isinstance(value, str) else "")
        except ValueError as error:
            raise self.wrong(key, value, 'a duration such as "36h", "14d" or "2w"') from error

    def count(self, key: str, value: object) -> int:
        """A whole number that counts something."""
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
            raise self.wrong(key, value, f"a whole number from 0 to {_MOST}")
        return value

    def wrong(self, key: str, value: object, wanted: str) -> InputError:
        """The error about a value."""
        return self.error(f"'{key}' is {shown(value)}", f"write {wanted}", _TABLE, key)

    def error(self, message: str, hint: str, *names: str) -> InputError:
        """The error with its line, found by names that stand there in this order."""
        line = self._line(names)
        return InputError(f"{self._file}{f':{line}' if line else ''}: {message}", hint=hint)

    def _require_rule(self, name: str, key: str) -> None:
        if name not in self._rules:
            hint = suggestion(name, self._rules) or "policyctl rule lists all of them"
            raise self.error(f"'{key}' names '{name}', which is no rule", hint, _TABLE, key, name)

    def _line(self, names: Collection[str]) -> int:
        """The line on which the last of the names stands after the ones before it, or 0."""
        end = 0
        for name in names:
            found = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])").search(self._text, end)
            if found is None:
                return 0
            end = found.end()
        return self._text.count("\n", 0, end) + 1


_FIELDS: Mapping[str, Callable[[_Reader, str, object], object]] = {
    "select": _Reader.rules,
    "ignore": _Reader.rules,
    "severity": _Reader.severities,
    "logging_deadline": _Reader.time_span,
    "limited_deadline": _Reader.time_span,
    "max_exceptions": _Reader.count,
    "exception_soon": _Reader.time_span,
    "exception_longest": _Reader.time_span,
    "deployment_paths": _Reader.texts,
}
