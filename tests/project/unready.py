"""A lifespan that fails on its way in."""

from ultrafox import API


async def lifespan(api):
    raise RuntimeError("nothing can be set up, on purpose")
    yield


api = API(lifespan=lifespan)


@api.get("/ping")
def ping():
    return 1
