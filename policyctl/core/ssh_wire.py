"""The wire form of SSH: fields one after the other, each with one spelling (RFC 4251)."""

from __future__ import annotations

import base64
import binascii

from policyctl.errors import SignatureError


class Reader:
    """Takes the fields of a wire form one after the other."""

    def __init__(self, blob: bytes, what: str) -> None:
        self._rest = memoryview(blob)
        self._what = what

    @property
    def remaining(self) -> int:
        """How many bytes are left."""
        return len(self._rest)

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if count > len(self._rest):
            raise SignatureError(f"the {self._what} is cut short")
        taken, self._rest = bytes(self._rest[:count]), self._rest[count:]
        return taken

    def number(self) -> int:
        """A number of four bytes."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.number())

    def text(self) -> str:
        """A name in printable ASCII."""
        try:
            text = self.string().decode("ascii")
        except UnicodeDecodeError as error:
            raise SignatureError(f"the {self._what} holds a name that is not ASCII") from error
        if not text.isprintable():
            raise SignatureError(f"the {self._what} holds a name that is not printable")
        return text

    def mpint(self) -> int:
        """A positive number, spelt with as few bytes as possible."""
        content = self.string()
        number = int.from_bytes(content, "big")
        if not number or content != mpint(number):
            raise SignatureError(f"the {self._what} holds a number that is not canonical")
        return number

    def end(self) -> None:
        """Nothing may be left."""
        if self._rest:
            raise SignatureError(f"the {self._what} has bytes after its end")


def mpint(number: int) -> bytes:
    """The content of the wire form of a positive number: big-endian, the top bit clear."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def unbase64(text: bytes, what: str) -> bytes:
    """The bytes that base64 text stands for.

    Raises:
        SignatureError: it is not base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SignatureError(f"the {what} is not base64") from error


def string(content: bytes) -> bytes:
    """Bytes as a wire form holds them: with their length before them."""
    return len(content).to_bytes(4, "big") + content
