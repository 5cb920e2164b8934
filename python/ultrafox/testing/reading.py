"""Bytes in pieces as text, as lines, as pieces of one size."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

__all__ = ["Incremental", "Lines", "resized"]

_END = re.compile(r"\r\n|\r|\n")


class Incremental:
    """Decodes pieces whose borders may lie within a character."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def text(self, piece: bytes) -> str:
        """What can be read by now."""
        return self._decoder.decode(piece)

    def end(self) -> str:
        """What was left half."""
        return self._decoder.decode(b"", True)


class Lines:
    """Splits text that comes in pieces; a line may end by LF, CR or both, also across a border."""

    def __init__(self) -> None:
        self._rest = ""

    def of(self, text: str) -> list[str]:
        """The lines that are complete by now."""
        self._rest += text
        # A CR at the end may be the first half of an end.
        held = "\r" if self._rest.endswith("\r") else ""
        *lines, self._rest = _END.split(self._rest.removesuffix(held) if held else self._rest)
        self._rest += held
        return lines

    def end(self) -> list[str]:
        """The last line, where nothing ends it."""
        rest, self._rest = self._rest, ""
        return [rest.removesuffix("\r")] if rest else []


def resized(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of `size`, the last one shorter."""
    if size < 1:
        raise ValueError(f"chunk_size: expected a number above 0, given {size}.")
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
