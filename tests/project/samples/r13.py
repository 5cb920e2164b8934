"""R13: streaming responses. The pause is a tenth of the printed one."""

import asyncio
import time

from ultrafox import API
from ultrafox.responses import StreamingResponse

api = API()


@api.get("/stream")
async def stream_data():
    async def generate():
        for i in range(100):
            yield f"data: {i}\n\n"
            await asyncio.sleep(0.01)

    return StreamingResponse(
        generate(),
        media_type="text/event-stream",
    )


@api.get("/sync/stream")
def stream_data_sync():
    def generate():
        for i in range(100):
            yield f"data: {i}\n\n"
            time.sleep(0.01)

    return StreamingResponse(generate(), media_type="text/event-stream")
