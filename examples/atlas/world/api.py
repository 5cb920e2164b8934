"""The API: cities and countries by asynchronous handlers, and the routers beside them.

`api_sync.py` has the cities in synchronous ones.
"""

import asyncio
from typing import Annotated

from django.db.models import ProtectedError, QuerySet
from msgspec import to_builtins
from ultrafox import API, NotFound, Query, Request

from world import api_sync, export, news, pictures
from world.models import City, Country
from world.rules import country_must_exist
from world.schemas import (
    CityIn,
    CityOut,
    CityPatch,
    CountryFilter,
    CountryFilters,
    CountryOut,
    InUse,
    Limit,
    Offset,
    Search,
)

api = API(
    title="Atlas",
    version="1.0",
    description="The countries and cities of the world.",
    openapi={
        "tags": [
            {"name": "cities", "description": "Cities above 15,000 inhabitants, by asynchronous handlers"},
            {"name": "sync", "description": "The same cities by synchronous handlers"},
            {"name": "countries", "description": "Countries of the world"},
            {"name": "pictures", "description": "Pictures of cities"},
            {"name": "news", "description": "What changes, as it changes"},
            {"name": "trials", "description": "Handlers that wait, fail, or do nothing"},
        ]
    },
)
api.add_router("/sync", api_sync.router)
for router in (export.router, pictures.router, news.router):
    api.add_router("", router)


@api.exception_handler(ProtectedError)
def in_use(request: Request, error: ProtectedError) -> tuple[int, InUse]:
    pictures = sorted(row.pk for row in error.protected_objects)
    return 409, InUse("Delete the pictures of the city first.", pictures)


@api.get("/cities", response=list[CityOut], tags=["cities"])
async def list_cities(limit: Limit = 20, offset: Offset = 0, country: CountryFilter = None) -> QuerySet[City]:
    cities = City.objects.filter(country=country) if country else City.objects.all()
    return cities[offset : offset + limit]


@api.get("/cities/search", response=list[CityOut], tags=["cities"])
async def search_cities(q: Search, limit: Limit = 20) -> QuerySet[City]:
    return City.objects.filter(name__icontains=q).order_by("-population", "id")[:limit]


@api.get("/cities/{id}", response=CityOut, tags=["cities"])
async def get_city(id: int) -> City:
    return await City.objects.aget(pk=id)


@api.post("/cities", response=CityOut, status_code=201, tags=["cities"])
async def create_city(city: CityIn) -> City:
    with country_must_exist():
        created = await City.objects.acreate(**to_builtins(city))
    api.background(news.announce, "created", created.pk)
    return created


@api.put("/cities/{id}", response=CityOut, tags=["cities"])
async def replace_city(id: int, city: CityIn) -> City:
    return await write_city(id, city)


@api.patch("/cities/{id}", response=CityOut, tags=["cities"])
async def change_city(id: int, city: CityPatch) -> City:
    return await write_city(id, city)


async def write_city(id: int, city: CityIn | CityPatch) -> City:
    with country_must_exist():
        changed = await City.objects.filter(pk=id).aupdate(**to_builtins(city))
    if changed:
        api.background(news.announce, "changed", id)
    return await City.objects.aget(pk=id)


@api.delete("/cities/{id}", response={204: None, 409: InUse}, tags=["cities"])
async def delete_city(id: int) -> None:
    deleted, _ = await City.objects.filter(pk=id).adelete()
    if not deleted:
        raise NotFound(f"No city has the id {id}.")
    api.background(news.announce, "deleted", id)


@api.get("/countries", response=list[CountryOut], tags=["countries"])
async def list_countries(filters: Annotated[CountryFilters, Query()]) -> QuerySet[Country]:
    countries = Country.objects.all()
    if filters.continent:
        countries = countries.filter(continent__in=[one.value for one in filters.continent])
    if filters.min_population is not None:
        countries = countries.filter(population__gte=filters.min_population)
    if filters.currency:
        countries = countries.filter(currency=filters.currency)
    return countries


@api.get("/countries/{code}", response=CountryOut, tags=["countries"])
async def get_country(code: str) -> Country:
    return await Country.objects.aget(pk=code.upper())


@api.get("/slow", tags=["trials"])
async def slow(seconds: Annotated[float, Query(ge=0, le=10)] = 1.0) -> dict[str, float]:
    await asyncio.sleep(seconds)
    return {"slept": seconds}


@api.get("/fail", tags=["trials"])
async def fail() -> None:
    raise RuntimeError("This handler always fails: the client sees a problem and a trace id, the log this text.")


@api.get("/ping", inline=True, tags=["trials"])
def ping() -> dict[str, bool]:
    return {"pong": True}
