"""Q13: dependency injection."""

from ultrafox import API, Depends

api = API()
opened = 0


class Session:
    def __init__(self, number):
        self.number = number

    async def execute(self, query):
        return {"session": self.number, "query": query}


async def get_session():
    global opened
    opened += 1
    return Session(opened)


async def get_db_session():
    return await get_session()


@api.get("/items")
async def get_items(session=Depends(get_db_session)):
    return await session.execute("items")


# Asked for twice, and once more by another dependency: one session
async def repository(session=Depends(get_db_session)):
    return session


@api.get("/once")
async def once(one=Depends(get_db_session), two=Depends(get_db_session), three=Depends(repository)):
    return {"one": one is two is three}


@api.get("/sync/items")
def get_items_sync(session=Depends(get_db_session)):
    return {"session": session.number}
