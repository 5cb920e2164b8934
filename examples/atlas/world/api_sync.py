"""The cities again, by synchronous handlers: the same schemas, the same rules, no `await`, no news."""

from django.db.models import QuerySet
from msgspec import to_builtins
from ultrafox import NotFound, Router

from world.models import City
from world.rules import country_must_exist
from world.schemas import CityIn, CityOut, CityPatch, CountryFilter, InUse, Limit, Offset, Search

router = Router(tags=["sync"])


@router.get("/cities", response=list[CityOut])
def list_cities(limit: Limit = 20, offset: Offset = 0, country: CountryFilter = None) -> QuerySet[City]:
    cities = City.objects.filter(country=country) if country else City.objects.all()
    return cities[offset : offset + limit]


@router.get("/cities/search", response=list[CityOut])
def search_cities(q: Search, limit: Limit = 20) -> QuerySet[City]:
    return City.objects.filter(name__icontains=q).order_by("-population", "id")[:limit]


@router.get("/cities/{id}", response=CityOut)
def get_city(id: int) -> City:
    return City.objects.get(pk=id)


@router.post("/cities", response=CityOut, status_code=201)
def create_city(city: CityIn) -> City:
    with country_must_exist():
        return City.objects.create(**to_builtins(city))


@router.put("/cities/{id}", response=CityOut)
def replace_city(id: int, city: CityIn) -> City:
    return write_city(id, city)


@router.patch("/cities/{id}", response=CityOut)
def change_city(id: int, city: CityPatch) -> City:
    return write_city(id, city)


def write_city(id: int, city: CityIn | CityPatch) -> City:
    with country_must_exist():
        City.objects.filter(pk=id).update(**to_builtins(city))
    return City.objects.get(pk=id)


@router.delete("/cities/{id}", response={204: None, 409: InUse})
def delete_city(id: int) -> None:
    deleted, _ = City.objects.filter(pk=id).delete()
    if not deleted:
        raise NotFound(f"No city has the id {id}.")
