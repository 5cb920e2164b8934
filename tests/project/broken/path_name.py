from ultrafox import API

api = API()


@api.get("/things/{thing_id}")
async def things(thing: int):
    return thing
