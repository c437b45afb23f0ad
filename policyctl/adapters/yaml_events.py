"""The YAML parser behind the reader: libyaml where it is there, else the slower Python one."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import Event
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from policyctl.adapters.yaml_limits import span_in
from policyctl.core.finding import Finding, Severity

TYPE_CHECKING = False  # known to type checkers; `typing` would cost half of a bare start
if TYPE_CHECKING:
    from yaml._yaml import CParser

_HINTS = {
    "mapping values are not allowed": "put a text that holds ': ' in quotes, or check the indent",
    "cannot start any token": "put a text that starts with '@', '`' or '%' in quotes",
    "could not find expected ':'": "a line of a mapping reads 'key: value'",
    "expected ',' or": "close the list or mapping, or put the text in quotes",
    "expected node content": "write the value that is missing, or close the list or mapping",
    "did not find expected key": "check the indent, and quotes that close too early",
    "did not find expected '-'": "check the indent of the list",
    "unexpected end of stream": "close the quote",
    "unknown escape": "write \\\\ for a backslash, or use single quotes",
    "unexpected document": "close the quote",
}


class PurePythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser, for a PyYAML that was built without libyaml."""

    def __init__(self, content: bytes) -> None:
        Reader.__init__(self, content)
        Scanner.__init__(self)
        Parser.__init__(self)


def new_parser(content: bytes) -> CParser | PurePythonParser:
    """The fastest parser that this machine has."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return PurePythonParser(content)
    return CParser(content)


def events(content: bytes) -> Iterator[Event]:
    """The events of a YAML stream, one by one, so that a reader can stop at any of them.

    Raises:
        YAMLError: the syntax is broken at this point.
    """
    parser = new_parser(content)
    while (event := parser.get_event()) is not None:
        yield event


def syntax_finding(error: YAMLError, text: str, file: str) -> Finding:
    """What the parser stumbled over, and where."""
    problem, span, index = str(error).splitlines()[0], None, len(text)
    if isinstance(error, MarkedYAMLError):
        problem = error.problem or problem
        mark = error.problem_mark
        index = mark.index if mark else index
        # A thing that is never closed is best shown where it opens.
        if error.context_mark and (
            index >= len(text) or error.context == "while scanning a simple key"
        ):
            mark = error.context_mark
        if mark:
            # libyaml's mark of the end may lie beyond the text.
            span = span_in(text, min(mark.index, len(text)))
        if error.context and error.context_mark:
            problem = f"{problem} {error.context} from line {error.context_mark.line + 1}"
    code, message = "yaml-syntax", f"the YAML cannot be read: {problem}"
    hint = next((hint for part, hint in _HINTS.items() if part in problem), "")
    if text[index : index + 1] == "\t":
        code, message = "tab-indentation", "a tab indents this line, and YAML indents with spaces"
        hint = "replace the tab by spaces"
    return Finding(
        code=code, severity=Severity.ERROR, message=message, hint=hint, file=file, span=span
    )
