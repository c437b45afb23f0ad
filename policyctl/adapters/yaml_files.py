"""Reads YAML files strictly: what two readers could understand differently is a finding."""

from __future__ import annotations

from policyctl.adapters import yaml_lines
from policyctl.adapters.yaml_limits import decode
from policyctl.adapters.yaml_places import lazy_places
from policyctl.adapters.yaml_plain import UnusualError
from policyctl.core.document import Document
from policyctl.core.finding import Finding


def parse(content: bytes, file: str) -> tuple[Document | None, tuple[Finding, ...]]:
    """The document that a file holds, by YAML 1.2's core schema, and all that is wrong with it.

    Args:
        content: the file's bytes.
        file: how findings name it.

    Returns:
        The document, or None if none could be built. Where there are findings, its values are
        what could be made of them.
    """
    text, findings = decode(content, file)
    if text is None:
        return None, findings
    by_line = True
    try:
        data: object = yaml_lines.values(text)
    except UnusualError:
        by_line = False
        try:
            data = _parsed(content, text)
        except UnusualError:
            # Not at the top: most files are not unusual.
            from policyctl.adapters.yaml_nodes import build

            return build(content, text, file)
    places, keys = lazy_places(content, text, by_line=by_line)
    return Document(file=file, text=text, data=data, values=places, keys=keys), ()


def _parsed(content: bytes, text: str) -> object:
    # Not at the top: to load a parser takes longer than to check a policy.
    from policyctl.adapters import pyyaml_start  # noqa: F401 - before anything imports yaml
    from policyctl.adapters.yaml_values import values

    return values(content, text)
