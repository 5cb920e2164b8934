"""What goes in and out of the API. Nothing that is not named here reaches a client."""

from datetime import date
from enum import Enum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from ultrafox.params import Query

from world.models import Picture

Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Search = Annotated[str, Query(min_length=1, max_length=100)]
CountryFilter = Annotated[str | None, Query(pattern="^[A-Z]{2}$")]

Name = Annotated[str, Meta(min_length=1, max_length=200)]
CountryCode = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Population = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Timezone = Annotated[str, Meta(min_length=1, max_length=40)]
Admin1 = Annotated[str, Meta(max_length=20)]


class Continent(Enum):
    AFRICA = "AF"
    ANTARCTICA = "AN"
    ASIA = "AS"
    EUROPE = "EU"
    NORTH_AMERICA = "NA"
    OCEANIA = "OC"
    SOUTH_AMERICA = "SA"


class CountryFilters(Struct):
    """Which countries; what is left away does not matter."""

    continent: list[Continent] = []
    min_population: Annotated[int, Meta(ge=0, le=10_000_000_000)] | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None


class CountryOut(Struct):
    code: str
    name: str
    iso3: str
    capital: str
    continent: str
    population: int
    area_km2: int
    currency: str
    phone: str


class CityOut(Struct):
    id: int
    name: str
    country_id: str
    population: int
    latitude: float
    longitude: float
    timezone: str
    admin1: str


class CityIn(Struct, forbid_unknown_fields=True):
    name: Name
    country_id: CountryCode
    population: Population
    latitude: Latitude
    longitude: Longitude
    timezone: Timezone
    admin1: Admin1 = ""


class CityPatch(Struct, forbid_unknown_fields=True):
    """Every field may be left away; what is left away stays as it is."""

    name: Name | UnsetType = UNSET
    country_id: CountryCode | UnsetType = UNSET
    population: Population | UnsetType = UNSET
    latitude: Latitude | UnsetType = UNSET
    longitude: Longitude | UnsetType = UNSET
    timezone: Timezone | UnsetType = UNSET
    admin1: Admin1 | UnsetType = UNSET


class InUse(Struct):
    """Why a row stays: others point to it."""

    detail: str
    pictures: list[int]


class PictureFilters(Struct):
    """Which pictures; what is left away does not matter."""

    city: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    kind: list[Picture.Kind] = []
    taken_from: date | None = None
    taken_to: date | None = None


class PictureOut(Struct):
    id: int
    city_id: int
    kind: Picture.Kind
    caption: str
    taken: date
