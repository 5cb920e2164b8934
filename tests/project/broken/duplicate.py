from ultrafox import API

api = API()


@api.get("/things/{id}")
async def first_handler(id: int):
    return 1


@api.get("/things/{other}")
async def second_handler(other: int):
    return 2
