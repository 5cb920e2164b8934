"""Files of a form, as handlers see them.

    @api.post("/avatar")
    async def avatar(file: UploadFile):
        data = await file.read()            # or `file.read()` in a `def` handler

A file is Django's own `UploadedFile`, so storages, forms and `FileField` take it. Short ones are in memory, longer ones
in an unnamed temporary file, which is gone when the request ends.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.files.uploadedfile import UploadedFile

__all__ = ["UploadFile"]

T = TypeVar("T")

if TYPE_CHECKING:
    _UploadedFile = UploadedFile[bytes]
else:
    # Its stubs alone know what it is of.
    _UploadedFile = UploadedFile

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LONGEST = 255


class Content(bytes):
    """Bytes that may also be awaited, so that `file.read()` and `await file.read()` are both right."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, bytes]:
        yield from ()
        return self


class Done(int):
    """A number that may also be awaited."""

    def __await__(self) -> Generator[Any, None, int]:
        yield from ()
        return int(self)


class _OnDisk(io.FileIO):
    """A temporary file without a name: it ends with the last who reads it, and nobody needs to be warned of that."""

    def __del__(self) -> None:
        self.close()


class UploadFile(_UploadedFile):
    """One file of a form.

    `filename` (and `name`) is what the client calls it, without folders and control characters; `content_type` is what
    the client says and may be wrong; `size` is counted, in bytes.
    """

    def __init__(
        self,
        file: Any = None,
        name: str | None = None,
        content_type: str | None = None,
        size: int | None = None,
        field_name: str | None = None,
        charset: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(file, base_name(name), content_type, size, charset)
        self.field_name = field_name
        self.headers: dict[str, str] = dict(headers or {})
        if content_type is not None:
            self.headers.setdefault("content-type", content_type)

    @property
    def filename(self) -> str | None:
        """The client's name for the file, reduced to its last part."""
        return self.name

    def read(self, size: int | None = -1) -> Content:  # pyright: ignore[reportIncompatibleMethodOverride]
        """At most `size` bytes from the present place, all without a size. In memory it takes no time to speak of."""
        return Content(self._open().read(-1 if size is None else size))

    def seek(self, offset: int, whence: int = 0) -> Done:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Goes to a place, which it returns."""
        return Done(self._open().seek(offset, whence))

    def tell(self) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The present place."""
        return int(self._open().tell())

    def close(self) -> Any:
        """Ends the reading; a temporary file is gone then. May be called again, and awaited."""
        if self.file is not None and not self.file.closed:
            self.file.close()
        return Done(0)

    async def aread(self, size: int = -1) -> bytes:
        """`read` on a thread, for long files."""
        return bytes(await self._away(lambda: self.read(size)))

    async def aseek(self, offset: int, whence: int = 0) -> int:
        """`seek` on a thread."""
        return await self._away(lambda: int(self.seek(offset, whence)))

    async def achunks(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """The whole file in pieces of `chunk_size` bytes (64 KiB without), each read on a thread."""
        await self.aseek(0)
        while piece := await self.aread(chunk_size or self.DEFAULT_CHUNK_SIZE):
            yield piece

    async def aclose(self) -> None:
        """`close` on a thread."""
        await self._away(self.close)

    async def _away(self, work: Callable[[], T]) -> T:
        """Only files on disk can make the loop wait."""
        return work() if isinstance(self.file, io.BytesIO) else await asyncio.to_thread(work)

    def _open(self) -> Any:
        if self.file is None or self.file.closed:
            raise ValueError(f"Expected an open file, given {self.name!r} after its request. Read or save it before.")
        return self.file


def make(name: str, filename: str | None, content_type: str | None, size: int, content: bytes | int) -> UploadFile:
    """Makes the file of a form's field `name`; `content` is what it holds, or a descriptor that now belongs to it."""
    file = _OnDisk(content, "rb") if isinstance(content, int) else io.BytesIO(content)
    return UploadFile(file, filename, content_type, size, name)


def base_name(given: str | None) -> str:
    """The last part of the client's name for a file, which may be a path of any system, or an attack.

    >>> base_name("C:\\\\docs\\\\..\\\\plan\\x00.txt"), base_name("../.."), base_name(None)
    ('plan.txt', 'upload', 'upload')
    """
    last = _CONTROL.sub("", given or "").replace("\\", "/").rpartition("/")[2].strip()
    if last in ("", ".", ".."):
        return "upload"
    if len(last) <= _LONGEST:
        return last
    stem, dot, extension = last.rpartition(".")
    kept = f".{extension}"[: _LONGEST // 2] if dot else ""
    return (stem or last)[: _LONGEST - len(kept)] + kept
