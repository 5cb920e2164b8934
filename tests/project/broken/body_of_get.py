from ultrafox import API

api = API()


@api.get("/things")
async def things(first: dict):
    return first
