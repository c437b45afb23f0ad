"""The control catalogues that travel with policyctl."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from policyctl.core.catalogue import Catalogue, catalogue_from


@cache
def shipped_catalogues() -> Mapping[str, Catalogue]:
    """The shipped catalogues by their id, such as ``owasp-llm-2026``, in alphabetical order."""
    folder = files("policyctl").joinpath("catalogues")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".json"))
    found = (
        catalogue_from(json.loads(folder.joinpath(name).read_text(encoding="utf-8")))
        for name in names
    )
    return MappingProxyType({catalogue.id: catalogue for catalogue in found})
