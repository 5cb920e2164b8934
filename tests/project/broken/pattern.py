from ultrafox import API
from ultrafox.params import Query

api = API()


@api.get("/things")
async def things(q: str = Query(pattern="[")):
    return q
