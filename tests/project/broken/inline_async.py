from ultrafox import API

api = API()


@api.get("/things", inline=True)
async def things():
    return 1
