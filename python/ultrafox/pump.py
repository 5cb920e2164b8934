"""Pulls the chunks of a reply out of an async iterator, no faster than the client takes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable
from typing import Any, Protocol

__all__: list[str] = []

logger = logging.getLogger("ultrafox.request")


class Inlet(Protocol):
    """The reactor's side: `ultrafox._core` makes it."""

    def begin(self) -> None:
        """The task has begun: whatever happens, it closes what it pulls from."""
        ...

    def push(self, chunk: bytes) -> bool:
        """Hands a chunk over. False when the next one should wait for `room`."""
        ...

    def room(self) -> asyncio.Future[None]:
        """Done when there is room again."""
        ...

    def end(self, whole: bool) -> None:
        """There is no more; `whole` says whether that was all."""


async def pump(chunks: AsyncIterable[bytes], inlet: Inlet, label: str) -> None:
    """Hands every chunk over. It is cancelled when the client has gone; a failing iterator breaks the reply off."""
    inlet.begin()
    whole = False
    task = asyncio.current_task()
    try:
        async for chunk in chunks:
            if not inlet.push(chunk):
                # An iterator may go on although it was told to end; nobody makes room for it any more.
                if task is not None and task.cancelling():
                    break
                await inlet.room()
        else:
            whole = True
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        # The iterator's own doing, such as a timeout within it.
        broke_off(label, error)
    except BaseException as error:
        broke_off(label, error)
    finally:
        try:
            await close(chunks)
        finally:
            inlet.end(whole)


async def close(chunks: Any) -> None:
    """Closes an async iterator, where it can be closed."""
    aclose = getattr(chunks, "aclose", None)
    if aclose is not None:
        await aclose()


def broke_off(label: str, error: BaseException) -> None:
    """Says in the log that a stream failed; the client sees its reply break off."""
    logger.error("%s broke its stream off: %s", label, type(error).__name__, exc_info=error)
