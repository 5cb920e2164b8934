"""What changes, as it changes: server-sent events about the cities.

A process tells its own listeners only. With several of them a broker stands between, such as Redis.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from ultrafox import EventSourceResponse, Query, Router, ServerSentEvent

router = Router(tags=["news"])

# Longer than that no listener lags behind: it misses what comes then.
BACKLOG = 100
QUIET = 15.0
listeners: set["asyncio.Queue[ServerSentEvent]"] = set()


async def announce(event: str, city: int) -> None:
    """Tells everyone who listens. It is called after the reply, so nobody waits for it."""
    for queue in listeners:
        if not queue.full():
            queue.put_nowait(ServerSentEvent({"city": city}, event=event))


@router.get("/news")
async def news(seconds: Annotated[float, Query(gt=0, le=3600)] = 60) -> EventSourceResponse:
    """Events `created`, `changed` and `deleted`, each with the city's id."""
    return EventSourceResponse(heard(seconds))


async def heard(seconds: float) -> AsyncIterator[ServerSentEvent]:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[ServerSentEvent] = asyncio.Queue(BACKLOG)
    end = loop.time() + seconds
    listeners.add(queue)
    try:
        yield ServerSentEvent(comment="listening")
        while (left := end - loop.time()) > 0:
            try:
                yield await asyncio.wait_for(queue.get(), min(left, QUIET))
            except TimeoutError:
                yield ServerSentEvent(comment="nothing new")
    finally:
        # Also when the client has gone.
        listeners.discard(queue)
