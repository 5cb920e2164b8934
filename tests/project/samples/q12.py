"""Q12: compression."""

from ultrafox import API
from ultrafox.compression import no_compress
from ultrafox.responses import StreamingResponse

api = API()


@api.get("/stream")
@no_compress
async def stream():
    async def generate():
        yield "compressible " * 500

    return StreamingResponse(generate(), media_type="text/plain")


@api.get("/sync/plain")
@no_compress
def plain():
    return {"text": "compressible " * 500}


@api.get("/big")
async def big():
    return {"text": "compressible " * 500}


@api.get("/sync/big")
def big_sync():
    return {"text": "compressible " * 500}


@api.get("/small")
async def small():
    return {"text": "compressible"}
