"""Bodies that are made while they are sent: one chunk at a time, closed at every end."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, Self, TypeAlias

__all__ = ["BLOCK", "AsyncChunks", "Chunks", "Content", "chunks_of", "to_bytes"]

BLOCK = 64 * 1024
"""Bytes that are read from a file at once."""

Content: TypeAlias = "Iterable[Any] | AsyncIterable[Any] | Callable[[], Iterable[Any] | AsyncIterable[Any]]"
"""What a stream can be made of: iterators of both kinds, iterables, files, and generator functions not yet called."""


def to_bytes(chunk: object) -> bytes:
    """A chunk as it is sent: text is UTF-8. Raises TypeError for anything that is neither text nor bytes."""
    if isinstance(chunk, bytes):
        return chunk
    if isinstance(chunk, str):
        return chunk.encode()
    if isinstance(chunk, (bytearray, memoryview)):
        return bytes(chunk)
    raise TypeError(f"Expected bytes or str as a chunk of a stream, given {type(chunk).__qualname__}. Encode it first.")


class Chunks:
    """Bytes of a sync iterable. What fails in it is raised onward; `close` may be called at any time, also twice."""

    __slots__ = ("_after", "_begun", "_encode", "_open", "_source", "cut_by", "descriptor")

    def __init__(self, source: Iterable[Any], encode: Callable[[Any], bytes] = to_bytes) -> None:
        self.descriptor: tuple[int, int, int] | None = None
        """The descriptor of the file that all chunks come from, the place where they begin, and their length."""
        self.cut_by: BaseException | None = None
        """While it is closed: what ended a stream that somebody had begun to read; None at its own end."""
        self._source: Iterator[Any] = iter(source)
        self._encode = encode
        self._after: list[Callable[[], object]] = []
        self._begun = False
        self._open = True

    def followed_by(self, closer: Callable[[], object]) -> Self:
        """Has `closer` called when the stream is closed."""
        self._after.append(closer)
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._open:
            raise StopIteration
        self._begun = True
        try:
            return self._encode(next(self._source))
        except BaseException as error:
            self._begun = False
            self.cut_by = None if isinstance(error, StopIteration) else error
            self.close()
            raise

    def close(self) -> None:
        """Ends the stream: the generator within runs its `finally`."""
        if not self._open:
            return
        self._open = False
        if self._begun:
            self.cut_by = GeneratorExit()
        after = [closer for closer in (getattr(self._source, "close", None), *self._after) if closer]
        try:
            _run_all(after)
        finally:
            # An error keeps the frames that it passed, and they this.
            self.cut_by = None


class AsyncChunks:
    """Bytes of an async iterable, as `Chunks`. `within` are what the source reads from: closed first, in this order."""

    __slots__ = ("_after", "_begun", "_encode", "_open", "_source", "_within", "cut_by")

    def __init__(
        self, source: AsyncIterable[Any], encode: Callable[[Any], bytes] = to_bytes, *, within: Iterable[object] = ()
    ) -> None:
        self.cut_by: BaseException | None = None
        """As that of `Chunks`."""
        self._source: AsyncIterator[Any] = aiter(source)
        self._encode = encode
        self._begun = False
        self._within = tuple(within)
        self._after: list[Callable[[], object]] = []
        self._open = True

    def followed_by(self, closer: Callable[[], object]) -> Self:
        """Has `closer` called when the stream is closed."""
        self._after.append(closer)
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if not self._open:
            raise StopAsyncIteration
        self._begun = True
        try:
            return self._encode(await anext(self._source))
        except BaseException as error:
            self._begun = False
            self.cut_by = None if isinstance(error, StopAsyncIteration) else error
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Ends the stream: the generator within runs its `finally`, and so does the one that it reads from."""
        if not self._open:
            return
        self._open = False
        if self._begun:
            self.cut_by = GeneratorExit()
        try:
            for generator in (*self._within, self._source):
                closer = getattr(generator, "aclose", None)
                if closer is not None:
                    await closer()
        finally:
            try:
                _run_all(self._after)
            finally:
                self.cut_by = None


def chunks_of(content: Content, encode: Callable[[Any], bytes] = to_bytes) -> Chunks | AsyncChunks:
    """The chunks of whatever a stream can be made of. Raises TypeError for anything else."""
    given: Any = content
    if not _is_iterable(given) and callable(given):
        given = given()
    if inspect.isawaitable(given):
        if inspect.iscoroutine(given):
            given.close()
        raise TypeError(
            f"Expected an iterator as the content of a stream, given {_name(content)}, which has to be awaited."
            " Await it first, or yield in it."
        )
    if isinstance(given, (str, bytes, bytearray, memoryview)):
        return Chunks([given], encode)
    if isinstance(given, AsyncIterable):
        return AsyncChunks(given, encode)
    if callable(getattr(given, "read", None)):
        return Chunks(iter(lambda: given.read(BLOCK) or b"", b""), encode).followed_by(
            getattr(given, "close", lambda: None)
        )
    if isinstance(given, Iterable) and not isinstance(given, Mapping):
        return Chunks(given, encode)
    raise TypeError(
        f"Expected an iterator, an async iterator, an iterable or a generator function as the content of a stream,"
        f" given {_name(content)}."
    )


def _is_iterable(content: object) -> bool:
    return isinstance(content, (Iterable, AsyncIterable))


def _name(content: object) -> str:
    return str(getattr(content, "__qualname__", type(content).__qualname__))


def _run_all(closers: Iterable[Callable[[], object]]) -> None:
    """Calls each, also after one that fails; raises the first error then."""
    failed: BaseException | None = None
    for closer in closers:
        try:
            closer()
        except BaseException as error:
            failed = failed or error
    if failed is not None:
        raise failed
