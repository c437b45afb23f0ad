"""Engines' configurations as files: decoded by what they look like, written in one step."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from policyctl.core.canonical import sha256
from policyctl.core.engines.target import Document, Raw, Syntax
from policyctl.errors import InputError

_MOST = 32 * 1024 * 1024  # bytes of one file
_MOST_VALUES = 1_000_000  # with aliases written out
_DEEPEST = 100


def read_configurations(names: Sequence[str]) -> tuple[Raw, ...]:
    """The files, or standard input where one is called ``-``, decoded from JSON or YAML.

    Raises:
        InputError: a file cannot be read, or is neither.
    """
    found = []
    for name in names:
        content = _content(name)
        raw = Raw(name, _decoded(content, name), sha256(content))
        _require_bounded(raw)
        found.append(raw)
    return tuple(found)


def written_bytes(document: Document) -> bytes:
    """A document as the engine takes it."""
    if document.syntax is Syntax.JSON:
        return json.dumps(document.data, indent=2, ensure_ascii=False).encode() + b"\n"
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    # CloudFormation takes no aliases.
    yaml.representer.ignore_aliases = lambda _: True
    page = io.BytesIO()
    yaml.dump(_in_blocks(document.data), page)
    notes = "".join(f"# {note}\n" for note in document.notes)
    return notes.encode() + page.getvalue()


def _in_blocks(value: Any) -> Any:
    """The data with texts of several lines as blocks, which people can read."""
    from ruamel.yaml.scalarstring import LiteralScalarString

    if isinstance(value, dict):
        return {key: _in_blocks(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_blocks(item) for item in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def _content(name: str) -> bytes:
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_MOST + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(_MOST + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    if len(content) > _MOST:
        raise InputError(f"{name} has more than {_MOST >> 20} MiB, which is no configuration")
    return content


def _decoded(content: bytes, name: str) -> Any:
    text = content.decode("utf-8-sig", "strict") if _is_utf8(content) else None
    if text is None:
        raise InputError(f"{name} is not UTF-8")
    if name.endswith(".co"):  # Colang, which stands beside the YAML of NeMo
        return text
    if name.endswith(".tf"):
        return _terraform(text, name)
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            problem = f"{name}:{error.lineno}:{error.colno}: {error.msg}"
        except RecursionError:
            raise InputError(f"{name} is nested too deeply") from None
        raise InputError(problem, hint="the file begins like JSON")
    return _yaml(text, name)


def _require_bounded(raw: Raw) -> None:
    """Aliases of YAML make much out of little, and without end where one contains itself.

    Raises:
        InputError: there are too many values, or they are nested too deeply.
    """
    count = 0
    waiting: list[tuple[Any, int]] = [(raw.data, 0)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if count > _MOST_VALUES or depth > _DEEPEST:
            raise InputError(f"{raw.name} is nested too deeply, or has too many values")
        if isinstance(value, dict):
            waiting += ((item, depth + 1) for item in value.values())
        elif isinstance(value, list):
            waiting += ((item, depth + 1) for item in value)


def _terraform(text: str, name: str) -> Any:
    try:
        import hcl2
    except ImportError:
        raise InputError(
            f"{name} is Terraform, which needs a library more",
            hint="pip install 'policyctl[terraform]'",
        ) from None
    try:
        return _unquoted(hcl2.loads(text))
    except Exception as error:  # whatever its parser raises
        first = str(error).partition("\n")[0]
        raise InputError(f"{name} is no Terraform: {first}") from error


def _unquoted(value: Any) -> Any:
    """Texts as they are meant: the parser leaves the quotes of literals on them."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not key.startswith("__")}
        return {_unquoted(key): _unquoted(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [_unquoted(item) for item in value]
    if not (isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"'):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value[1:-1]


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _yaml(text: str, name: str) -> Any:
    """YAML as engines read it, with the short tags of CloudFormation as their long forms."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Knows the tags of CloudFormation; a class of its own, so that they stay here."""

    def tagged(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", tagged)
    try:
        return yaml.load(text, Loader=Loader)  # noqa: S506  it is a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise InputError(f"{name}{place}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{name} is neither JSON nor YAML") from error
