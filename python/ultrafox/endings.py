"""The second half of dependencies that yield: after the reply, behind a stream's last byte, at once after an error."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Generator
from typing import Any

from asgiref.sync import sync_to_async
from django.http.response import StreamingHttpResponse

from ultrafox import afterwards
from ultrafox.streaming import AsyncChunks, Chunks, chunks_of

__all__: list[str] = []

Open = list[Any]
"""Generators of both kinds that have yielded, in the order in which they did."""


def finish_later(value: Any, open_: Open) -> None:
    """Lets the dependencies go on once the value has been sent."""
    if isinstance(value, StreamingHttpResponse):
        _watch(value)
        # What closes a response runs at every end: also where nobody reads it, or its file is not there.
        closers: list[Any] = vars(value)["_resource_closers"]
        closers.append(_StreamEnd(value, open_))
    else:
        afterwards.add(_rest(open_, None), refusable=False)


def unwind(open_: Open, error: BaseException) -> BaseException:
    """Tells every open dependency, the last first, that the request failed; gives what the client is to be told.

    That is what one of them raised instead; one that swallows the error hides it from nobody.
    """
    while open_:
        error = _thrown(open_.pop(), error) or error
    return error


async def aunwind(open_: Open, error: BaseException) -> BaseException:
    """`unwind` on an event loop."""
    while open_:
        error = await _athrown(open_.pop(), error) or error
    return error


class _StreamEnd:
    """Called when a stream is closed."""

    def __init__(self, response: StreamingHttpResponse, open_: Open) -> None:
        self._response = response
        self._open = open_
        # Asked for now: who closes the stream may stand outside of the request.
        self._later = afterwards.later()

    def __call__(self) -> None:
        open_, self._open = self._open, []
        if open_:
            self._later(_rest(open_, _cut_by(self._response)))


def _watch(response: StreamingHttpResponse) -> None:
    """Has a stream of Django's own remember how it ended, as ours do."""
    if not hasattr(response, "own_chunks"):
        own: Any = response
        own.streaming_content = chunks_of(own._iterator, response.make_bytes)


def _cut_by(response: StreamingHttpResponse) -> BaseException | None:
    for name in ("_iterator", "own_chunks"):
        chunks = getattr(response, name, None)
        if isinstance(chunks, (Chunks, AsyncChunks)) and chunks.cut_by is not None:
            return chunks.cut_by
    return None


def _rest(open_: Open, error: BaseException | None) -> afterwards.Task:
    waits = any(inspect.isasyncgen(generator) for generator in open_)
    return afterwards.Task(_agoing_on if waits else _going_on, (open_, error), name="Dependencies")


def _going_on(open_: Open, error: BaseException | None) -> None:
    if isinstance(error, Exception):
        _raise_other(unwind(open_, error), error)
        return
    # A client that left is nothing to be caught: as when a generator is closed.
    step = _go_on if error is None else _close
    while open_:
        with _said(generator := open_.pop()):
            step(generator)


async def _agoing_on(open_: Open, error: BaseException | None) -> None:
    if isinstance(error, Exception):
        _raise_other(await aunwind(open_, error), error)
        return
    step = _ago_on if error is None else _aclose
    while open_:
        with _said(generator := open_.pop()):
            await step(generator)


@contextlib.contextmanager
def _said(generator: Any) -> Generator[None]:
    """One that fails does not keep the others from their turn."""
    try:
        yield
    except Exception:
        afterwards.logger.exception("the dependency %s failed after the reply", generator.__qualname__)


def _raise_other(raised: BaseException, error: BaseException) -> None:
    # The error of the stream itself is in the log already.
    if raised is not error:
        raise raised


def _close(generator: Any) -> None:
    generator.close()


def _go_on(generator: Any) -> None:
    for _ in generator:
        generator.close()
        raise _yielded_twice(generator)


async def _ago_on(generator: Any) -> None:
    if not inspect.isasyncgen(generator):
        await sync_to_async(_go_on)(generator)
        return
    async for _ in generator:
        await generator.aclose()
        raise _yielded_twice(generator)


async def _aclose(generator: Any) -> None:
    if inspect.isasyncgen(generator):
        await generator.aclose()
    else:
        await sync_to_async(generator.close)()


def _yielded_twice(generator: Any) -> RuntimeError:
    return RuntimeError(f"Expected {generator.__qualname__} to yield once, given a second time.")


def _thrown(generator: Any, error: BaseException) -> BaseException | None:
    """What a generator raises when it hears of an error. Returned: StopIteration passes through no future."""
    try:
        generator.throw(error)
        generator.close()
    except StopIteration:
        return None
    except BaseException as raised:
        return raised
    return None


async def _athrown(generator: Any, error: BaseException) -> BaseException | None:
    if not inspect.isasyncgen(generator):
        return await sync_to_async(_thrown)(generator, error)
    try:
        await generator.athrow(error)
        await generator.aclose()
    except StopAsyncIteration:
        return None
    except BaseException as raised:
        return raised
    return None
