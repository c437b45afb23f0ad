"""Changes one scalar of a YAML file and not a byte besides, or nothing at all."""

from __future__ import annotations

import json
import re
from typing import Any

from policyctl.adapters.wording import shown
from policyctl.adapters.yaml_files import parse
from policyctl.core.document import Document
from policyctl.core.finding import Path, Span, pointer
from policyctl.errors import InputError

_UNCHANGED = "nothing was changed; edit the file by hand"
# ruamel.yaml takes no tab between values and comments, which YAML allows.
_TABS = "nothing was changed; replace the file's tabs by spaces"
_UNPRINTABLE = re.compile(
    "[\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)


def replace_scalar(content: bytes, at: Path, value: str) -> bytes:
    """The content with the text at one place replaced, in the style it is written in.

    The result is read again by our reader and by ruamel.yaml, and both have to find the old values
    with exactly this one changed.

    Args:
        content: the bytes of a YAML file.
        at: the place of a plain or quoted text that stands on one line.
        value: the new text.

    Raises:
        InputError: it cannot be done safely; the message says why.
    """
    document, findings = parse(content, "")
    if document is None or findings:
        line = f"line {findings[0].span.line}: " if findings[0].span else ""
        raise _refusal(at, f"the file has errors ({line}{findings[0].message})")
    span, old = _target(document, at)
    start = _offset(document.text, span.line, span.column)
    end = start + span.end_column - span.column
    written = _written(document.text[start:end], value, at)
    try:
        edited = (document.text[:start] + written + document.text[end:]).encode("utf-8")
    except UnicodeEncodeError as error:
        raise _refusal(at, "the new text is not valid Unicode") from error
    what = f"{shown(value)} in place of {shown(old)}"
    _require_only_change(edited, document, at, _with(document.data, at, value), what)
    return edited


def rename_key(content: bytes, at: Path, name: str) -> bytes:
    """The content with one key renamed, verified in the same way as `replace_scalar`.

    Args:
        content: the bytes of a YAML file.
        at: the place of the key's value.
        name: the new key, which no reader takes for anything but text.

    Raises:
        InputError: it cannot be done safely; the message says why.
    """
    document, findings = parse(content, "")
    if document is None or findings:
        raise _refusal(at, f"the file has errors ({findings[0].message})")
    span = document.keys.get(at)
    if span is None or span.line != span.end_line or not isinstance(at[-1], str):
        raise _refusal(at, "the file has no such key on a line")
    start = _offset(document.text, span.line, span.column)
    end = start + span.end_column - span.column
    written = _written(document.text[start:end], name, at)
    edited = (document.text[:start] + written + document.text[end:]).encode("utf-8")
    expected = _renamed(document.data, at, name)
    _require_only_change(edited, document, at, expected, f"the key {shown(name)}")
    return edited


def agree(content: bytes, document: Document) -> bool:
    """Whether ruamel.yaml, reading YAML 1.2 by itself, finds the same values in the content."""
    # Not at the top: reading alone does not need it, and it is slow to load.
    from ruamel.yaml import YAML

    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 2)
    try:
        values = reader.load(content.decode("utf-8"))
    except Exception:  # noqa: BLE001 - whatever the second reader throws, it does not agree
        return False
    return same(values, document.data)


def same(one: object, other: object) -> bool:
    """Whether two values are equal and of equal types all the way down: 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def _target(document: Document, at: Path) -> tuple[Span, str]:
    old = _value_at(document.data, at)
    span = document.values.get(at)
    if old is None and span is None:
        raise _refusal(at, "the file has no such value")
    if not isinstance(old, str):
        raise _refusal(at, "it is not text")
    if span is None:
        raise _refusal(at, "it is the value of an alias")
    if span.line != span.end_line:
        raise _refusal(at, "it spans several lines")
    return span, old


def _value_at(value: Any, at: Path) -> object:
    for step in at:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _written(old: str, value: str, at: Path) -> str:
    match old[:1]:
        case "'":
            return "'" + value.replace("'", "''") + "'"
        case '"':
            quoted = json.dumps(value, ensure_ascii=False)
            return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
        case "|" | ">":
            raise _refusal(at, "it is a block of lines")
        case "&" | "!":
            raise _refusal(at, "it carries an anchor or a tag")
        case "*":
            raise _refusal(at, "it is an alias")
        case _:
            return value


def _require_only_change(
    edited: bytes, before: Document, at: Path, expected: object, what: str
) -> None:
    """Raise `InputError` unless both readers find exactly what is expected."""
    document, findings = parse(edited, "")
    if document is None or findings:
        raise _refusal(at, f"with {what} the file would have errors ({findings[0].message})")
    if not same(document.data, expected):
        raise _refusal(at, f"{what} would be read as something else")
    if not agree(edited, document):
        if not agree(before.text.encode("utf-8"), before):
            reason = "two YAML readers do not agree about the file as it is"
            raise _refusal(at, reason, hint=_TABS if "\t" in before.text else _UNCHANGED)
        raise _refusal(at, f"with {what} two YAML readers would not agree about the file")


def _with(data: object, at: Path, value: str) -> object:
    # Through JSON's eyes each place is a value of its own, whatever aliases share.
    changed: Any = json.loads(json.dumps(data))
    if not at:
        return value
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return changed


def _renamed(data: object, at: Path, name: str) -> object:
    changed: Any = json.loads(json.dumps(data))
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    if name in inner:
        raise _refusal(at, f"there is a key '{name}' already")
    items = [(name if key == at[-1] else key, value) for key, value in inner.items()]
    inner.clear()
    inner.update(items)
    return changed


def _refusal(at: Path, reason: str, *, hint: str = _UNCHANGED) -> InputError:
    where = pointer(at) or "the document"
    return InputError(f"cannot change '{where}': {reason}", hint=hint)
