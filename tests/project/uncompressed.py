"""An API that sends every answer as it is."""

from project.handlers.compression import TEXT
from ultrafox import API

api = API(compression=False)


@api.get("/big")
async def big():
    return {"text": TEXT}
