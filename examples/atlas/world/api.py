"""The API, by asynchronous handlers. `api_sync.py` has the same in synchronous ones."""

import asyncio
from typing import Annotated

from django.db.models import QuerySet
from msgspec import to_builtins
from ultrafox import API, NotFound
from ultrafox.params import Query

from world.api_sync import router
from world.models import City, Country
from world.rules import country_must_exist
from world.schemas import CityIn, CityOut, CityPatch, CountryFilter, CountryOut, Limit, Offset, Search

api = API(title="Atlas", version="1.0", description="The countries and cities of the world.", prefix="/api")
api.add_router("/sync", router)


@api.get("/cities", response=list[CityOut])
async def list_cities(limit: Limit = 20, offset: Offset = 0, country: CountryFilter = None) -> QuerySet[City]:
    cities = City.objects.filter(country=country) if country else City.objects.all()
    return cities[offset : offset + limit]


@api.get("/cities/search", response=list[CityOut])
async def search_cities(q: Search, limit: Limit = 20) -> QuerySet[City]:
    return City.objects.filter(name__icontains=q).order_by("-population", "id")[:limit]


@api.get("/cities/{id}", response=CityOut)
async def get_city(id: int) -> City:
    return await City.objects.aget(pk=id)


@api.post("/cities", response=CityOut, status_code=201)
async def create_city(city: CityIn) -> City:
    with country_must_exist():
        return await City.objects.acreate(**to_builtins(city))


@api.put("/cities/{id}", response=CityOut)
async def replace_city(id: int, city: CityIn) -> City:
    return await write_city(id, city)


@api.patch("/cities/{id}", response=CityOut)
async def change_city(id: int, city: CityPatch) -> City:
    return await write_city(id, city)


async def write_city(id: int, city: CityIn | CityPatch) -> City:
    with country_must_exist():
        await City.objects.filter(pk=id).aupdate(**to_builtins(city))
    return await City.objects.aget(pk=id)


@api.delete("/cities/{id}")
async def delete_city(id: int) -> None:
    deleted, _ = await City.objects.filter(pk=id).adelete()
    if not deleted:
        raise NotFound(f"No city has the id {id}.")


@api.get("/countries", response=list[CountryOut])
async def list_countries() -> QuerySet[Country]:
    return Country.objects.all()


@api.get("/countries/{code}", response=CountryOut)
async def get_country(code: str) -> Country:
    return await Country.objects.aget(pk=code.upper())


@api.get("/slow")
async def slow(seconds: Annotated[float, Query(ge=0, le=10)] = 1.0) -> dict[str, float]:
    await asyncio.sleep(seconds)
    return {"slept": seconds}


@api.get("/fail")
async def fail() -> None:
    raise RuntimeError("This handler always fails: the client sees a problem and a trace id, the log this text.")


@api.get("/ping", inline=True)
def ping() -> dict[str, bool]:
    return {"pong": True}
