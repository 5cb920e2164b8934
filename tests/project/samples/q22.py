"""Q22: server-sent events. The pause is a tenth of the printed one."""

import asyncio
import time

from ultrafox import API, StreamingResponse

api = API()


# Async SSE
@api.get("/events")
async def sse_events():
    async def generate():
        for i in range(10):
            yield f"data: Event {i}\n\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(generate(), media_type="text/event-stream")


@api.get("/sync/events")
def sse_events_sync():
    def generate():
        for i in range(10):
            yield f"data: Event {i}\n\n"
            time.sleep(0.1)

    return StreamingResponse(generate(), media_type="text/event-stream")
