"""The control catalogues that travel with policyctl, and those of an organisation."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from policyctl.adapters.document_bytes import read_kept
from policyctl.adapters.plain_paths import is_folder, joined
from policyctl.adapters.resources import shipped_file, shipped_names
from policyctl.adapters.wording import shown
from policyctl.core.catalogue import Catalogue, catalogue_from
from policyctl.core.document import Document
from policyctl.core.finding import pointer
from policyctl.errors import InputError

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from typing import Any

FOLDER = "catalogues"
"""Where a governed folder keeps catalogues of its own."""

_SCHEMA = "catalogue.v1"


class _Shipped(Mapping[str, Catalogue]):
    """The shipped catalogues, each read when it is first asked for: most runs need two of them."""

    def __init__(self) -> None:
        names = shipped_names("catalogues")
        self._names = tuple(name[: -len(".json")] for name in names if name.endswith(".json"))
        self._read: dict[str, Catalogue] = {}

    def __getitem__(self, name: str) -> Catalogue:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            data = json.loads(shipped_file("catalogues", f"{name}.json"))
            self._read[name] = catalogue_from(data)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def shipped_catalogues() -> Mapping[str, Catalogue]:
    """The shipped catalogues by their id, such as ``owasp-llm-2026``, in alphabetical order.

    A catalogue's file is named after its id.
    """
    return _Shipped()


def catalogues_of(folder: str | os.PathLike[str] | None) -> Mapping[str, Catalogue]:
    """The shipped catalogues and an organisation's own, in alphabetical order.

    Args:
        folder: the governed folder, or None. A file ``catalogues/<id>.json`` in it adds a
            framework, or stands for the shipped one with its id.

    Raises:
        InputError: one of the folder's catalogues cannot be used.
    """
    if folder is None or not is_folder(joined(os.fspath(folder), FOLDER)):
        return shipped_catalogues()
    # Not at the top: few folders have catalogues of their own.
    from pathlib import Path

    paths = sorted(Path(folder, FOLDER).glob("*.json"))
    if not paths:
        return shipped_catalogues()
    return catalogues_in(
        {path.name: read_kept(str(path), file=f"{FOLDER}/{path.name}") for path in paths}
    )


def catalogues_in(files: Mapping[str, bytes]) -> Mapping[str, Catalogue]:
    """The shipped catalogues and those in an organisation's files, by the names of these.

    Raises:
        InputError: one of the files cannot be used.
    """
    own = {
        name.removesuffix(".json"): _own(name, content)
        for name, content in sorted(files.items())
        if name.endswith(".json")
    }
    if not own:
        return shipped_catalogues()
    return MappingProxyType(dict(sorted({**shipped_catalogues(), **own}.items())))


def _own(name: str, content: bytes) -> Catalogue:
    file = f"{FOLDER}/{name}"
    stem = name.removesuffix(".json")
    problem = next(_problems(data := _json(content, file), file, stem), "")
    if problem:
        raise InputError(f"{file}: {problem}", hint=f"policyctl schema {_SCHEMA}")
    return catalogue_from(data)


def _json(content: bytes, file: str) -> Any:
    def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise ValueError(f"the key {shown(key)} stands twice")
            found[key] = value
        return found

    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=distinct)
    except json.JSONDecodeError as error:
        place = f"{file}:{error.lineno}:{error.colno}"
        raise InputError(f"{place}: it is not JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: it is not UTF-8") from error
    except RecursionError as error:
        raise InputError(f"{file}: it is nested too deeply") from error
    except ValueError as error:
        raise InputError(f"{file}: {error}") from error


def _problems(data: Any, file: str, stem: str) -> Iterator[str]:
    """What is wrong with a catalogue, the first reason first."""
    # The validator costs most of a command's start, and few folders have catalogues.
    from policyctl.adapters.schemas import check

    for finding in check(Document(file=file, text="", data=data), _SCHEMA):
        place = pointer(finding.at)
        yield f"{place}: {finding.message}" if place else finding.message
    if data["id"] != stem:
        yield f"its id is '{data['id']}', and the name of the file says '{stem}'"
    if not data["id"].endswith(f"-{data['edition']}"):
        yield f"its id does not end in its edition '{data['edition']}'"
    ids = [item["id"] for item in data["controls"]]
    known = set(ids)
    yield from (f"the control '{one}' stands twice" for one, n in Counter(ids).items() if n > 1)
    for old, item in data["superseded"].items():
        if old in known:
            yield f"'{old}' is a control, and superseded"
        lost = [name for name in item["successors"] if name not in known]
        yield from (f"'{old}' is superseded by '{one}', which is no control" for one in lost)
