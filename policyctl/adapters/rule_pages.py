"""The pages that explain the rules, and where they are published."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from types import MappingProxyType

from policyctl.adapters.resources import shipped
from policyctl.core.rule_page import RulePage, page_from

_LABEL = "documentation"


@cache
def rule_pages() -> Mapping[str, RulePage]:
    """The pages by the code of the findings that they explain, in alphabetical order."""
    found = (
        page_from(item.read_text(encoding="utf-8"))
        for item in sorted(shipped("rules").iterdir(), key=lambda item: item.name)
        if item.name.endswith(".md")
    )
    return MappingProxyType({page.id: page for page in found if page is not None})


@cache
def documentation_uri() -> str:
    """Where the project publishes its documents, ending in a slash; empty if it does not."""
    try:
        urls = metadata("policyctl").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = (url.partition(",") for url in urls)
    uri = next((uri.strip() for name, _, uri in named if name.strip().lower() == _LABEL), "")
    return f"{uri.rstrip('/')}/" if uri else ""
