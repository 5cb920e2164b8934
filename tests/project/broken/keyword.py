from ultrafox import API

api = API()


@api.get("/things", respons=int)
async def things():
    return 1
