from ultrafox import API

api = API()


@api.get("/things", rate_limit="5/minute")
async def things():
    return 1
