"""Files as replies."""

from __future__ import annotations

import logging
import mimetypes
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from io import BufferedRandom, BufferedReader, BytesIO, FileIO
from typing import Any, BinaryIO, Self, cast
from urllib.parse import quote

from django.core.files.utils import FileProxyMixin
from django.utils.http import http_date

from ultrafox.exceptions import NotFound
from ultrafox.response import OCTETS, Headers, StreamingResponse, pairs
from ultrafox.streaming import BLOCK, AsyncChunks, Chunks, chunks_of

__all__ = ["File", "FileResponse", "disposition"]

logger = logging.getLogger("ultrafox.request")

# By the name's last part; sent as themselves, so that no browser unpacks them.
_PACKED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip",
    "xz": "application/x-xz",
    "br": "application/x-brotli",
    "compress": "application/x-compress",
}
# What a header field may hold between quotation marks without being read differently anywhere.
_SAFE = re.compile(r"[A-Za-z0-9 !#$&'()+,\-.;=@\[\]^_`{}~]*\Z")
# These turn the order of letters around, so that `exe.gpj` is shown for `gpj.exe`.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FileResponse(StreamingResponse):
    """A file: by its path, open for reading, of Django's storages, or its bytes.

        return FileResponse("/srv/reports/2026.pdf", filename="report.pdf")
        return FileResponse(invoice.document)

    The content type is guessed from the name where `media_type` does not say it, and no browser guesses another one;
    text is UTF-8 unless `media_type` names another charset.
    With a `filename` the client is asked to save it (`as_attachment=False`: to show it, and to save it by that name).
    The length is sent, and of a path the time of its last change. A path is opened when the reply is made: one that
    leads to no regular file is 404 and a line in the log. A file that is cut while it is sent breaks the answer off.

    Any path is read. One that is made of what a client sent must be checked before.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | Any,
        filename: str | None = None,
        media_type: str | None = None,
        as_attachment: bool | None = None,
        headers: Headers = None,
        status_code: int = 200,
        *,
        content_type: str | None = None,
    ) -> None:
        if isinstance(path, (bytes, bytearray, memoryview)):
            path = BytesIO(path)
        if not isinstance(path, (str, os.PathLike)) and not callable(getattr(path, "read", None)):
            raise TypeError(f"Expected a path, a file or bytes to send, given {type(path).__qualname__}.")
        self._given: Any = path
        self._source: Chunks | AsyncChunks | None = None
        self.is_open = False
        name = _base(filename or _name_of(path))
        fields = pairs(headers)
        named = any(field.lower() == "content-type" for field, _ in fields)
        kind = content_type or media_type or (None if named else _guessed(name))
        super().__init__(self._late, status_code, fields, content_type=kind)
        self.headers.setdefault("X-Content-Type-Options", "nosniff")
        attached = filename is not None if as_attachment is None else as_attachment
        if attached or filename is not None:
            self.headers.setdefault("Content-Disposition", disposition(name, attached))

    def open(self) -> Self:
        """Opens the file, once, and sets the header fields that depend on it. Raises NotFound where there is none."""
        if self.is_open:
            return self
        if isinstance(self._given, (str, os.PathLike)):
            self._serve_path(self._given)
        else:
            self._serve(self._given, _length_of(self._given))
        self.is_open = True
        return self

    def _serve_path(self, path: str | os.PathLike[str]) -> None:
        try:
            about = os.stat(path)
            if not stat.S_ISREG(about.st_mode):
                raise FileNotFoundError("not a regular file")
            file = open(path, "rb")  # noqa: SIM115 - closed with the stream
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            logger.warning("the file %r of a reply is not there: %s", os.fspath(path), error)
            raise NotFound from error
        self.headers.setdefault("Last-Modified", http_date(about.st_mtime))
        self._serve(file, os.fstat(file.fileno()).st_size)

    def _serve(self, file: Any, length: int | None) -> None:
        if length is None:
            self._source = chunks_of(file)
        else:
            self.headers["Content-Length"] = str(length)
            self._source = Chunks(_blocks(file, length)).followed_by(getattr(file, "close", lambda: None))
            self._source.descriptor = _descriptor(file, length)
        if self.made_of_own_chunks():
            self.streaming_content = self._source
        else:
            # Something was put around the stream before the file was open: that reads on through `_late`.
            vars(self)["_resource_closers"].append(getattr(self._source, "close", lambda: None))

    def _late(self) -> Iterator[bytes]:
        """For whoever reads the response without opening it first."""
        self.open()
        yield from cast("Iterator[bytes]", self._source)


File = FileResponse


def disposition(filename: str, attached: bool) -> str:
    """Content-Disposition (RFC 6266); a name beyond plain ASCII also as `filename*` (RFC 8187).

    >>> disposition("Übersicht.pdf", True)
    'attachment; filename="_bersicht.pdf"; filename*=UTF-8\\'\\'%C3%9Cbersicht.pdf'
    """
    kind = "attachment" if attached else "inline"
    name = _base(filename)
    if not name:
        return kind
    if _SAFE.match(name):
        return f'{kind}; filename="{name}"'
    plain = "".join(character if _SAFE.match(character) else "_" for character in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _descriptor(file: Any, length: int) -> tuple[int, int, int] | None:
    """What the server needs to read a file by itself; None for what is no plain file of the system."""
    # Only what reads through to it unchanged: a storage may decrypt in a `read` of its own.
    wrapped = isinstance(file, FileProxyMixin) and type(file).read is FileProxyMixin.read
    raw = file.file if wrapped else file
    if not isinstance(raw, (FileIO, BufferedReader, BufferedRandom)):
        return None
    number = raw.fileno()
    return (number, raw.tell(), length) if stat.S_ISREG(os.fstat(number).st_mode) else None


def _base(name: str) -> str:
    """The last part of a path of any system, without what is not seen."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in base if unicodedata.category(one) not in ("Cc", "Cs") and one not in _TURNING)


def _name_of(given: object) -> str:
    if isinstance(given, (str, os.PathLike)):
        return os.path.basename(os.fspath(given))
    name = getattr(given, "name", "")
    # A file that was opened by its descriptor has a number for a name.
    return name if isinstance(name, str) else ""


def _guessed(name: str) -> str:
    kind, packed = mimetypes.guess_type(name)
    return _PACKED.get(packed or "", kind or OCTETS)


def _length_of(file: Any) -> int | None:
    """The bytes from where the file stands to its end; None where that cannot be known."""
    try:
        start = file.tell()
        end = file.seek(0, os.SEEK_END)
        end = file.tell() if end is None else end
        file.seek(start)
    except (AttributeError, OSError, ValueError):
        return None
    return int(end - start)


def _blocks(file: BinaryIO, length: int) -> Iterator[bytes]:
    """What was promised, and no more: a file that grows is cut, one that shrinks fails."""
    left = length
    while left > 0:
        block = file.read(min(BLOCK, left))
        if not block:
            raise EOFError(f"Expected {length} bytes of a file that is being sent, given {left} fewer.")
        left -= len(block)
        yield block
