"""Found beside the app's models: discovery looks into every installed app."""

from __future__ import annotations

from ultrafox import API

api = API(title="Library", prefix="/library")


@api.get("/shelves")
async def shelves(request):
    return ["poetry", "travel"]
