"""What is refused before a YAML parser sees it: size, encoding, and characters that mislead."""

from __future__ import annotations

import re

from policyctl.adapters.document_bytes import MAX_BYTES
from policyctl.core.finding import Finding, Severity, Span

MAX_DEPTH = 40
MAX_ALIASES = 100
MAX_REPEATED = 20_000
MAX_VALUES = 200_000
MAX_FINDINGS = 1_000

# All that YAML calls unprintable, the byte order mark, a carriage return that ends no CRLF, and
# the characters that end a line for YAML 1.1 only. A reader that breaks lines elsewhere than git
# and editors do would let a comment hide a value. (The complement takes seven times as long to
# compile, on every run.)
_REFUSED = re.compile(
    "\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
# What most files consist of; nothing of it is refused.
_USUAL = bytes([*b"\t\n", *range(0x20, 0x7F)])
# libyaml spends quadratic time on many of these, and a version would change the meaning.
_DIRECTIVE = re.compile(r"^%(?:YAML|TAG)\b[^\r\n]*", re.MULTILINE)
_LINE_BREAKS = {"\x85", "\u2028", "\u2029"}
_BYTE_ORDER_MARK = "\ufeff"


def decode(content: bytes, file: str) -> tuple[str | None, tuple[Finding, ...]]:
    """The text of a file, or None and the reasons why no parser should look at it."""
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 2**20} MiB"
        return None, (_finding("file-too-large", message, file, None),)
    if not content.translate(None, _USUAL) and not _may_hold_a_directive(content):
        return content.decode("ascii"), ()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        message = f"the byte 0x{content[error.start]:02x} is not UTF-8"
        span = span_in(before + "?", len(before))
        return None, (_finding("not-utf-8", message, file, span, "save the file as UTF-8"),)
    found = []
    for match in _REFUSED.finditer(text):
        found.append(_refused_character(text, match.start(), file))
        if len(found) == MAX_FINDINGS:
            break
    directive = _DIRECTIVE.search(text)
    if directive:
        found.append(
            _finding(
                "directive",
                f"the directive '{directive[0].split()[0]}' changes how the file is read",
                file,
                span_in(text, directive.start(), len(directive[0])),
                "remove the line: every file is read as YAML 1.2",
            )
        )
    return (None if found else text), tuple(found)


def _may_hold_a_directive(content: bytes) -> bool:
    return content.startswith(b"%") or b"\n%" in content


def span_in(text: str, index: int, length: int = 1) -> Span:
    """The span of ``length`` characters of one line, from the offset ``index`` on."""
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    return Span(line, column, line, column + length)


def _refused_character(text: str, index: int, file: str) -> Finding:
    char = text[index]
    span = span_in(text, index)
    if char == _BYTE_ORDER_MARK:
        place = "in the middle of" if index else "at the start of"
        message = f"a byte order mark (U+FEFF) stands {place} the file"
        return _finding("byte-order-mark", message, file, span, "save the file as UTF-8 without it")
    code = "control-character"
    name = f"U+{ord(char):04X}"
    if char == "\r":
        message = "a carriage return without a line feed ends the line for some readers only"
        return _finding(code, message, file, span, "use LF or CRLF line ends")
    if char in _LINE_BREAKS:
        message = f"the character {name} ends the line for some readers only"
    else:
        message = f"the control character {name} is not allowed in YAML"
    escape = f"\\u{ord(char):04x}"
    return _finding(code, message, file, span, f'remove it, or write "{escape}" in double quotes')


def _finding(code: str, message: str, file: str, span: Span | None, hint: str = "") -> Finding:
    return Finding(
        code=code, severity=Severity.ERROR, message=message, hint=hint, file=file, span=span
    )
