from ultrafox import API

api = API()


@api.post("/things")
async def things(first: dict, second: dict):
    return first | second
