"""Resources of Terraform and CloudFormation under the names of the vendors' own APIs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any


def resources(
    data: Any, kinds: Collection[str], lists: Collection[str]
) -> Iterator[tuple[str, Any]]:
    """The resources of these kinds in a decoded file of Terraform, each with its name.

    Args:
        data: the file: lists of blocks by type.
        kinds: such as ``aws_bedrock_guardrail``.
        lists: the values, as the API calls them, that are lists even with one member.
    """
    blocks = data.get("resource") if isinstance(data, Mapping) else None
    for block in blocks if isinstance(blocks, list) else ():
        for kind, named in block.items() if isinstance(block, Mapping) else ():
            for name, body in named.items() if kind in kinds else ():
                yield name, in_camels(body, camel, lists)


def in_camels(value: Any, rename: Callable[[str], str], lists: Collection[str]) -> Any:
    """Values under other names; a reference becomes text, and a lone block itself."""
    if isinstance(value, list):
        return [in_camels(item, rename, lists) for item in value]
    if not isinstance(value, Mapping):
        return value
    reference = str(next(iter(value), ""))
    if len(value) == 1 and (reference == "Ref" or reference.startswith("Fn::")):
        return f"${{{value[reference]}}}"
    made = {}
    for key, item in value.items():
        name, inner = rename(str(key)), in_camels(item, rename, lists)
        is_block = isinstance(inner, list) and len(inner) == 1 and isinstance(inner[0], dict)
        if is_block and name not in lists:
            inner = inner[0]
        elif name in lists and isinstance(inner, dict):
            inner = [inner]
        made[name] = inner
    return made


def camel(name: str) -> str:
    """``filter_config`` as ``filterConfig``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def lowered(name: str) -> str:
    """``FiltersConfig`` as ``filtersConfig``."""
    return name[:1].lower() + name[1:]
