"""What is streamed in E, Ea, Es, S and Ss: the same generators for every peer."""

import asyncio
from collections.abc import AsyncIterator, Iterator

PARTS = 100


def events() -> Iterator[dict[str, int]]:
    for count in range(PARTS):
        yield {"count": count}


async def aevents() -> AsyncIterator[dict[str, int]]:
    for count in range(PARTS):
        yield {"count": count}


async def awaited_events() -> AsyncIterator[dict[str, int]]:
    """Lets the loop go on between two events, as a source of real ones does."""
    for count in range(PARTS):
        await asyncio.sleep(0)
        yield {"count": count}


def lines() -> Iterator[bytes]:
    for count in range(PARTS):
        yield b"line %03d of a stream\n" % count


async def alines() -> AsyncIterator[bytes]:
    for count in range(PARTS):
        yield b"line %03d of a stream\n" % count
